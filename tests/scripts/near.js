// What the tests of scripts that measure have in common.

import assert from "node:assert/strict";

/** Assert that two lists of numbers are alike within a thousandth. */
export function near(found, expected) {
  const [numbers, others] = [found, expected].map((each) => Object.values(each).flat(9));
  assert.equal(numbers.length, others.length);
  for (const [i, number] of numbers.entries()) {
    assert.ok(Math.abs(number - others[i]) < 0.001, `${numbers} is not ${others}`);
  }
}
