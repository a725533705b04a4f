// The button beside what the larger network gains: a click reports that it was pressed.

/** @param {Component} component */
export default function ({ element, trigger }) {
  element.addEventListener("click", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("button")) trigger("click", {});
  });
}
