// Measure and change drawings. A drawing is a list of strokes, {width, points: [[x, y], ...]}; all
// numbers are fractions of the pad's side. Each change returns a new list.

const FINE = 0.01; // of the side: the spacing of points along a stroke that is being erased

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
 * What remains of the strokes after an eraser moves between two places; the same list if all.
 *
 * @param {Stroke[]} strokes
 * @param {Point} from
 * @param {Point} to
 * @param {number} radius
 */
export function erased(strokes, from, to, radius) {
  const left = strokes.flatMap((stroke) => {
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
  return same ? strokes : left;
}

/**
 * The number of the topmost stroke at a place, or null.
 *
 * @param {Stroke[]} strokes
 * @param {Point} place
 * @param {number} reach
 */
export function strokeAt(strokes, place, reach) {
  const at = strokes.findLastIndex(({ width, points }) =>
    points.some(
      (point, i) => distance(place, points[Math.max(0, i - 1)], point) < width / 2 + reach,
    ),
  );
  return at < 0 ? null : at;
}

/**
 * Points along the painted curve.
 *
 * @param {Point[]} points
 * @returns {Point[]}
 */
export function along(points) {
  const found = [points[0]];
  let from = points[0];
  for (let i = 1; i < points.length; i++) {
    const control = points[i];
    const to = i < points.length - 1 ? between(control, points[i + 1]) : control;
    const steps = Math.ceil((apart(from, control) + apart(control, to)) / FINE);
    for (let step = 1; step <= steps; step++) {
      const t = step / steps;
      const [start, middle, end] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      found.push([
        start * from[0] + middle * control[0] + end * to[0],
        start * from[1] + middle * control[1] + end * to[1],
      ]);
    }
    from = to;
  }
  return found;
}

/** @type {(strokes: Stroke[], place: (point: Point) => Point) => Stroke[]} */
const mapped = (strokes, place) =>
  strokes.map((stroke) => ({ ...stroke, points: stroke.points.map(place) }));

/** @type {(point: Point, other: Point) => Point} */
export const between = ([x, y], [otherX, otherY]) => [(x + otherX) / 2, (y + otherY) / 2];

/** @type {(point: Point, other: Point) => number} */
const apart = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

/**
 * The distance of a point from the line between two others.
 *
 * @param {Point} point
 * @param {Point} from
 * @param {Point} to
 */
export function distance([x, y], [fromX, fromY], [toX, toY]) {
  const [across, down] = [toX - fromX, toY - fromY];
  const share = ((x - fromX) * across + (y - fromY) * down) / (across ** 2 + down ** 2 || 1);
  const t = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - t * across, y - fromY - t * down);
}
