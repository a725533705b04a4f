// Measure and change drawings. A drawing is a list of strokes, {width, points: [[x, y], ...]}; all
// numbers are fractions of the pad's side. Each change returns a new list.

import { along, between, distance, FINE } from "./curve.js";
import { areas, covers, enclosed, isFill } from "./fill.js";

/**
 * The bounding box of the strokes' points.
 *
 * @param {Stroke[]} strokes
 */
export function box(strokes) {
  const found = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of strokes.flatMap(({ points }) => points)) {
    found.left = Math.min(found.left, x);
    found.top = Math.min(found.top, y);
    found.right = Math.max(found.right, x);
    found.bottom = Math.max(found.bottom, y);
  }
  return found;
}

/**
 * The strokes with each point moved by `place`, relative to their middle; kept on the pad.
 *
 * @param {Stroke[]} strokes
 * @param {(x: number, y: number) => Point} place
 */
function placed(strokes, place) {
  const { left, top, right, bottom } = box(strokes);
  const middle = between([left, top], [right, bottom]);
  return onPad(
    mapped(strokes, ([x, y]) => {
      const [across, down] = place(x - middle[0], y - middle[1]);
      return [middle[0] + across, middle[1] + down];
    }),
  );
}

/** @type {(strokes: Stroke[], across: number, down: number) => Stroke[]} */
export const nudged = (strokes, across, down) => placed(strokes, (x, y) => [x + across, y + down]);

/** @type {(strokes: Stroke[], factor: number) => Stroke[]} */
export const scaled = (strokes, factor) => placed(strokes, (x, y) => [factor * x, factor * y]);

/**
 * The strokes turned clockwise, by degrees.
 *
 * @param {Stroke[]} strokes
 * @param {number} degrees
 */
export function turned(strokes, degrees) {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return placed(strokes, (x, y) => [cosine * x - sine * y, sine * x + cosine * y]);
}

/**
 * The strokes moved, and shrunk if need be, so that all their ink is on the pad.
 *
 * @param {Stroke[]} strokes
 */
function onPad(strokes) {
  const { left, top, right, bottom } = box(strokes);
  const edge = Math.max(...strokes.map(({ width }) => width)) / 2;
  const shrink = Math.min(1, (1 - 2 * edge) / Math.max(right - left, bottom - top, FINE));
  const inside = (
    /** @type {number} */ from,
    /** @type {number} */ to,
    /** @type {number} */ at,
  ) => {
    const start = (from + to - shrink * (to - from)) / 2;
    const end = start + shrink * (to - from);
    return start + Math.max(0, edge - start) - Math.max(0, end - 1 + edge) + shrink * (at - from);
  };
  return mapped(strokes, ([x, y]) => [inside(left, right, x), inside(top, bottom, y)]);
}

/**
 * What remains of the strokes after an eraser moves between two places; the same list if all. It
 * takes away fills as a whole.
 *
 * @param {Stroke[]} strokes
 * @param {Point} from
 * @param {Point} to
 * @param {number} radius
 */
export function erased(strokes, from, to, radius) {
  const covered = areas(strokes);
  const way = along([from, to]);
  const left = strokes.flatMap((stroke, number) => {
    if (isFill(stroke)) return way.some((place) => covers(covered[number], place)) ? [] : [stroke];
    const points = along(stroke.points);
    const kept = points.map((point) => distance(point, from, to) > radius + stroke.width / 2);
    if (kept.every(Boolean)) return [stroke];
    const pieces = [[]];
    points.forEach((point, i) => {
      if (kept[i]) pieces.at(-1).push(point);
      else pieces.push([]);
    });
    const speck = stroke.width / 2 / FINE;
    return pieces
      .filter(({ length }) => length > speck)
      .map((piece) => ({ ...stroke, points: piece }));
  });
  const same = left.length === strokes.length && left.every((stroke, i) => stroke === strokes[i]);
  return same ? strokes : enclosed(left);
}

/**
 * The number of the topmost line at a place, or else of the fill there, or null.
 *
 * @param {Stroke[]} strokes
 * @param {Point} place
 * @param {number} reach
 */
export function strokeAt(strokes, place, reach) {
  const line = strokes.findLastIndex((stroke) => !isFill(stroke) && isAt(stroke, place, reach));
  const at = line < 0 ? areas(strokes).findIndex((area) => covers(area, place)) : line;
  return at < 0 ? null : at;
}

/** @type {(line: Stroke, place: Point, reach: number) => boolean} */
const isAt = ({ width, points }, place, reach) =>
  points.some((point, i) => distance(place, points[Math.max(0, i - 1)], point) < width / 2 + reach);

/** @type {(strokes: Stroke[], place: (point: Point) => Point) => Stroke[]} */
const mapped = (strokes, place) =>
  strokes.map((stroke) => ({ ...stroke, points: stroke.points.map(place) }));
