// The drawing pad. It keeps strokes, from which it paints at any screen density, undoes changes and
// makes the picture to send.
//
// It tells "drawn" after each finished change. After "ready", when `.pad` has the attribute
// data-ready, it hears "draw", which replaces the drawing, "highlight", which marks a stroke, and
// "example", which shows strokes that are no drawing while the pad is empty.

import { hear, tell } from "../events.js";
import { apart, THICKEST } from "./curve.js";
import { box, erased, nudged, scaled, strokeAt, turned } from "./drawing.js";
import { areas, enclosed, isFill, obstacle, withFills } from "./fill.js";
import { mark, paint, picture } from "./paint.js";

// Fractions of the side; medium is about as wide as strokes in MNIST's 20×20 box.
const WIDTHS = { thin: 0.045, medium: 0.075, thick: THICKEST };
const PAUSE = 100; // milliseconds between two pictures sent while drawing
const SPACING = 0.005; // of the side, at least, from point to point: mice tell up to 1,000 a second
const STEP = 0.025; // of the side, per press of an arrow key
const NEAR = 0.03; // of the side: a click this close to a stroke selects it
const TURN = 5; // degrees
const GROW = 1.1;

const KEYS = {
  pen: "Arrow keys move the pen, Space sets it down or lifts it, Ctrl+Z undoes, Delete clears the pad.",
  fill: "Arrow keys move the bucket, Space fills what lines enclose there, Ctrl+Z undoes.",
  eraser: "Arrow keys move the eraser, Space sets it down or lifts it, Ctrl+Z undoes.",
  select: "Space selects a stroke, arrow keys nudge, L and R turn, + and − resize, Delete removes.",
};

