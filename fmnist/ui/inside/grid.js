// A slider for things in a grid, which a canvas shows: it lies there unseen, for the keyboard.

import { create } from "../canvas.js";

/**
 * @param {string} label
 * @param {() => number} columns of the grid; up and down go by rows
 * @param {(place: number) => void} choose called with what a person chooses, also with Enter
 */
export function gridSlider(label, columns, choose) {
  const slider = create("input", { type: "range", min: 0, step: 1, "aria-label": label });
  slider.addEventListener("input", () => choose(Number(slider.value)));
  slider.addEventListener("keydown", (event) => {
    const move = { ArrowUp: -columns(), ArrowDown: columns(), Enter: 0, " ": 0 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const place = Number(slider.value) + move;
    if (place >= 0 && place <= Number(slider.max)) slider.value = place;
    choose(Number(slider.value));
  });
  return slider;
}
