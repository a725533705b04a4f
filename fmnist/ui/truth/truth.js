// Opens a test image as the picture, says what it really is, and opens the next or the previous one of
// those in Compare.

import { hear, tell } from "../events.js";
import { inTurns } from "../turns.js";

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  const note = element.querySelector("div");
  const buttons = element.querySelectorAll("button");
  /** The images that Compare shows, as buttons. */
  const images = () => [...document.querySelectorAll("#mistakes li button")];
  let chosen = null;
  let wanted = null; // asked for, until the server answers
  let coming = null; // the server's answer, until the page shows it
  let opened = null; // the last one that the page showed
  let place = -1; // of that one among Compare's

  const isShown = (image) =>
    image &&
    chosen.source === "photo" &&
    chosen.dataset === image.dataset &&
    chosen.photo === image.url;

  const turns = inTurns(
    ({ dataset, number, network }) => trigger("input", { dataset, number, network }),
    "unopened",
    (image) => {
      if (image !== wanted) return; // another one is wanted by now
      wanted = null;
      show();
    },
  );

  hear("open", (image) => {
    [wanted, coming] = [image, null];
    if (image) turns.ask(image);
    else turns.forget();
  });
  watch("value", () => {
    const answer = JSON.parse(props.value);
    props.value = ""; // so that the same answer is noticed again
    turns.ended();
    // Another one may be wanted by now, or none.
    if (!["dataset", "number", "network"].every((key) => answer[key] === wanted?.[key])) return;
    const { dataset, network, path } = answer;
    const url = new URL(`gradio_api/file=${path}`, document.baseURI).href;
    coming = { ...answer, url };
    props.value = [dataset, network, "photo", { path, url, meta: { _type: "gradio.FileData" } }];
    trigger("select");
    if (wanted.above) goUp();
    wanted = null;
  });

  function goUp() {
    const tab = document.querySelector('#views [role="tab"]');
    tab.click();
    if (element.contains(document.activeElement)) return; // the buttons lead from image to image
    window.scrollTo(0, 0);
    tab.focus();
  }

  function show() {
    if (isShown(coming)) [opened, coming] = [coming, null];
    const image = isShown(opened) ? opened : null;
    place = images().findIndex((each) => Number(each.dataset.number) === image?.number);
    note.hidden = !image;
    if (image) element.querySelector("p").textContent = image.truth;
    [place - 1, place + 1].forEach((next, i) => {
      buttons[i].hidden = place < 0; // after a reload, until Compare is opened
      buttons[i].ariaDisabled = String(!images()[next]); // "disabled" would take the focus away
    });
    if (wanted || coming) return; // soon
    tell("image", image);
  }

  hear("chosen", (choices) => {
    chosen = choices;
    show();
  });
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      button.focus(); // which not all browsers do, and by which the page knows where to stay
      images()[place + [-1, 1][i]]?.click();
    });
  });
}
