// The curve through a stroke's points.

import assert from "node:assert/strict";
import { test } from "node:test";
import { along, distance } from "../../fmnist/ui/pad/curve.js";
import { near } from "./near.js";

test("a curve's points lie close together, from its first to its last", () => {
  const points = along([
    [0.2, 0.2],
    [0.8, 0.2],
    [0.8, 0.8],
  ]);
  near([points[0], points.at(-1)], [0.2, 0.2, 0.8, 0.8]);
  for (let i = 1; i < points.length; i++) {
    assert.ok(distance(points[i], points[i - 1], points[i - 1]) < 0.02);
  }
  assert.ok(points.every(([x, y]) => x < 0.801 && y > 0.199)); // the corner is cut, not passed
  assert.deepEqual(along([[0.3, 0.4]]), [[0.3, 0.4]]);
});

test("a distance is that from the line between two points, not from what would continue it", () => {
  near([distance([0.5, 0.3], [0, 0], [1, 0]), distance([1.3, 0.4], [0, 0], [1, 0])], [0.3, 0.5]);
});
