// Turns the pages of test images, or opens an image in Classify.

/** @param {Component} component */
export default function ({ element, trigger }) {
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    const { page, number, network } = button?.dataset ?? {};
    if (page) {
      trigger("click", { page: Number(page) });
      element.scrollIntoView();
    } else if (number) {
      trigger("select", { number: Number(number), network: Number(network) });
    }
  });
}