/** @type {(x: number, y: number) => Point} */
const onPad = (x, y) => [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  const pad = element.querySelector(".pad");
  const canvas = element.querySelector("canvas");
  const pen = element.querySelector(".pad-pen");
  const said = element.querySelector(".pad-said");
  const button = (name) => element.querySelector(`[data-do="${name}"]`);

  /** @type {Stroke[]} */
  let strokes = []; // immutable, except for the stroke that is being drawn
  const past = []; // drawings, for Undo
  let future = []; // drawings, for Redo
  let before = null; // the drawing before the current stroke of pen or eraser
  let tool = "pen";
  let width = "medium";
  let chosen = null; // the number of a stroke, or null for the whole drawing
  let highlighted = null;
  let example = [];
  let pointer = null; // the id of the pointer that draws
  let start = null; // where the pen was set down
  /** @type {Point} */
  let at = [0.5, 0.5]; // where it is
  let waiting = null;
  let again = null; // the picture last sent once more

  function show() {
    showControls();
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    if (strokes.length) paint(canvas, strokes, getComputedStyle(canvas).color);
    else paint(canvas, example, getComputedStyle(pen).borderTopColor);
    for (const number of [chosen, highlighted]) {
      if (strokes[number]) point(number);
    }
  }

  function showControls() {
    pad.classList.toggle("empty", strokes.length === 0);
    pad.classList.toggle("showing", example.length > 0);
    pad.classList.toggle("pen-down", before !== null);
    const drawing = before !== null && before !== strokes; // so that Undo does not change at pen-up
    button("undo").ariaDisabled = String(!past.length && !drawing);
    button("redo").ariaDisabled = String(!future.length);
    showPen();
    const part = () => (isFill(strokes[chosen]) ? "fill" : "stroke");
    label(button("remove"), chosen === null ? "Clear" : `Remove this ${part()}`, "Delete");
  }

  function showPen() {
    pad.dataset.tool = tool;
    pen.style.left = `${at[0] * 100}%`;
    pen.style.top = `${at[1] * 100}%`;
    pen.style.width = tool === "eraser" ? `${WIDTHS[width] * 100}%` : "";
  }

  /** Colour a stroke, and frame it for people who cannot see colours. */
  function point(number) {
    const context = canvas.getContext("2d");
    const { width, points } = strokes[number];
    /** @type {(rectangle: Rectangle) => Point[]} */
    const corners = ([left, top, right, bottom]) => [
      [left, top],
      [right, bottom],
    ];
    const covered = areas(strokes)[number]?.flatMap(corners);
    const { left, top, right, bottom } = box([{ width, points: covered ?? points }]);
    const edge = width / 2;
    const [across, down] = [right - left + width, bottom - top + width];
    const side = canvas.width;
    const accent = getComputedStyle(pen).borderTopColor;
    mark(canvas, strokes, number, accent, getComputedStyle(canvas).color);
    context.save();
    context.strokeStyle = accent;
    context.lineWidth = 1.5 * window.devicePixelRatio;
    context.setLineDash([6 * window.devicePixelRatio, 4 * window.devicePixelRatio]);
    context.strokeRect((left - edge) * side, (top - edge) * side, across * side, down * side);
    context.restore();
  }

  function label(control, text, key) {
    control.ariaLabel = text;
    control.title = `${text} (${key})`;
  }

  function send() {
    clearTimeout(waiting);
    waiting = null;
    props.value = strokes.length ? picture(strokes, props.side) : "";
    trigger("input");
    tell("asked");
  }

  // gradio forgets a picture that waits for the answer to one that fails: the last one is sent again.
  function sendAgain() {
    if (again === props.value) return; // once
    again = props.value;
    trigger("input");
    tell("asked");
  }

  function changing() {
    show();
    waiting ??= setTimeout(send, PAUSE);
  }

  function changed() {
    send();
    show();
    tellOthers();
  }

  function tellOthers() {
    said.classList.remove("shown");
    tell("drawn", { strokes: structuredClone(strokes) });
  }

  function remember(drawing) {
    past.push(drawing);
    future = [];
  }

  /** Replace the drawing, also for Undo and Redo. */
  function replace(drawing) {
    const earlier = strokes;
    strokes = drawing;
    chosen = null;
    remember(earlier);
    changed();
  }

  function go(from, to) {
    if (!from.length) return;
    to.push(strokes);
    strokes = from.pop();
    chosen = null;
    changed();
  }

  /** Change the selected stroke, or else the whole drawing. */
  function edit(how) {
    if (!strokes.length) return;
    const earlier = strokes;
    strokes = edited(strokes, how);
    if (strokes === earlier) return;
    remember(earlier);
    changed();
  }

  /** A drawing with its selected part changed; the same if that is a fill. */
  function edited(drawing, how) {
    if (chosen === null) return how(drawing);
    if (isFill(drawing[chosen])) {
      say("A fill only moves with its outline: select that.", true);
      return drawing;
    }
    const numbers = withFills(drawing, chosen);
    const part = how(numbers.map((number) => drawing[number]));
    return drawing.map((stroke, number) => part[numbers.indexOf(number)] ?? stroke);
  }

  function remove() {
    if (strokes.length) replace(chosen === null ? [] : enclosed(strokes.toSpliced(chosen, 1)));
  }

  /** Tell what cannot be seen; show what everybody needs to know. */
  function say(text, shown = false) {
    said.textContent = text;
    said.classList.toggle("shown", shown);
  }

  function choose(number) {
    chosen = number;
    const kind = number !== null && isFill(strokes[number]) ? ", a fill" : "";
    const stroke = `Stroke ${number + 1} of ${strokes.length}${kind}`;
    say(number === null ? "The whole drawing" : stroke);
    show();
  }

  function chooseNext() {
    const next = chosen === null ? 0 : chosen + 1;
    choose(next < strokes.length ? next : null);
  }

  function take(name) {
    tool = name;
    chosen = null;
    say("");
    for (const each of Object.keys(KEYS)) button(each).ariaPressed = String(each === tool);
    element.querySelector(".pad-edits").hidden = tool !== "select";
    element.querySelector(".pad-keys").textContent = KEYS[tool];
    show();
  }

  /** Switch to the next of the three pens, and give its width to the selected stroke or drawing. */
  function widen() {
    const names = Object.keys(WIDTHS);
    setWidth(names[(names.indexOf(width) + 1) % names.length]);
    if (tool === "select")
      edit((part) =>
        part.map((stroke) => (isFill(stroke) ? stroke : { ...stroke, width: WIDTHS[width] })),
      );
  }

  function setWidth(name) {
    width = name;
    label(button("widen"), `Width: ${width}`, "W");
    button("widen").querySelector("small").textContent = width;
    button("widen").querySelector("path").style.strokeWidth = String(40 * WIDTHS[width]);
    show();
  }

  function setDown(place) {
    lift();
    before = strokes;
    start = at = place;
    if (tool === "pen") strokes = [...strokes, { width: WIDTHS[width], points: [place] }];
    else if (tool === "fill") fill(place);
    else if (tool === "eraser") strokes = erased(strokes, place, place, WIDTHS[width] / 2);
    else choose(strokeAt(strokes, place, NEAR));
    if (strokes === before) show();
    else changing();
  }

  function fill(place) {
    const why = obstacle(strokes, place);
    if (why === null) strokes = [...strokes, { width: 0, points: [place] }];
    say(why ?? "Filled", why !== null);
  }

  function move(place) {
    if (tool === "pen") {
      const { points } = strokes.at(-1);
      if (apart(points.at(-1), place) >= SPACING) points.push(place);
    } else if (tool === "eraser") {
      strokes = erased(strokes, at, place, WIDTHS[width] / 2);
    } else if (tool === "select" && chosen !== null) {
      const [across, down] = [place[0] - start[0], place[1] - start[1]];
      strokes = edited(before, (part) => nudged(part, across, down));
    }
    at = place;
  }

  function hover(place) {
    at = place;
    showPen();
  }

  /** End a stroke. Its last point is already shown, and already sent if the pen rested there. */
  function lift() {
    const earlier = before;
    before = pointer = null;
    if (earlier === null) return;
    if (waiting !== null) send();
    if (earlier !== strokes) {
      remember(earlier);
      tellOthers();
    }
    showControls();
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  function place(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return onPad((event.clientX - left) / width, (event.clientY - top) / height);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return; // a second finger, another button
    setDown(place(event));
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.clientWidth) {
      lift(); // the pad has gone from under the pen
    } else if (event.pointerId === pointer) {
      const events = event.getCoalescedEvents?.() ?? [];
      const earlier = strokes;
      (events.length ? events : [event]).map(place).forEach(move);
      if (tool === "pen" || strokes !== earlier) changing();
      else showPen();
    } else if (before === null) {
      hover(place(event));
    }
  });

  function end(event) {
    if (event.pointerId === pointer) lift();
  }
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);

  const DO = {
    pen: () => take("pen"),
    fill: () => take("fill"),
    eraser: () => take("eraser"),
    select: () => take("select"),
    widen,
    undo: () => go(past, future),
    redo: () => go(future, past),
    remove,
    left: () => edit((part) => nudged(part, -STEP, 0)),
    right: () => edit((part) => nudged(part, STEP, 0)),
    up: () => edit((part) => nudged(part, 0, -STEP)),
    down: () => edit((part) => nudged(part, 0, STEP)),
    anticlockwise: () => edit((part) => turned(part, -TURN)),
    clockwise: () => edit((part) => turned(part, TURN)),
    smaller: () => edit((part) => scaled(part, 1 / GROW)),
    larger: () => edit((part) => scaled(part, GROW)),
  };
  const ARROWS = {
    ArrowLeft: [-STEP, 0, "left"],
    ArrowRight: [STEP, 0, "right"],
    ArrowUp: [0, -STEP, "up"],
    ArrowDown: [0, STEP, "down"],
  };
  const TEXT = "textarea, input:not([type=radio], [type=checkbox], [type=file])"; // has its own undo
  const OTHER_KEYS = {
    p: "pen",
    f: "fill",
    e: "eraser",
    s: "select",
    w: "widen",
    l: "anticlockwise",
    r: "clockwise",
    "-": "smaller",
    "+": "larger",
    "=": "larger",
    Delete: "remove",
    Backspace: "remove",
  };

  function act(name) {
    lift();
    DO[name]();
  }

  function pressed(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (key in ARROWS && tool === "select") {
      act(ARROWS[key][2]);
    } else if (key in ARROWS) {
      const [across, down] = ARROWS[key];
      const to = onPad(at[0] + across, at[1] + down);
      if (before === null) {
        hover(to);
      } else {
        move(to);
        changing();
      }
    } else if (key === " " && tool === "select") {
      chooseNext();
    } else if (key === " ") {
      before === null ? setDown(at) : lift();
      if (tool === "fill") lift();
      else say(`${tool === "pen" ? "Pen" : "Eraser"} ${before === null ? "up" : "down"}`);
    } else if (key in OTHER_KEYS) {
      act(OTHER_KEYS[key]);
    } else {
      return;
    }
    event.preventDefault();
  }

  function pressedAnywhere(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !canvas.checkVisibility()) return;
    const key = event.key.toLowerCase();
    if ((key !== "z" && key !== "y") || event.target.closest(TEXT)) return;
    act(key === "y" || event.shiftKey ? "redo" : "undo");
    event.preventDefault();
  }

  canvas.addEventListener("keydown", pressed);
  canvas.addEventListener("blur", () => {
    const stays = document.activeElement === canvas; // it is another window that was gone to
    if (pointer === null && !stays) lift(); // who leaves by keyboard may not have lifted the pen
  });
  document.addEventListener("keydown", pressedAnywhere);
  element.addEventListener("click", ({ target }) => {
    const name = /** @type {HTMLElement} */ (target).closest("button")?.dataset.do;
    if (name) act(name);
  });
  document.addEventListener("unanswered", sendAgain);
  hear("draw", (drawing) => {
    lift();
    replace(structuredClone(drawing.strokes));
  });
  hear("highlight", ({ stroke }) => {
    highlighted = stroke;
    show();
  });
  hear("example", ({ strokes }) => {
    example = strokes;
    show();
  });
  take("pen");
  setWidth("medium");
  pad.toggleAttribute("data-ready", true);
  tell("ready");

  hear("theme", show);
  function fit() {
    canvas.width = canvas.height = Math.round(canvas.clientWidth * window.devicePixelRatio);
    show();
  }
  new ResizeObserver(fit).observe(canvas);
  /** Also when the page is zoomed, or moved to a screen with other pixels: no size changes then. */
  function fitToPixels() {
    fit();
    const pixels = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    pixels.addEventListener("change", fitToPixels, { once: true });
  }
  fitToPixels();
}
