// Draws errors by epoch as SVG: a curve for each run, on a logarithmic axis. Colours are attributes,
// for white paper, on which the picture is saved; on the page, the style sheet overrides them by
// class. A network has a colour and a width, a recipe a dash, so that none is told by colour alone.

import { counted, logarithmic } from "./ticks.js";

const [LEFT, RIGHT, BOTTOM] = [48, 10, 26]; // room for the axes' numbers, and for the last epoch's
const [TITLE, LINE] = [22, 17]; // heights of the title, and of a line for each change of phase
const [PAD, GAP] = [22, 6]; // room for a name below the lowest curve; between a name and a curve
const LETTER = 7; // mean width of a letter, generously
const COLOURS = ["#b45309", "#0f766e", "#4338ca", "#be123c"]; // of networks, as their widths
const WIDTHS = [1.75, 3.25, 2.5, 4];
const DASHES = ["none", "6 4", "1.5 3.5"]; // of recipes
const [INK, SUBDUED, GRID] = ["#1e293b", "#475569", "#e2e8f0"];
const LEAST = 0.01; // per cent: 0 is nowhere on a logarithmic axis

/**
 * @typedef {{
 *   network: string,
 *   recipe: string,
 *   changes: [last: number, what: string][],
 *   history: Record<string, number[]>,
 * }} CurveOf A run: where another phase follows an epoch, and its metrics, epoch by epoch.
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
 * The per cent of the validation images on which a run was wrong, by epoch.
 *
 * @param {CurveOf} run
 */
export const errors = ({ history }) => history.val_accuracy.map((right) => 100 * (1 - right));

/** @param {CurveOf} run */
export const nameOf = ({ network, recipe }) => `${network}, ${recipe}`;

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
  const measured = shown.length ? shown : chart.runs; // without a curve, there still are axes
  const epochs = Math.max(...measured.map((run) => errors(run).length));
  const values = measured.flatMap(errors).map((error) => Math.max(error, LEAST));
  const [least, most] = [Math.min(...values) / 1.03, Math.max(...values) * 1.03];
  const changes = shown.flatMap((run) => run.changes);
  const top = TITLE + LINE * changes.length + 10;
  const bottom = height - BOTTOM;

  const x = (epoch) => LEFT + ((epoch - 1) / Math.max(epochs - 1, 1)) * (width - RIGHT - LEFT);
  const share = (error) => Math.log(Math.max(error, LEAST) / least) / Math.log(most / least);
  const y = (error) => bottom - PAD - share(error) * (bottom - PAD - top);

  const size = { width: width + 2 * margin, height: height + 2 * margin };
  const svg = make("svg", {
    viewBox: `${-margin} ${-margin} ${size.width} ${size.height}`,
    ...size,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    "stroke-linejoin": "round",
  });
  svg.append(
    make("rect", { class: "paper", x: -margin, y: -margin, ...size, fill: "white" }),
    write(chart.title, 0, 13, { class: "title", fill: INK, "font-weight": 650 }),
  );
  for (const error of logarithmic(least, most)) {
    const line = { class: "grid", stroke: GRID, d: `M${LEFT} ${y(error)}H${width - RIGHT}` };
    const number = `${error}\u00a0%`;
    svg.append(make("path", line), write(number, LEFT - 8, y(error) + 4, { "text-anchor": "end" }));
  }
  svg.append(write("Epoch", LEFT - 12, height - 6, { "text-anchor": "end" }));
  for (const epoch of counted(epochs, width / 50)) {
    svg.append(write(`${epoch}`, x(epoch), height - 6, { "text-anchor": "middle" }));
  }
  changes.forEach(([last, what], line) => {
    const at = x(last + 0.5);
    const above = TITLE + LINE * (line + 1) - 4;
    const anchor = at > width / 2 ? "end" : "start";
    svg.append(
      make("path", {
        class: "change",
        stroke: SUBDUED,
        "stroke-dasharray": "2 3",
        d: `M${at} ${above + 5}V${bottom}`,
      }),
      write(what, at, above, { "text-anchor": anchor }),
    );
  });

  const places = shown.map((run) => errors(run).map((error, i) => [x(i + 1), y(error)]));
  shown.forEach((run, i) => {
    const d = `M${places[i].map((place) => place.join(" ")).join("L")}`;
    svg.append(make("path", { d, ...lookOf(run, chart) }));
  });
  const inTheWay = places.flatMap(along);
  shown.forEach((run, i) => {
    const name = nameOf(run);
    const box = roomFor(name, places[i].at(-1), inTheWay, width);
    inTheWay.push(...filled(box));
    const halo = { stroke: "white", "stroke-width": 4, "paint-order": "stroke" };
    svg.append(write(name, box.left, box.top + 13, { class: "name", fill: INK, ...halo }));
  });

  const now = make("g");
  svg.append(now);
  function mark(epoch) {
    const d = `M${x(epoch)} ${top - 6}V${bottom}`;
    now.replaceChildren(make("path", { class: "now", stroke: INK, d }));
    shown.forEach((run, i) => {
      const [cx, cy] = places[i][epoch - 1] ?? [];
      const { class: look, stroke: fill } = lookOf(run, chart);
      if (cx)
        now.append(make("circle", { class: look.replace("curve", "dot"), cx, cy, r: 5, fill }));
    });
  }
  const epochAt = (place) =>
    Math.min(Math.max(Math.round(1 + (place - x(1)) / (x(2) - x(1))), 1), epochs);
  return { svg, epochs, mark, epochAt };
}

/**
 * Points along a curve, close to each other.
 *
 * @param {number[][]} places
 */
function along(places) {
  const pieces = 6;
  return places.flatMap(([x, y], i) => {
    const [nextX, nextY] = places[i + 1] ?? [x, y];
    return Array.from({ length: pieces }, (_, piece) => [
      x + ((nextX - x) * piece) / pieces,
      y + ((nextY - y) * piece) / pieces,
    ]);
  });
}

/**
 * Where a name fits best beside a curve's last point: where the fewest points are in the way.
 *
 * @param {string} name
 * @param {number[]} last
 * @param {number[][]} points
 * @param {number} width
 */
function roomFor(name, [x, y], points, width) {
  const [wide, high] = [name.length * LETTER, LINE];
  const boxes = [0, 1, -1, 2, -2].flatMap((lines) => {
    const top = y - high / 2 + lines * (high / 2 + GAP);
    return [x + GAP, x - wide - GAP].map((side) => {
      const left = Math.min(Math.max(side, LEFT), width - wide);
      return { left, top, right: left + wide, bottom: top + high };
    });
  });
  const crowd = (box) => points.filter((point) => within(box, point)).length;
  return boxes.reduce((best, box) => (crowd(box) < crowd(best) ? box : best));
}

/**
 * @param {{ left: number, top: number, right: number, bottom: number }} box
 * @param {number[]} place
 */
function within({ left, top, right, bottom }, [x, y]) {
  return left < x && x < right && top < y && y < bottom;
}

/** Points all over a box, more than a curve has there: names should not overlap. */
function filled({ left, top, right, bottom }) {
  const shares = Array.from({ length: 12 }, (_, i) => (i + 0.5) / 12);
  return shares.flatMap((a) =>
    shares.map((b) => [left + a * (right - left), top + b * (bottom - top)]),
  );
}
