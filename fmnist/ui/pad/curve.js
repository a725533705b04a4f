// The curve that the pad paints through a stroke's points; numbers are fractions of the pad's side.

export const THICKEST = 0.12; // of the pens
export const FINE = 0.01; // of the side: the spacing of points along a curve

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

/** @type {(point: Point, other: Point) => Point} */
export const between = ([x, y], [otherX, otherY]) => [(x + otherX) / 2, (y + otherY) / 2];

/** @type {(point: Point, other: Point) => number} */
export const apart = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

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
