// What would change the answer? While this is open, a moment after each finished change of the
// drawing, it asks the server for the answers without each stroke, and to the drawing turned, made
// smaller and moved.

import { hear, tell } from "../events.js";
import { nudged, scaled, turned } from "../pad/drawing.js";
import { enclosed, isFill } from "../pad/fill.js";
import { mark, paint, picture } from "../pad/paint.js";

const PAUSE = 250; // milliseconds: the drawing's own answer comes first
const NOTE = "What the network would say if the drawing were a little different.";
const NOTHING = "Draw something first: what would change the answer then appears here.";

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  const details = element.querySelector("details");
  const note = element.querySelector(".note");
  const list = element.querySelector("ul");

  let strokes = [];
  let asked = { number: 0, strokes, changes: [] };
  let by = ""; // the choices on which the answers depend
  let waiting = null;

  /** The changes to try: {text, action, drawing, stroke}, the last if that stroke is left out. */
  function changes() {
    const without = strokes.slice(0, props.strokes).map((each, stroke) => ({
      text: `Without this ${isFill(each) ? "fill" : "stroke"}`,
      action: "Remove it",
      drawing: enclosed(strokes.toSpliced(stroke, 1)),
      stroke,
    }));
    return [
      ...without.filter(({ drawing }) => drawing.length),
      { text: "Turned 15° to the left", action: "Turn it left", drawing: turned(strokes, -15) },
      { text: "Turned 15° to the right", action: "Turn it right", drawing: turned(strokes, 15) },
      { text: "Half the size", action: "Shrink it", drawing: scaled(strokes, 0.5) },
      { text: "Moved into the corner", action: "Move it", drawing: nudged(strokes, -1, -1) },
    ];
  }

  function later() {
    clearTimeout(waiting);
    if (details.open) waiting = setTimeout(ask, PAUSE);
  }

  function ask() {
    note.textContent = strokes.length ? NOTE : NOTHING;
    asked = { number: asked.number + 1, strokes, changes: strokes.length ? changes() : [] };
    if (!strokes.length) return show([]);
    let lines = `${asked.number}\n${picture(strokes, props.side)}`;
    for (const { drawing } of asked.changes) {
      const line = `\n${picture(drawing, props.side)}`;
      if (lines.length + line.length > props.room) break; // leave out the last ones
      lines += line;
    }
    props.value = lines;
    trigger("input");
  }

  /** List the server's answer to each change, in order. */
  function show(said) {
    const active = /** @type {HTMLButtonElement} */ (document.activeElement);
    const focused = [...list.querySelectorAll("button")].indexOf(active);
    tell("highlight", { stroke: null });
    list.replaceChildren(...said.map((each, i) => entry(asked.changes[i], each)));
    if (focused < 0) return;
    const buttons = list.querySelectorAll("button");
    (buttons[Math.min(focused, buttons.length - 1)] ?? element.querySelector("summary")).focus();
  }

  function entry({ text, action, drawing, stroke }, { answer, same }) {
    const item = document.createElement("li");
    item.innerHTML = `<canvas role="img" width="112" height="112"></canvas>
    <p></p><button type="button"></button>`;
    const canvas = item.querySelector("canvas");
    const words = item.querySelector("p");
    const button = item.querySelector("button");
    const { strokes: unchanged } = asked; // those of the pad may be others by now
    const number = `Stroke ${stroke + 1} of ${unchanged.length}`;
    canvas.ariaLabel = stroke === undefined ? "The changed drawing" : number;
    words.append(`${text}: `, document.createElement(same ? "span" : "strong"));
    words.lastChild.textContent = same ? `still ${answer}` : answer;
    button.textContent = action;
    button.addEventListener("click", () => {
      if (strokes === unchanged) tell("draw", { strokes: drawing }); // or what came after is lost
    });
    requestAnimationFrame(() => {
      // once it is on the page and has the page's colours
      const { color, caretColor } = getComputedStyle(canvas);
      paint(canvas, drawing, color);
      if (stroke !== undefined) mark(canvas, unchanged, stroke, caretColor, color);
    });
    if (stroke !== undefined) {
      // point at it on the pad
      const point = (stroke) => () => tell("highlight", { stroke });
      for (const name of ["pointerenter", "focusin"]) item.addEventListener(name, point(stroke));
      for (const name of ["pointerleave", "focusout"]) item.addEventListener(name, point(null));
    }
    return item;
  }

  hear("theme", later);
  hear("drawn", (drawing) => {
    strokes = drawing.strokes;
    later();
  });
  details.addEventListener("toggle", later);
  hear("chosen", ({ dataset, network, source }) => {
    const now = [dataset, network, source].join();
    if (now !== by) later();
    by = now;
  });
  hear("what-if", ({ number, said }) => {
    if (number === String(asked.number)) show(said);
  });
  document.addEventListener("untold", () => {
    show([]); // gradio forgets a later request when one fails
    if (strokes !== asked.strokes) later();
  });
  later(); // a person may have opened it before this ran
}
