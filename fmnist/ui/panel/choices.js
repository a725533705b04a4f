// Passes on each answer, and requests a new one once for all choices that change together, as an
// example's do. It asks again if the pad asked during a request, whose answer might arrive after the
// pad's, or if an answer to a stroke arrives after its choices have changed.
// The page tells "chosen" more often than choices change; after requests, "answered" or "failed".

import { hear, tell } from "../events.js";

/** @param {Component} component */
export default function ({ props, trigger, watch }) {
  let asked = JSON.stringify(props.chosen);
  let waiting = null;
  let asking = false;
  let later = false; // whether gradio sends a later request when the one under way has succeeded
  let outdated = false;

  function ask() {
    later = asking;
    asking = true;
    trigger("input");
    tell("asked");
    outdated = false; // by this request itself
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
  tell("answer", JSON.parse(props.value)); // to the example
  document.addEventListener("asked", () => {
    outdated = asking;
  });
  document.addEventListener("answered", () => {
    asking = false;
    if (outdated) ask();
  });
  document.addEventListener("failed", () => {
    asking = false;
    if (later) ask();
    else asked = null;
  });
}
