// Drawings on which the networks disagree: a click puts one on the pad.

import { tell } from "../events.js";

/** @param {Component} component */
export default function ({ element, trigger }) {
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    // First the drawing: the choice of the pad then causes a newer request, which replaces its own.
    tell("draw", { strokes: strokes(button.querySelector("svg")) });
    trigger("click", {});
  });
}

/**
 * The strokes in a picture of them.
 *
 * @param {SVGSVGElement} svg
 * @returns {Stroke[]}
 */
function strokes(svg) {
  const side = svg.viewBox.baseVal.width;
  const width = Number(svg.getAttribute("stroke-width")) / side;
  return [...svg.querySelectorAll("polyline")].map(({ points }) => ({
    width,
    // twice, as the pad's curve is straight between such points
    points: [...points].flatMap(({ x, y }) => Array(2).fill([x / side, y / side])),
  }));
}
