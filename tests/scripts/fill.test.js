// What fills cover.

import assert from "node:assert/strict";
import { test } from "node:test";
import { erased, nudged, scaled, strokeAt, turned } from "../../fmnist/ui/pad/drawing.js";
import { areas, covers, enclosed, obstacle, withFills } from "../../fmnist/ui/pad/fill.js";
import { decode, encode } from "../../fmnist/ui/share/code.js";

/** @type {(...points: Point[]) => Stroke} */
const line = (...points) => ({ width: 0.075, points: points.flatMap((point) => [point, point]) });
/** @type {(x: number, y: number) => Stroke} */
const fill = (x, y) => ({ width: 0, points: [[x, y]] });
const BOX = line([0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]);
const ACROSS = line([0.2, 0.5], [0.8, 0.5]);

/** @type {(rectangles: Rectangle[]) => number} */
const size = (rectangles) =>
  rectangles.reduce((sum, [left, top, right, bottom]) => sum + (right - left) * (bottom - top), 0);

test("a fill covers what lines enclose, up to their middle", () => {
  const [none, area] = areas([BOX, fill(0.5, 0.5)]);
  assert.equal(none, null);
  for (const [x, y] of [
    [0.5, 0.5],
    [0.21, 0.21],
    [0.79, 0.6],
  ]) {
    assert.ok(covers(area, [x, y]));
  }
  for (const [x, y] of [
    [0.5, 0.18],
    [0.83, 0.5],
    [0.1, 0.1],
  ]) {
    assert.ok(!covers(area, [x, y]));
  }
  assert.ok(Math.abs(size(area) - 0.36) < 0.01, String(size(area)));
});

test("it covers the same wherever in the area it begins", () => {
  const [one, other] = [fill(0.3, 0.3), fill(0.7, 0.7)].map((each) => areas([BOX, each])[1]);
  assert.deepEqual(one, other);
});

test("it sees only strokes before it, and fills among them", () => {
  const drawing = [BOX, ACROSS, fill(0.5, 0.3), fill(0.5, 0.7), fill(0.5, 0.3)];
  const [, , upper, lower, again] = areas(drawing);
  assert.ok(covers(upper, [0.5, 0.3]) && !covers(upper, [0.5, 0.7]));
  assert.ok(covers(lower, [0.5, 0.7]) && !covers(lower, [0.5, 0.3]));
  assert.equal(again, null);
  assert.ok(covers(areas([BOX, fill(0.5, 0.3), ACROSS])[1], [0.5, 0.7]));
});

test("why a place cannot be filled is said", () => {
  assert.equal(obstacle([BOX], [0.5, 0.5]), null);
  for (const place of [
    [0.1, 0.1],
    [0, 0],
    [1, 1],
  ]) {
    assert.match(obstacle([BOX], /** @type {Point} */ (place)), /^Nothing encloses/);
  }
  assert.match(obstacle([], [0.5, 0.5]), /^Nothing encloses/);
  assert.match(obstacle([BOX], [0.2, 0.5]), /^There is ink/);
  assert.match(obstacle([BOX, fill(0.5, 0.5)], [0.6, 0.6]), /^There is ink/);
});

test("the edge of the pad encloses nothing, lines along it do", () => {
  assert.match(obstacle([line([0.5, 0], [0.5, 1])], [0.7, 0.5]), /^Nothing encloses/);
  assert.equal(obstacle([line([0, 0], [1, 0], [1, 1], [0, 1], [0, 0])], [0.5, 0.5]), null);
});

test("ends that touch close an outline, ends apart do not", () => {
  for (const [gap, closed] of /** @type {[number, boolean][]} */ ([
    [0.07, true],
    [0.1, false],
  ])) {
    const outline = line(
      [0.5 + gap, 0.2],
      [0.8, 0.2],
      [0.8, 0.8],
      [0.2, 0.8],
      [0.2, 0.2],
      [0.5, 0.2],
    );
    assert.equal(obstacle([outline], [0.5, 0.5]) === null, closed);
  }
});

test("what was filled stays so when it is turned, moved and rounded for a link", () => {
  let [open, closed] = [0, 0];
  for (let gap = 0.06; gap < 0.11; gap += 0.001) {
    const outline = line(
      [0.5 + gap, 0.3],
      [0.7, 0.3],
      [0.7, 0.7],
      [0.3, 0.7],
      [0.3, 0.3],
      [0.5, 0.3],
    );
    if (obstacle([outline], [0.5, 0.5])) {
      open += 1;
      continue;
    }
    closed += 1;
    const drawing = [outline, fill(0.5, 0.5)];
    const changed = [nudged(drawing, 0.003, 0.004), scaled(drawing, 0.98), decode(encode(drawing))];
    for (let degrees = 5; degrees < 90; degrees += 5) changed.push(turned(drawing, degrees));
    for (const each of changed) assert.ok(areas(each)[1], `a gap of ${gap} opens`);
  }
  assert.ok(open > 0 && closed > 0);
});

test("what encloses nothing any more is left out", () => {
  const drawing = [BOX, ACROSS, fill(0.5, 0.3), fill(0.5, 0.7)];
  assert.deepEqual(enclosed(drawing), drawing);
  assert.deepEqual(enclosed(drawing.slice(1)), [ACROSS]);
});

test("with a line go the fills that it alone encloses", () => {
  const drawing = [ACROSS, fill(0.5, 0.7), BOX, fill(0.5, 0.3), fill(0.9, 0.9)];
  assert.deepEqual(withFills(drawing, 2), [2, 3]);
  assert.deepEqual(withFills(drawing, 0), [0]);
});

test("the eraser takes a fill as a whole, or as nothing encloses it any more", () => {
  const drawing = [BOX, fill(0.5, 0.5)];
  assert.deepEqual(erased(drawing, [0.4, 0.5], [0.5, 0.6], 0.02), [BOX]);
  const opened = erased(drawing, [0.5, 0.12], [0.5, 0.17], 0.06);
  assert.ok(opened.length && opened.every(({ width }) => width > 0));
  assert.equal(erased(drawing, [0.05, 0.05], [0.1, 0.1], 0.02), drawing);
});

test("a line is found before the fill at its side", () => {
  const drawing = [BOX, fill(0.5, 0.5)];
  assert.equal(strokeAt(drawing, [0.5, 0.5], 0.03), 1);
  assert.equal(strokeAt([BOX, fill(0.26, 0.5)], [0.25, 0.5], 0.03), 0);
  assert.equal(strokeAt(drawing, [0.95, 0.95], 0.03), null);
});

test("a slow pen's many points enclose, too", () => {
  /** @type {Point[]} */
  const points = Array.from({ length: 3000 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 2999;
    return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)];
  });
  assert.equal(obstacle([{ width: 0.045, points }], [0.5, 0.5]), null);
  const open = { width: 0.045, points: points.slice(0, -100) };
  assert.match(obstacle([open], [0.5, 0.5]), /^Nothing encloses/);
});
