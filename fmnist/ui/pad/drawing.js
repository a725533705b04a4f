// A drawing is a list of strokes, {width, points: [[x, y], ...]}, all numbers shares of the pad's
// side. Here it is painted, measured and changed, each time into a new list. Comes before the
// scripts of the components that use it.

const USUAL = 0.5; // of the side: a drawing less wide and high than that is sent with a finer pen,
const FINEST = 0.15; // of its width at least, since otherwise ink fills the loops of a small digit
const TINY = 0.25; // of the side: a drawing less wide and high than that is sent twice as large
const FINE = 0.01; // of the side: the distance of points along a stroke that is being erased
const sheet = document.createElement("canvas");
sheet.getContext("2d", { willReadFrequently: true }); // not where only the graphics card can read

/** Paint strokes onto what the canvas shows, their width times `share`. */
function paint(canvas, strokes, ink, share = 1) {
  const side = canvas.width;
  const context = canvas.getContext("2d");
  context.strokeStyle = ink;
  context.lineCap = context.lineJoin = "round";
  for (const { width, points } of strokes) {
    const [first, last] = [points[0], points[points.length - 1]];
    context.lineWidth = width * share * side;
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    for (let i = 1; i < points.length - 1; i++) {
      const [x, y] = points[i];
      const [middleX, middleY] = between(points[i], points[i + 1]);
      context.quadraticCurveTo(x * side, y * side, middleX * side, middleY * side);
    }
    context.lineTo(last[0] * side + 0.01, last[1] * side); // not quite the same point: a dot shows
    context.stroke();
  }
}

/** The PNG that is sent of a drawing, as a data URL: `side` pixels wide and high, or twice that. */
function picture(strokes, side) {
  const { left, top, right, bottom } = box(strokes);
  const extent = Math.max(right - left, bottom - top);
  sheet.width = sheet.height = extent < TINY ? 2 * side : side;
  paint(sheet, strokes, "black", Math.min(1, Math.max(FINEST, extent / USUAL)));
  return sheet.toDataURL("image/png");
}

/** What the points of the strokes lie in. */
function box(strokes) {
  const found = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of strokes.flatMap(({ points }) => points)) {
    found.left = Math.min(found.left, x);
    found.top = Math.min(found.top, y);
    found.right = Math.max(found.right, x);
    found.bottom = Math.max(found.bottom, y);
  }
  return found;
}

/** The strokes with each point, as seen from their middle, where `place` puts it; on the pad. */
function placed(strokes, place) {
  const { left, top, right, bottom } = box(strokes);
  const middle = between([left, top], [right, bottom]);
  return onPad(mapped(strokes, ([x, y]) => {
    const [across, down] = place(x - middle[0], y - middle[1]);
    return [middle[0] + across, middle[1] + down];
  }));
}

const nudged = (strokes, across, down) => placed(strokes, (x, y) => [x + across, y + down]);
const scaled = (strokes, factor) => placed(strokes, (x, y) => [factor * x, factor * y]);

/** Clockwise, in degrees. */
function turned(strokes, degrees) {
  const [sine, cosine] = [Math.sin(degrees * Math.PI / 180), Math.cos(degrees * Math.PI / 180)];
  return placed(strokes, (x, y) => [cosine * x - sine * y, sine * x + cosine * y]);
}

/** The strokes moved, and made smaller if need be, until all their ink is on the pad. */
function onPad(strokes) {
  const { left, top, right, bottom } = box(strokes);
  const edge = Math.max(...strokes.map(({ width }) => width)) / 2;
  const shrink = Math.min(1, (1 - 2 * edge) / Math.max(right - left, bottom - top, FINE));
  const inside = (from, to, at) => {
    const start = (from + to - shrink * (to - from)) / 2;
    const end = start + shrink * (to - from);
    return start + Math.max(0, edge - start) - Math.max(0, end - 1 + edge) + shrink * (at - from);
  };
  return mapped(strokes, ([x, y]) => [inside(left, right, x), inside(top, bottom, y)]);
}

/** What is left of the strokes where a rubber moved from one place to another; the same if all. */
function erased(strokes, from, to, radius) {
  const left = strokes.flatMap((stroke) => {
    const points = along(stroke.points);
    const kept = points.map((point) => distance(point, from, to) > radius + stroke.width / 2);
    if (kept.every(Boolean)) return [stroke];
    const pieces = [[]];
    points.forEach((point, i) => (kept[i] ? pieces.at(-1).push(point) : pieces.push([])));
    const speck = stroke.width / 2 / FINE;
    return pieces.filter(({ length }) => length > speck).map((piece) => ({ ...stroke, points: piece }));
  });
  const same = left.length === strokes.length && left.every((stroke, i) => stroke === strokes[i]);
  return same ? strokes : left;
}

/** The number of the topmost stroke at a place, or null. */
function strokeAt(strokes, place, reach) {
  const at = strokes.findLastIndex(({ width, points }) =>
    points.some((point, i) => distance(place, points[Math.max(0, i - 1)], point) < width / 2 + reach));
  return at < 0 ? null : at;
}

/** Points along the curve that is painted. */
function along(points) {
  const found = [points[0]];
  let from = points[0];
  for (let i = 1; i < points.length; i++) {
    const control = points[i];
    const to = i < points.length - 1 ? between(control, points[i + 1]) : control;
    const steps = Math.ceil((apart(from, control) + apart(control, to)) / FINE);
    for (let step = 1; step <= steps; step++) {
      const t = step / steps;
      found.push([0, 1].map((axis) =>
        (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * to[axis]));
    }
    from = to;
  }
  return found;
}

const mapped = (strokes, place) =>
  strokes.map((stroke) => ({ ...stroke, points: stroke.points.map(place) }));
const between = ([x, y], [otherX, otherY]) => [(x + otherX) / 2, (y + otherY) / 2];
const apart = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

/** Of a point from the line between two others. */
function distance([x, y], [fromX, fromY], [toX, toY]) {
  const [across, down] = [toX - fromX, toY - fromY];
  const share = ((x - fromX) * across + (y - fromY) * down) / (across ** 2 + down ** 2 || 1);
  const t = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - t * across, y - fromY - t * down);
}
