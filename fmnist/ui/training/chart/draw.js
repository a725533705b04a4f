// Draws errors by epoch as SVG: a curve for each run, on a logarithmic axis. Colours are attributes,
// for white paper, on which the picture is saved; on the page, the style sheet overrides them by
// class. A network has a colour and a width, a recipe a dash, so that none is told by colour alone.
// What an author reports is thin, in dashes and dots.

import { along, filled, roomFor } from "./names.js";
import { counted, logarithmic } from "./ticks.js";

const [LEFT, RIGHT, BOTTOM] = [48, 10, 26]; // room for the axes' numbers, and for the last epoch's
const [TITLE, LINE] = [22, 17]; // heights of the title, and of a line for each change of phase
const PAD = 22; // room for a name below the lowest curve
const HIGHER = 8; // than the highest point a name may begin
const COLOURS = ["#b45309", "#0f766e", "#4338ca", "#be123c"]; // of networks, as their widths
const WIDTHS = [1.75, 3.25, 2.5, 4];
const DASHES = ["none", "6 4", "1.5 3.5"]; // of recipes
const [INK, SUBDUED, GRID] = ["#1e293b", "#475569", "#e2e8f0"];
const AUTHORS = {
  class: "curve author",
  stroke: INK,
  "stroke-width": 1.5,
  "stroke-dasharray": "8 3 2 3",
  fill: "none",
};
const LEAST = 0.01; // per cent: 0 is nowhere on a logarithmic axis

/**
 * @typedef {{
 *   network: string,
 *   recipe: string,
 *   author?: string,
 *   changes: [last: number, what: string][],
 *   epochs: number[],
 *   history: Record<string, number[]>,
 * }} CurveOf A run: where another phase follows an epoch, and its metrics after each of its epochs;
 *   or what the author of a network reports of some epochs.
 *
 * @typedef {{
 *   title: string,
 *   name: string,
 *   runs: CurveOf[],
 *   networks: string[],
 *   recipes: string[],
 * }} Chart All runs on a data set, and the names of their networks and recipes, each once.
 */

/**
 * The per cent of the validation images on which a run was wrong, after each of its epochs.
 *
 * @param {CurveOf} run
 */
export const errors = ({ history }) => history.val_accuracy.map((right) => 100 * (1 - right));

/** @param {CurveOf} run */
export const nameOf = ({ network, recipe, author }) =>
  `${network}, ${author ? `by ${author}` : recipe}`;

/** @param {number} error */
export const percent = (error) => `${error.toFixed(2)}\u00a0%`;

