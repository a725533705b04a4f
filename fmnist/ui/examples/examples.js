// The examples: clicks report which one.

import { inTurns } from "../turns.js";

/** @param {Component} component */
export default function ({ element, trigger }) {
  const turns = inTurns((example) => trigger("click", example), "unshown");
  document.addEventListener("shown", turns.ended);
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button) turns.ask({ number: Number(button.dataset.number) });
  });
}
