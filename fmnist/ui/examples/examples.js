// The examples: clicks report which one.

/** @param {Component} component */
export default function ({ element, trigger }) {
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button) trigger("click", { number: Number(button.dataset.number) });
  });
}
