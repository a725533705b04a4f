// Asks for an answer once for all choices that change together, as with an example. And again when
// a stroke was finished while a request was under way, whose answer might come after the stroke's,
// or when the answer to a stroke comes late, and is by choices that have changed since.
// The page dispatches "choice" with what is chosen as detail, more often than it changes, then
// "answered" or "failed".

import { hear } from "../events.js";

/** @param {Component} component */
export default function ({ trigger }) {
  let asked = null;
  let waiting = null;
  let asking = false;
  let outdated = false;

  const late = new MutationObserver(() => {
    const by = document.querySelector("#answer").querySelector("data")?.value;
    if (asked && !asking && by !== JSON.parse(asked).slice(0, 5).join(" ")) ask();
  });

  function ask() {
    asking = true;
    outdated = false;
    const changes = { subtree: true, childList: true, attributeFilter: ["value"] };
    late.observe(document.querySelector("#answer"), changes);
    trigger("input");
  }

  hear("choice", (detail) => {
    if (detail === asked) return;
    asked = detail;
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
