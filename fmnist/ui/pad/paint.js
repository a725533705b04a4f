// Paint a drawing on a canvas, and make the picture to send.

import { between } from "./curve.js";
import { box } from "./drawing.js";
import { areas, isFill } from "./fill.js";

const USUAL = 0.5; // of the side: smaller drawings are sent with a finer pen, so that ink does not
const FINEST = 0.15; // fill the loops of a small digit; at least this fraction of the pen's width
const TINY = 0.25; // of the side: smaller drawings are sent at twice the size
const sheet = document.createElement("canvas");
sheet.getContext("2d", { willReadFrequently: true }); // keep it off the graphics card

/**
 * Paint strokes onto the canvas, with their width multiplied by `share`.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Stroke[]} strokes
 * @param {string} ink
 */
export function paint(canvas, strokes, ink, share = 1) {
  const context = canvas.getContext("2d");
  context.strokeStyle = context.fillStyle = ink;
  context.lineCap = context.lineJoin = "round";
  const covered = areas(strokes);
  strokes.forEach((stroke, i) => {
    if (isFill(stroke)) fill(context, covered[i] ?? []);
    else line(context, stroke, share);
  });
}

/**
 * Paint one of the strokes in another colour; if it is a fill, only between the lines.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Stroke[]} strokes
 * @param {number} number
 * @param {string} accent
 * @param {string} ink
 */
export function mark(canvas, strokes, number, accent, ink) {
  const area = areas(strokes)[number];
  if (area) {
    const context = canvas.getContext("2d");
    context.fillStyle = accent;
    fill(context, area);
    paint(canvas, lines(strokes), ink);
  } else {
    paint(canvas, lines([strokes[number]]), accent);
  }
}

/** @type {(strokes: Stroke[]) => Stroke[]} */
const lines = (strokes) => strokes.filter((stroke) => !isFill(stroke));

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle[]} area
 */
function fill(context, area) {
  for (const rectangle of area) {
    // whole pixels, so that no seams show
    const [left, top, right, bottom] = rectangle.map((at) => Math.round(at * context.canvas.width));
    context.fillRect(left, top, right - left, bottom - top);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 * @param {number} share
 */
function line(context, { width, points }, share) {
  const side = context.canvas.width;
  const [first, last] = [points[0], points[points.length - 1]];
  context.lineWidth = width * share * side;
  context.beginPath();
  context.moveTo(first[0] * side, first[1] * side);
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [middleX, middleY] = between(points[i], points[i + 1]);
    context.quadraticCurveTo(x * side, y * side, middleX * side, middleY * side);
  }
  context.lineTo(last[0] * side + 0.01, last[1] * side); // slightly apart, so that a dot shows
  context.stroke();
}

/**
 * The PNG to send for a drawing, as a data URL: `side` pixels wide and high, or twice that.
 *
 * @param {Stroke[]} strokes
 * @param {number} side
 */
export function picture(strokes, side) {
  const { left, top, right, bottom } = box(strokes);
  const extent = Math.max(right - left, bottom - top);
  sheet.width = sheet.height = extent < TINY ? 2 * side : side;
  paint(sheet, strokes, "black", Math.min(1, Math.max(FINEST, extent / USUAL)));
  return sheet.toDataURL("image/png");
}
