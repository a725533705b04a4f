// Finds room for the names of curves, where they hide the least.

const LETTER = 7; // mean width of a letter, generously
const HIGH = 17; // height of a line
const GAP = 6; // between a name and its curve

/**
 * Points along a curve, close to each other.
 *
 * @param {number[][]} places
 */
export function along(places) {
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
 * @param {Record<"left" | "right" | "top" | "bottom", number>} edges between which it has to be
 */
export function roomFor(name, [x, y], points, edges) {
  const [wide, high] = [name.length * LETTER, HIGH];
  const tops = [0, 1, -1, 2, -2, 3, -3, 4, -4].map(
    (lines) => y - high / 2 + lines * (high / 2 + GAP),
  );
  const within = tops.filter((top) => top >= edges.top && top + high <= edges.bottom);
  const boxes = within.flatMap((top) =>
    [x + GAP, x - wide - GAP].map((side) => {
      const left = Math.min(Math.max(side, edges.left), edges.right - wide);
      return { left, top, right: left + wide, bottom: top + high };
    }),
  );
  const crowd = (box) => points.filter((point) => isIn(box, point)).length;
  return boxes.reduce((best, box) => (crowd(box) < crowd(best) ? box : best));
}

/**
 * @param {{ left: number, top: number, right: number, bottom: number }} box
 * @param {number[]} place
 */
function isIn({ left, top, right, bottom }, [x, y]) {
  return left < x && x < right && top < y && y < bottom;
}

/** Points all over a box, in a corner of it still more than curves have: names should not overlap. */
export function filled({ left, top, right, bottom }) {
  const shares = Array.from({ length: 36 }, (_, i) => (i + 0.5) / 36);
  return shares.flatMap((a) =>
    shares.map((b) => [left + a * (right - left), top + b * (bottom - top)]),
  );
}
