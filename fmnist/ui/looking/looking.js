// Fades an answer to an older picture while a newer one is awaited, and says so if that takes long.
// Of several requests that are made before an answer, the page sends the first and the last. If the
// server cannot be reached, gradio says so itself, and opens the page again when it can.

import { hear } from "../events.js";

const SOON = 150; // milliseconds without a word: most answers come earlier, and nothing flickers
const SLOW = 4000; // milliseconds after which it is said that this is unusual
const LOOKING = "Looking …";
const STILL =
  "Still looking: the connection or the server is slow. This is not yet the answer to your picture.";

/** @param {Component} component */
export default function ({ element }) {
  const said = element.querySelector("p");
  let awaited = 0; // answers: none, that to the request under way, and that to a later one
  let timers = [];

  function show(words) {
    said.textContent = words;
    document.querySelector("#bench").classList.toggle("stale", Boolean(words));
  }

  function wait() {
    timers.forEach(clearTimeout);
    timers = awaited ? [setTimeout(show, SOON, LOOKING), setTimeout(show, SLOW, STILL)] : [];
    show("");
  }

  hear("asked", () => {
    awaited = Math.min(2, awaited + 1);
    if (awaited === 1) wait();
  });
  document.addEventListener("arrived", () => {
    awaited = Math.max(0, awaited - 1);
    wait();
  });
}
