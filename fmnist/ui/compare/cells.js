// The cells of the confusion matrices: clicks lead to a cell's images, and arrow keys move between
// them, so each matrix is a single tab stop.

import { tell } from "../events.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Component} component */
export default function ({ element, props }) {
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    tell("filter", { filters: { ...props.filters, ...button.dataset }, leads: true });
  });

  element.addEventListener("keydown", (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest("td");
    if (!cell || !(event.key in ARROWS)) return;
    event.preventDefault();
    const [right, down] = ARROWS[event.key];
    const { rows } = cell.closest("table");
    let [x, y] = [cell.cellIndex, cell.closest("tr").rowIndex];
    let next;
    do {
      x += right;
      y += down;
      next = rows[y]?.cells[x];
    } while (next && !next.querySelector("button")); // skip empty cells
    next?.querySelector("button").focus();
  });

  element.addEventListener("focusin", (event) => {
    const table = /** @type {HTMLElement} */ (event.target).closest("table");
    for (const button of table?.querySelectorAll("button") ?? [])
      button.tabIndex = button === event.target ? 0 : -1;
  });
}
