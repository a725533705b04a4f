// The button beside what the larger network gains: leads to the images on which the networks disagree.

import { tell } from "../events.js";

/** @param {Component} component */
export default function ({ element, props }) {
  element.addEventListener("click", (event) => {
    const { filters } = props;
    if (/** @type {HTMLElement} */ (event.target).closest("button"))
      tell("filter", { filters, leads: true });
  });
}
