// Encode a drawing for an address, and decode it. A fill is a stroke of width 0 there, too.

import { along, distance, THICKEST } from "../pad/curve.js";
import { box } from "../pad/drawing.js";
import { isFill } from "../pad/fill.js";

const GRID = 4000; // steps per side, the unit of coordinates in an address
const CLOSE = 0.001; // of the drawing's longer side, which becomes 20 pixels: 0.02 of a pixel
const CLOSE_ENOUGH = 0.01; // 0.2 of such a pixel
const LONGEST = 2000; // characters of a code; some messengers cut longer addresses
const MOST = 3000; // points; thinning more would take too long
const MOST_FILLS = 40; // painting one takes some milliseconds
const VERSION = "1";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Fewer points that keep the line within `tolerance` (Douglas and Peucker, 1973).
 *
 * @param {Point[]} points
 * @param {number} tolerance
 */
function thinned(points, tolerance) {
  const kept = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    let [farthest, most] = [null, tolerance];
    for (let i = first + 1; i < last; i++) {
      const off = distance(points[i], points[first], points[last]);
      if (off > most) [farthest, most] = [i, off];
    }
    if (farthest === null) continue;
    kept.add(farthest);
    open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, i) => kept.has(i));
}

/** @type {(strokes: Stroke[]) => boolean} */
const hasTooManyFills = (strokes) => strokes.filter(isFill).length > MOST_FILLS;

/**
 * A drawing as letters, digits, - and _; null if it has too much detail.
 *
 * @param {Stroke[]} strokes
 */
export function encode(strokes) {
  if (
    strokes.reduce((sum, { points }) => sum + points.length, 0) > MOST ||
    hasTooManyFills(strokes)
  )
    return null;
  const lines = strokes.map(({ points }) => along(points));
  const { left, top, right, bottom } = box(strokes);
  const extent = Math.max(right - left, bottom - top);
  for (let tolerance = CLOSE; tolerance <= CLOSE_ENOUGH; tolerance *= 2) {
    const numbers = [];
    let last = [0, 0];
    strokes.forEach(({ width }, i) => {
      const points = thinned(lines[i], tolerance * extent);
      numbers.push(Math.round(width * GRID), points.length);
      for (const point of points) {
        const place = point.map((share) => Math.round(share * GRID));
        numbers.push(place[0] - last[0], place[1] - last[1]);
        last = place;
      }
    });
    const code = VERSION + numbers.map(asDigits).join("");
    if (code.length <= LONGEST) return code;
  }
  return null;
}

/**
 * The drawing in a code, or null if the code is invalid.
 *
 * @param {string} code
 */
export function decode(code) {
  const numbers =
    code.startsWith(VERSION) && code.length <= LONGEST ? fromDigits(code.slice(1)) : [];
  const strokes = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < numbers.length; ) {
    const [width, count] = [numbers[at++], numbers[at++]];
    if (!(width >= 0 && width <= THICKEST * GRID && count > 0 && at + 2 * count <= numbers.length))
      return null;
    if (width === 0 && count > 1) return null; // a fill has one point
    const points = [];
    for (let i = 0; i < count; i++) {
      x += numbers[at++];
      y += numbers[at++];
      if (Math.min(x, y) < 0 || Math.max(x, y) > GRID) return null;
      const point = [x / GRID, y / GRID];
      points.push(point);
      if (width) points.push([...point]); // twice, as the pad's curve is straight between such points
    }
    strokes.push({ width: width / GRID, points });
  }
  if (hasTooManyFills(strokes)) return null;
  return strokes.every(isFill) ? null : strokes; // without lines, nothing shows
}

/**
 * A whole number as base 64 VLQ, as in source maps (ECMA-426).
 *
 * @param {number} number
 */
function asDigits(number) {
  let rest = Math.abs(number) * 2 + (number < 0 ? 1 : 0);
  let digits = "";
  do {
    digits += DIGITS[(rest & 31) + (rest > 31 ? 32 : 0)];
    rest >>= 5;
  } while (rest);
  return digits;
}

/**
 * All numbers in a text, or none if the text is invalid.
 *
 * @param {string} text
 */
function fromDigits(text) {
  const numbers = [];
  let [rest, shift] = [0, 0];
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0 || shift > 15) return [];
    rest += (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
    } else {
      numbers.push(rest & 1 ? -(rest >> 1) : rest >> 1);
      [rest, shift] = [0, 0];
    }
  }
  return shift ? [] : numbers;
}
