// Drawings measured and changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { box, erased, nudged, scaled, strokeAt, turned } from "../../fmnist/ui/pad/drawing.js";
import { near } from "./near.js";

/** @type {(...points: Point[]) => Stroke} */
const stroke = (...points) => ({ width: 0.075, points });
const ONE = stroke([0.5, 0.15], [0.5, 0.85]);
const ACROSS = stroke([0.2, 0.5], [0.8, 0.5]);
const CROSS = [stroke([0.4, 0.3], [0.6, 0.8]), stroke([0.6, 0.3], [0.4, 0.8])];
const EDGE = 0.075 / 2;

test("a box holds the points of all strokes", () => {
  near(box([ONE, ACROSS]), { left: 0.2, top: 0.15, right: 0.8, bottom: 0.85 });
});

test("a drawing is nudged, resized and turned about its middle", () => {
  near(box(nudged(CROSS, 0.1, -0.2)), [0.5, 0.1, 0.7, 0.6]);
  near(box(scaled(CROSS, 0.5)), [0.45, 0.425, 0.55, 0.675]);
  near(box(scaled(CROSS, 1.1)), [0.39, 0.275, 0.61, 0.825]);
  near(box(turned(CROSS, 90)), [0.25, 0.45, 0.75, 0.65]);
  near(turned([ACROSS], 90)[0].points, [0.5, 0.2, 0.5, 0.8]); // clockwise: what was left is on top
});

test("a change leaves the drawing itself as it was", () => {
  const before = structuredClone(CROSS);
  for (const change of [nudged(CROSS, 0.1, 0.1), scaled(CROSS, 2), turned(CROSS, 5)]) {
    assert.notDeepEqual(change, before);
  }
  assert.deepEqual(CROSS, before);
});

test("all ink stays on the pad", () => {
  near(box(nudged(CROSS, -1, -1)), [EDGE, EDGE, EDGE + 0.2, EDGE + 0.5]);
  near(box(nudged(CROSS, 1, 1)), [0.8 - EDGE, 0.5 - EDGE, 1 - EDGE, 1 - EDGE]);
  const { left, top, right, bottom } = box(scaled(CROSS, 30));
  near([top, bottom], [EDGE, 1 - EDGE]);
  near((right - left) / (bottom - top), 0.4); // of the same shape
});

test("the eraser leaves the pieces beside it", () => {
  const [upper, lower, ...more] = erased([ONE], [0.4, 0.5], [0.6, 0.5], 0.05);
  assert.equal(more.length, 0);
  const gap = 0.05 + EDGE; // the eraser's and the pen's half widths
  assert.ok(Math.abs(box([upper]).bottom - (0.5 - gap)) < 0.011);
  assert.ok(Math.abs(box([lower]).top - (0.5 + gap)) < 0.011);
  assert.equal(upper.width, ONE.width);
});

test("the eraser leaves no specks", () => {
  const almost = erased([ONE], [0.5, 0.25], [0.5, 0.85], 0.05);
  assert.deepEqual(almost, []);
});

test("where nothing is, the eraser gives the same drawing", () => {
  const drawing = [ONE, ACROSS];
  assert.equal(erased(drawing, [0.9, 0.1], [0.95, 0.2], 0.05), drawing);
});

test("the topmost stroke that is near enough is found", () => {
  assert.equal(strokeAt([ONE, ACROSS], [0.5, 0.5], 0.03), 1);
  assert.equal(strokeAt([ONE, ACROSS], [0.5 + EDGE + 0.02, 0.3], 0.03), 0);
  assert.equal(strokeAt([ONE, ACROSS], [0.5 + EDGE + 0.04, 0.3], 0.03), null);
  assert.equal(strokeAt([stroke([0.1, 0.1])], [0.1, 0.12], 0), 0); // a dot
  assert.equal(strokeAt([], [0.5, 0.5], 0.03), null);
});
