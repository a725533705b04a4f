// Fades an answer to an older picture while a newer one is awaited, and says so if that takes long.
// Of several requests that are made before an answer, the page sends the first and the last. Says why
// the server refused a request. If it cannot be reached, gradio says so itself, and opens the page
// again when it can.

import { hear } from "../events.js";

const SOON = 150; // milliseconds without a word: most answers come earlier, and nothing flickers
const SLOW = 4000; // milliseconds after which it is said that this is unusual
const READ = 10_000; // milliseconds for which it says why, as long as gradio's messages
const UNKNOWN = "The server could not answer: try again."; // a proxy, for one, gives no reason
const UNLOADED = "A part of this page could not be loaded: reload the page.";
const LOOKING = "Looking …";
const STILL =
  "Still looking: the connection or the server is slow. This is not yet the answer to your picture.";

/** @param {Component} component */
export default function ({ element }) {
  const [said, why] = element.querySelectorAll("p");
  let awaited = 0; // answers: none, that to the request under way, and that to a later one
  let failed = false; // whether the last request did
  let timers = [];
  let reading = null;

  function show(words) {
    said.textContent = words;
    document.querySelector("#bench").classList.toggle("stale", failed || Boolean(words));
  }

  function explain(sentence) {
    why.textContent = sentence;
    clearTimeout(reading);
    reading = setTimeout(() => {
      why.textContent = "";
    }, READ);
  }

  function wait() {
    timers.forEach(clearTimeout);
    timers = awaited ? [setTimeout(show, SOON, LOOKING), setTimeout(show, SLOW, STILL)] : [];
    if (!awaited) show(""); // otherwise what is shown is to an older picture still
  }

  hear("asked", () => {
    awaited = Math.min(2, awaited + 1);
    if (awaited > 1) return;
    failed = false;
    show("");
    wait();
  });
  document.addEventListener("arrived", () => {
    awaited = Math.max(0, awaited - 1);
    wait();
  });
  function lost() {
    failed = true;
    awaited = 0; // gradio forgets the later one
    wait();
  }
  // Captured, so before those who then ask once more.
  for (const name of ["failed", "unanswered"]) document.addEventListener(name, lost, true);

  hear("trouble", ({ said }) => explain(said));
  document.addEventListener("unloaded", () => explain(UNLOADED));

  // gradio 6.31 shows why only for requests in its queue.
  const { fetch } = window;
  window.fetch = async (...asked) => {
    const answer = await fetch(...asked);
    if (!answer.ok && String(asked[0]).includes("/gradio_api/run/")) {
      const told = answer.clone().json();
      told.then(({ error }) => explain(error ?? UNKNOWN)).catch(() => explain(UNKNOWN));
    }
    return answer;
  };
}
