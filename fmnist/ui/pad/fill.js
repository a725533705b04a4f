// What fills cover. A fill is a stroke of width 0 at one point: from there ink spreads, as from a paint
// program's bucket, up to the strokes before it. It spreads on a grid of our own, not on a canvas, so
// that it covers the same at any screen density, in the picture to send and in a link.

import { along, apart, FINE } from "./curve.js";

const CELLS = 160; // per side of the pad
const SIDE = CELLS + 2; // with a ring of cells around the pad: ink that comes there was not enclosed
// Of the side: this close to a line, ink stops, so that no step to the next cell, or to the one across
// the corner, leads over a line. Where a link rounds points, or the pad turns them, a tiny gap may
// open: then ink stops farther from the lines.
const NEAR = 0.005;
const NEAR_ENOUGH = 0.015;
const AROUND = [-SIDE - 1, -SIDE, 1 - SIDE, -1, 1, SIDE - 1, SIDE, SIDE + 1]; // from a cell

const known = new WeakMap(); // the strokes below a drawing's last fill, and what its fills cover

/** @param {Stroke} stroke */
export const isFill = ({ width }) => width === 0;

/**
 * What each fill covers, by the numbers of the strokes: rectangles, one or more for each row of the
 * grid. Null for a fill that nothing encloses, and for strokes of the pen.
 *
 * @param {Stroke[]} strokes
 * @returns {(Rectangle[] | null)[]}
 */
export function areas(strokes) {
  const last = strokes.findLastIndex(isFill);
  if (last < 0) return [];
  const { below, found } = known.get(strokes[last]) ?? {};
  if (below?.length === last && below.every((stroke, i) => stroke === strokes[i])) return found;
  const fresh = spread(strokes.slice(0, last + 1)).found;
  known.set(strokes[last], { below: strokes.slice(0, last), found: fresh });
  return fresh;
}

/**
 * Why a fill at this place would cover nothing; null if it covers something.
 *
 * @param {Stroke[]} strokes
 * @param {Point} place
 */
export function obstacle(strokes, place) {
  const { off } = spread(strokes);
  const [x, y] = cellAt(place);
  if (off[y * SIDE + x] <= NEAR) return "There is ink here already: choose a spot between lines.";
  if (!reached(off, place, NEAR)) return "Nothing encloses this spot: close the outline first.";
  return null;
}

/**
 * The strokes without fills that nothing encloses any more.
 *
 * @param {Stroke[]} strokes
 */
export const enclosed = (strokes) =>
  strokes.filter((stroke, i) => !isFill(stroke) || areas(strokes)[i]);

/**
 * The numbers of a line and of the fills that it alone encloses, which go where it goes.
 *
 * @param {Stroke[]} strokes
 * @param {number} line
 */
export const withFills = (strokes, line) =>
  strokes
    .map((_, i) => i)
    .filter((i) => i === line || (i > line && areas([strokes[line], strokes[i]])[1]));

/** @type {(area: Rectangle[] | null, place: Point) => boolean} */
export const covers = (area, [x, y]) =>
  area?.some(([left, top, right, bottom]) => left <= x && x < right && top <= y && y < bottom) ??
  false;

/**
 * How far off each cell is from ink, below 0 within; Infinity if that is far, and around the pad. And
 * what fills cover.
 *
 * @param {Stroke[]} strokes
 */
function spread(strokes) {
  const off = new Float32Array(SIDE * SIDE).fill(Infinity);
  const found = strokes.map((stroke) => {
    if (!isFill(stroke)) {
      draw(off, stroke);
      return null;
    }
    const place = stroke.points[0];
    const cells = reached(off, place, NEAR) ?? reached(off, place, NEAR_ENOUGH);
    for (const cell of cells ?? []) off[cell] = -1;
    return cells && rectangles(cells);
  });
  return { off, found };
}

/**
 * Note the cells that are close to a line.
 *
 * @param {Float32Array} off
 * @param {Stroke} stroke
 */
function draw(off, { width, points }) {
  const radius = width / 2;
  const reach = radius + NEAR_ENOUGH;
  const line = along(points);
  let last = null;
  for (const [i, point] of line.entries()) {
    const close = last && apart(point, last) < FINE / 2; // as many points of a slow pen are
    if (close && i < line.length - 1) continue;
    last = point;
    const [x, y] = point;
    const [left, top] = cellAt([x - reach, y - reach]);
    const [right, bottom] = cellAt([x + reach, y + reach]);
    for (let row = top; row <= bottom; row++) {
      const down = (row - 0.5) / CELLS - y;
      for (let column = left; column <= right; column++) {
        const across = (column - 0.5) / CELLS - x;
        const away = Math.sqrt(across * across + down * down) - radius;
        if (away < off[row * SIDE + column]) off[row * SIDE + column] = away;
      }
    }
  }
}

/**
 * The cells that ink from a place comes to, or null if lines do not enclose it: all that are not
 * close to ink, and on to the middle of the lines. So no gap shows beside them, however finely they
 * are painted.
 *
 * @param {Float32Array} off
 * @param {Point} place
 * @param {number} near
 */
function reached(off, place, near) {
  const [x, y] = cellAt(place);
  const cells = [y * SIDE + x];
  if (off[cells[0]] <= near) return null;
  const seen = new Uint8Array(off.length);
  seen[cells[0]] = 1;
  for (const cell of cells) {
    const [row, column] = [Math.floor(cell / SIDE), cell % SIDE];
    if (Math.min(row, column) === 0 || Math.max(row, column) > CELLS) return null;
    for (const step of AROUND) {
      const next = cell + step;
      const free = off[cell] > near && off[next] > near;
      if (seen[next] || !(free || off[next] < off[cell])) continue;
      seen[next] = 1;
      cells.push(next);
    }
  }
  return cells;
}

/**
 * The cell at a place, or the one of the pad that is closest to it.
 *
 * @param {Point} place
 */
const cellAt = (place) =>
  place.map((share) => 1 + Math.min(CELLS - 1, Math.max(0, Math.floor(share * CELLS))));

/**
 * Rows of cells, as rectangles.
 *
 * @param {number[]} cells
 */
function rectangles(cells) {
  /** @type {Rectangle[]} */
  const found = [];
  let last = null;
  for (const cell of cells.sort((one, other) => one - other)) {
    const [row, column] = [Math.floor(cell / SIDE), cell % SIDE];
    if (cell - 1 === last) found.at(-1)[2] = column / CELLS;
    else found.push([(column - 1) / CELLS, (row - 1) / CELLS, column / CELLS, row / CELLS]);
    last = cell;
  }
  return found;
}
