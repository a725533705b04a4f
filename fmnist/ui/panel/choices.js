// Tells of each answer, and asks for one once for all choices that change together, as with an example. And again when
// a stroke was finished while a request was under way, whose answer might come after the stroke's,
// or when the answer to a stroke comes late, and is by choices that have changed since.
// The page tells of "chosen" more often than a choice changes, then of "answered" or "failed".

import { hear, tell } from "../events.js";

/** @param {Component} component */
export default function ({ props, trigger, watch }) {
  let asked = JSON.stringify(props.chosen);
  let waiting = null;
  let asking = false;
  let outdated = false;

  function ask() {
    asking = true;
    outdated = false;
    trigger("input");
  }

  watch("value", () => {
    const told = JSON.parse(props.value);
    tell("answer", told);
    if (!asked || asking) return;
    const { photo, ...choices } = JSON.parse(asked);
    if (JSON.stringify(told.by) !== JSON.stringify(choices)) ask();
  });
  hear("chosen", (choices) => {
    const now = JSON.stringify(choices);
    if (now === asked) return;
    asked = now;
    clearTimeout(waiting);
    waiting = setTimeout(ask);
  });
  document.addEventListener("drawn", () => {
    outdated = asking;
  });
  document.addEventListener("answered", () => {
    asking = false;
    if (outdated) ask();
  });
  document.addEventListener("failed", () => {
    asking = false;
    asked = null;
  });
}
