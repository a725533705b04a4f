// Until a visitor does anything, the example draws itself on the pad, once, and its answer follows.
// For those who ask for less motion it is there at once. It is no drawing: nothing is sent, told as
// "drawn" or to be undone.
//
// `props.strokes` is the example, `props.answers` the server's to its beginnings: HTML, by the
// selector of what it replaces. `props.pictures` is a picture with a row for each of them, the
// strip's pictures side by side; `props.sides` are their sides.

import { hear, tell } from "../events.js";

const START = 800; // milliseconds until it begins
const LASTS = 3000; // milliseconds
const ENDING = ["pointerdown", "keydown", "click", "drop", "drawn"];

/** @param {Component} component */
export default function ({ props }) {
  const element = document.querySelector("#answer");
  const find = (selector) => element.querySelector(selector);
  if (!find(".hint span") || location.hash) return; // a link or a reload shows what it did
  const { strokes, answers, sides } = props;
  const count = strokes.reduce((sum, { points }) => sum + points.length, 0);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const images = [...element.querySelectorAll(".lit img, .seen img")].map(
    (image) => /** @type {HTMLImageElement} */ (image),
  );
  const pictures = new Image();
  pictures.src = props.pictures;
  const canvas = document.createElement("canvas");
  const whole = {
    parts: Object.fromEntries(Object.keys(answers[0]).map((part) => [part, find(part).outerHTML])),
    sources: images.map((image) => image.src),
  };
  let shown = 0;
  let start = 0;
  let over = false;

  /** @type {(left: number) => Stroke[]} */
  const begun = (left) =>
    strokes.flatMap(({ width, points }) => {
      const part = points.slice(0, Math.max(0, left));
      left -= points.length;
      return part.length ? [{ width, points: part }] : [];
    });

  function step(now) {
    start ||= now;
    const share = still ? 1 : Math.min(1, (now - start) / LASTS);
    if (over || !find(".hint span")) return;
    tell("example", { strokes: begun(Math.round(share * count)) });
    answer(Math.floor(share * (answers.length + 1)) % (answers.length + 1));
    if (share < 1) requestAnimationFrame(step);
  }

  /** Show the answer after so many steps; before the first one, that to the whole example. */
  function answer(steps) {
    if (steps === shown || !find(".hint span")) return;
    shown = steps;
    const { parts, sources } = steps
      ? { parts: answers[steps - 1], sources: cut(steps - 1) }
      : whole;
    for (const [part, html] of Object.entries(parts)) find(part).outerHTML = html;
    for (const [place, source] of sources.entries()) images[place].src = source;
  }

  /** The pictures in a row: those of the strip, and again the first, which stands beside the bars. */
  function cut(row) {
    let left = 0;
    const strip = sides.map((side) => {
      canvas.width = canvas.height = side;
      canvas.getContext("2d").drawImage(pictures, -left, -row * sides[0]);
      left += side;
      return canvas.toDataURL();
    });
    return [...strip, strip[0]];
  }

  function end() {
    if (over) return;
    over = true;
    tell("example", { strokes: [] });
    answer(0);
  }

  for (const name of ENDING) document.addEventListener(name, end, { capture: true, once: true });
  hear("ready", async () => {
    await pictures.decode();
    setTimeout(requestAnimationFrame, still ? 0 : START, step);
  });
}
