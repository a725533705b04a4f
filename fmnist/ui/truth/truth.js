// Says what a test image really is, and opens the next or the previous one of those in Compare.

import { hear } from "../events.js";

/** @param {Component} component */
export default function ({ element }) {
  const note = element.querySelector("div");
  const buttons = element.querySelectorAll("button");
  /** The images that Compare shows, as buttons. */
  const images = () => [...document.querySelectorAll("#mistakes li button")];
  let place = -1; // of the opened one among them

  hear("chosen", ({ dataset, source, photo }) => {
    const [, of, number] = photo?.match(/test-image-(\w+)-(\d+)\.png/) ?? [];
    place = images().findIndex((each) => each.dataset.number === number);
    note.hidden = source !== "photo" || of !== dataset || place < 0;
    if (note.hidden) return;
    element.querySelector("p").textContent = images()[place].querySelector("b").textContent;
    [place - 1, place + 1].forEach((next, i) => {
      buttons[i].ariaDisabled = String(!images()[next]); // "disabled" would take the focus away
    });
  });
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      button.focus(); // which not all browsers do, and by which the page knows where to stay
      images()[place + [-1, 1][i]]?.click();
    });
  });
}
