// Until a visitor does anything, the example draws itself on the pad, once, and its answer follows.
// For those who ask for less motion it is there at once. It is no drawing: nothing is sent, told as
// "drawn" or to be undone.
//
// `props.strokes` is the example, `props.answers` the server's to its beginnings, {words, bars}.

import { hear, tell } from "../events.js";

const START = 800; // milliseconds until it begins
const LASTS = 3000; // milliseconds
const ENDING = ["pointerdown", "keydown", "drop", "drawn"];

/** @param {Component} component */
export default function ({ element, props }) {
  const said = element.querySelector(".hint span");
  const { strokes, answers } = props;
  const count = strokes.reduce((sum, { points }) => sum + points.length, 0);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let shown = answers.length;
  let start = 0;
  let over = !said || Boolean(location.hash); // a link or a reload shows what it did

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
    if (over || !said.isConnected) return;
    tell("example", { strokes: begun(Math.round(share * count)) });
    answer(Math.floor(share * answers.length));
    if (share < 1) requestAnimationFrame(step);
  }

  /** Show the answer after so many steps; before the first one, that to the whole example. */
  function answer(steps) {
    if (steps === shown || !said.isConnected) return;
    shown = steps;
    const { words, bars } = answers.at(steps - 1);
    said.innerHTML = words;
    element.querySelector(".bars").outerHTML = bars;
  }

  function end() {
    if (over) return;
    over = true;
    tell("example", { strokes: [] });
    answer(answers.length);
  }

  for (const name of ENDING) document.addEventListener(name, end, { capture: true, once: true });
  hear("ready", () => setTimeout(requestAnimationFrame, still ? 0 : START, step));
}
