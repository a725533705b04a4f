// Asks for the test images that pass the filters, turns their pages, and opens one in Classify.

import { hear, tell } from "../events.js";

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  let { filters } = props; // the first ones
  let dataset = "";
  let page = 0;
  let waiting = null;
  let asking = false; // one request at a time: the answer to an older choice might come last
  let outdated = false;
  let leads = false; // whether to go to the images when they have come

  function ask() {
    outdated = asking;
    if (asking) return;
    asking = true;
    trigger("input", { ...filters, dataset, page });
  }

  /** Once for all changes made together. */
  function changed() {
    page = 0;
    clearTimeout(waiting);
    waiting = setTimeout(ask);
  }

  hear("chosen", (choices) => {
    if (choices.dataset === dataset) return;
    dataset = choices.dataset;
    changed();
  });
  hear("filter", (told) => {
    const same = Object.entries(told.filters).every(([name, value]) => filters[name] === value);
    filters = { ...filters, ...told.filters };
    leads = told.leads ?? false;
    // Otherwise one is back on the page that one left, if that ever came.
    if (!same || leads || !element.querySelector("[role=status]")) changed();
  });
  document.addEventListener("filtered", () => {
    asking = false;
    if (outdated) ask();
    else if (leads) element.querySelector("[role=status]")?.focus(); // none if the first one failed
    leads &&= asking;
  });

  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    const { page: to, number, network, dataset } = button?.dataset ?? {};
    if (button?.ariaDisabled) return; // there is no such page; it keeps the focus
    if (to) {
      page = Number(to);
      ask();
      element.scrollIntoView();
    } else if (number) {
      tell("open", { dataset, number: Number(number), network, above: true });
    }
  });
}
