// The drawing pad. Undo, any screen density and the picture that is sent all come from the strokes:
// {width, points: [[x, y], ...]}, all numbers between 0 and 1, shares of the pad's side. Runs once,
// when the pad appears; gradio provides `element`, `props` and `trigger`.
//
// To the rest of the page, `.pad` dispatches "drawn" with detail {strokes} after each finished
// change, and takes "draw" with the same detail, which replaces the drawing. It can do so once it
// has the attribute data-ready, of which "ready" tells. What it dispatches bubbles.

const BRUSH = 0.075; // of the side: about what MNIST's pens leave in its 20×20 box
const PAUSE = 80; // milliseconds between two pictures sent while drawing
const STEP = 0.025; // of the side, for an arrow key

const pad = element.querySelector(".pad");
const canvas = element.querySelector("canvas");
const pen = element.querySelector(".pad-pen");
const picture = document.createElement("canvas");
picture.width = picture.height = props.side;

let strokes = [];
let cleared = []; // what the last Clear took away, for Undo to bring back
let pointer = null; // the id of the finger or mouse that draws
let keyboard = { x: 0.5, y: 0.5, down: false };
let waiting = null;

function paint(target, ink) {
  const side = target.width;
  const context = target.getContext("2d");
  context.clearRect(0, 0, side, side);
  context.strokeStyle = ink;
  context.lineCap = context.lineJoin = "round";
  for (const { width, points } of strokes) {
    context.lineWidth = width * side;
    const [first, last] = [points[0], points[points.length - 1]];
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    for (let i = 1; i < points.length - 1; i++) {
      const [x, y] = points[i];
      const [nextX, nextY] = points[i + 1];
      context.quadraticCurveTo(x * side, y * side, ((x + nextX) / 2) * side, ((y + nextY) / 2) * side);
    }
    context.lineTo(last[0] * side + 0.01, last[1] * side); // not quite the same point: a dot shows
    context.stroke();
  }
}

function show() {
  pad.classList.toggle("empty", strokes.length === 0);
  pad.classList.toggle("pen-down", keyboard.down);
  pen.style.left = `${keyboard.x * 100}%`;
  pen.style.top = `${keyboard.y * 100}%`;
  paint(canvas, getComputedStyle(canvas).color);
}

function send() {
  clearTimeout(waiting);
  waiting = null;
  paint(picture, "black");
  props.value = strokes.length ? picture.toDataURL("image/png") : "";
  trigger("input");
}

function tell(name, detail) {
  pad.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function changed(finished) {
  show();
  if (finished) {
    send();
    tell("drawn", { strokes: structuredClone(strokes) });
  } else {
    waiting ??= setTimeout(send, PAUSE);
  }
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return shares.map((share) => Math.min(1, Math.max(0, share)));
}

function lift() {
  keyboard.down = false;
  pointer = null;
}

function undo() {
  lift();
  if (strokes.length) strokes.pop();
  else [strokes, cleared] = [cleared, []];
  changed(true);
}

function replace(drawing) {
  lift();
  [strokes, cleared] = [structuredClone(drawing), strokes];
  changed(true);
}

function clear() {
  lift();
  if (strokes.length) [strokes, cleared] = [[], strokes];
  changed(true);
}

canvas.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return; // a second finger, another button
  lift();
  pointer = event.pointerId;
  canvas.setPointerCapture(pointer);
  strokes.push({ width: BRUSH, points: [place(event)] });
  changed(false);
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const events = event.getCoalescedEvents?.() ?? [];
  strokes[strokes.length - 1].points.push(...(events.length ? events : [event]).map(place));
  changed(false);
});

for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    changed(true);
  });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    undo();
  } else if (event.target !== canvas) {
    return;
  } else if (event.key in ARROWS) {
    const [right, down] = ARROWS[event.key];
    keyboard.x = Math.min(1, Math.max(0, keyboard.x + right * STEP));
    keyboard.y = Math.min(1, Math.max(0, keyboard.y + down * STEP));
    if (keyboard.down) strokes[strokes.length - 1].points.push([keyboard.x, keyboard.y]);
    keyboard.down ? changed(false) : show();
  } else if (event.key === " ") {
    keyboard.down = !keyboard.down;
    if (keyboard.down) strokes.push({ width: BRUSH, points: [[keyboard.x, keyboard.y]] });
    changed(true);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clear();
  } else {
    return;
  }
  event.preventDefault();
}

element.addEventListener("keydown", pressed);
element.querySelector(".pad-undo").addEventListener("click", undo);
element.querySelector(".pad-clear").addEventListener("click", clear);
pad.addEventListener("draw", (event) => replace(event.detail.strokes));
pad.toggleAttribute("data-ready", true);
tell("ready");

new ResizeObserver(() => {
  canvas.width = canvas.height = Math.round(canvas.clientWidth * window.devicePixelRatio);
  show();
}).observe(canvas);
