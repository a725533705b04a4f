// The numbers at a chart's axes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, logarithmic } from "../../fmnist/ui/training/chart/ticks.js";

test("a logarithmic axis has round numbers, as many in each power of ten", () => {
  assert.deepEqual(logarithmic(0.45, 2.6), [0.5, 0.6, 0.8, 1, 1.5, 2]);
  assert.deepEqual(logarithmic(6.5, 20), [8, 10, 15, 20]);
});

test("an axis of epochs has the first and round numbers, as many as there is room for", () => {
  assert.deepEqual(counted(11, 15), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(counted(50, 11), [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  assert.deepEqual(counted(50, 6), [1, 10, 20, 30, 40, 50]);
  assert.deepEqual(counted(1, 6), [1]);
});
