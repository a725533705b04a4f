// A menu for one of the filters: tells its choices, and shows those that others tell.

import { hear, tell } from "../events.js";

/** @param {Component} component */
export default function ({ element, props }) {
  const select = element.querySelector("select");
  const { field } = props;
  let { value } = props;
  function show() {
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0; // a class of the other data set
  }
  select.addEventListener("change", () => {
    tell("filter", { filters: { [field]: select.value } });
  });
  hear("filter", ({ filters }) => {
    value = filters[field] ?? value;
    show();
  });
  // Each data set has its own classes.
  new MutationObserver(show).observe(select, { attributes: true, childList: true, subtree: true });
  show();
}