function make(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function write(text, x, y, attributes = {}) {
  return make("text", { x, y, fill: SUBDUED, ...attributes }, text);
}

/** How a run's curve looks: the attributes of a line. */
function lookOf(run, { networks, recipes }) {
  if (run.author) return AUTHORS;
  const network = networks.indexOf(run.network);
  const recipe = recipes.indexOf(run.recipe);
  return {
    class: `curve network-${network}`,
    stroke: COLOURS[network % COLOURS.length],
    "stroke-width": WIDTHS[network % WIDTHS.length],
    "stroke-dasharray": DASHES[recipe % DASHES.length],
    fill: "none",
  };
}

/** A piece of a run's curve, for a legend. */
export function sample(run, chart) {
  const line = make("path", { d: "M2 6H34", ...lookOf(run, chart) });
  return make("svg", { width: 36, height: 12, "aria-hidden": "true" }, line);
}

/**
 * The chart with some of its runs. `mark(epoch)` marks an epoch; `epochAt(x)` is that at a place
 * from the chart's left edge.
 *
 * @param {Chart} chart
 * @param {CurveOf[]} shown
 * @param {number} width in pixels
 * @param {number} height
 * @param {number} margin of paper around them
 */
export function draw(chart, shown, width, height, margin = 0) {
  const changes = shown.flatMap((run) => run.changes);
  const measured = shown.length ? shown : chart.runs; // without a curve, there still are axes
  const plane = planeOf(measured, width, height, TITLE + LINE * changes.length + 10);
  const { epochs, x, y } = plane;
  const curves = shown.map((run) => ({
    name: nameOf(run),
    look: lookOf(run, chart),
    epochs: run.epochs,
    places: errors(run).map((error, i) => [x(run.epochs[i]), y(error)]),
  }));
  const now = make("g");
  const svg = paper(width, height, margin);
  svg.append(
    write(chart.title, 0, 13, { class: "title", fill: INK, "font-weight": 650 }),
    ...errorAxis(plane),
    ...epochAxis(plane),
    ...changes.flatMap(([last, what], line) => change(what, x(last + 0.5), line, plane)),
    ...curves.map(({ look, places }) => make("path", { d: `M${places.join("L")}`, ...look })),
    ...names(curves, plane),
    now,
  );
  const mark = (epoch) => now.replaceChildren(...marks(curves, epoch, plane));
  const epochAt = (place) =>
    Math.min(Math.max(Math.round(1 + (place - x(1)) / (x(2) - x(1))), 1), epochs);
  return { svg, epochs, mark, epochAt };
}

/** Where epochs and errors are: their functions `x` and `y`, and the edges between which they lie. */
function planeOf(runs, width, height, top) {
  const epochs = Math.max(...runs.map((run) => run.epochs.at(-1)));
  const values = runs.flatMap(errors).map((error) => Math.max(error, LEAST));
  const [least, most] = [Math.min(...values) / 1.03, Math.max(...values) * 1.03];
  const [left, right, bottom] = [LEFT, width - RIGHT, height - BOTTOM];
  const share = (error) => Math.log(Math.max(error, LEAST) / least) / Math.log(most / least);
  return {
    epochs,
    least,
    most,
    left,
    right,
    top,
    bottom,
    x: (epoch) => left + ((epoch - 1) / Math.max(epochs - 1, 1)) * (right - left),
    y: (error) => bottom - PAD - share(error) * (bottom - PAD - top),
  };
}

function paper(width, height, margin) {
  const size = { width: width + 2 * margin, height: height + 2 * margin };
  const sheet = make("rect", { class: "paper", x: -margin, y: -margin, ...size, fill: "white" });
  const attributes = {
    viewBox: `${-margin} ${-margin} ${size.width} ${size.height}`,
    ...size,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    "stroke-linejoin": "round",
  };
  return make("svg", attributes, sheet);
}

function errorAxis({ least, most, left, right, y }) {
  return logarithmic(least, most).flatMap((error) => [
    make("path", { class: "grid", stroke: GRID, d: `M${left} ${y(error)}H${right}` }),
    write(`${error}\u00a0%`, left - 8, y(error) + 4, { "text-anchor": "end" }),
  ]);
}

function epochAxis({ epochs, left, right, bottom, x }) {
  const below = bottom + BOTTOM - 6;
  return [
    write("Epoch", left - 12, below, { "text-anchor": "end" }),
    ...counted(epochs, right / 50).map((epoch) =>
      write(`${epoch}`, x(epoch), below, { "text-anchor": "middle" }),
    ),
  ];
}

/** A line where another phase begins, and what changes, on a line of its own above the curves. */
function change(what, at, line, { right, bottom }) {
  const above = TITLE + LINE * (line + 1) - 4;
  const d = `M${at} ${above + 5}V${bottom}`;
  return [
    make("path", { class: "change", stroke: SUBDUED, "stroke-dasharray": "2 3", d }),
    write(what, at, above, { "text-anchor": at > right / 2 ? "end" : "start" }),
  ];
}

/** The names of curves, beside their last epochs. */
function names(curves, { left, right, top, bottom }) {
  const edges = { left, right: right + RIGHT, top: top - HIGHER, bottom };
  const inTheWay = curves.flatMap(({ places }) => along(places));
  const halo = { stroke: "white", "stroke-width": 4, "paint-order": "stroke" };
  return curves.map(({ name, places }) => {
    const box = roomFor(name, places.at(-1), inTheWay, edges);
    inTheWay.push(...filled(box));
    return write(name, box.left, box.top + 13, { class: "name", fill: INK, ...halo });
  });
}

/** A line at an epoch, and a dot on each curve that has it. */
function marks(curves, epoch, { x, top, bottom }) {
  const line = make("path", { class: "now", stroke: INK, d: `M${x(epoch)} ${top - 6}V${bottom}` });
  const dots = curves
    .filter(({ epochs }) => epochs.includes(epoch))
    .map(({ look, epochs, places }) => {
      const [cx, cy] = places[epochs.indexOf(epoch)];
      const dot = { class: look.class.replace("curve", "dot"), fill: look.stroke };
      return make("circle", { ...dot, cx, cy, r: 5 });
    });
  return [line, ...dots];
}
