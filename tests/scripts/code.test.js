// Drawings as codes for an address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { along, distance } from "../../fmnist/ui/pad/curve.js";
import { box } from "../../fmnist/ui/pad/drawing.js";
import { decode, encode } from "../../fmnist/ui/share/code.js";

/** @type {Stroke[]} */
const SEVEN = [
  {
    width: 0.075,
    points: [
      [0.25, 0.2],
      [0.75, 0.2],
      [0.75, 0.2],
      [0.42, 0.85],
    ],
  },
];

/**
 * A pen's line of many points.
 *
 * @type {(turns: number, count: number, width?: number) => Stroke}
 */
const spiral = (turns, count, width = 0.045) => ({
  width,
  points: Array.from({ length: count }, (_, i) => {
    const [angle, radius] = [(2 * Math.PI * turns * i) / count, (0.4 * (i + 1)) / count];
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  }),
});

test("of fills, which take time to paint, a code has no more than forty", () => {
  /** @type {Stroke[]} */
  const fills = Array.from({ length: 40 }, () => ({ width: 0, points: [[0.5, 0.5]] }));
  assert.equal(decode(encode([...SEVEN, ...fills])).length, 41);
  assert.equal(encode([...SEVEN, ...fills, fills[0]]), null);
  const one = encode([...SEVEN, ...fills.slice(0, 2)]);
  const more = one.slice(-4).repeat(40); // the second fill, from where the first one is
  assert.equal(decode(one + more), null);
});

test("a code is short, and made of what an address takes as it is", () => {
  const code = encode(SEVEN);
  assert.match(code, /^1[\w-]+$/);
  assert.ok(code.length < 30, code);
});

test("a drawing comes back as it was, to a hundredth of its size", () => {
  const drawing = [spiral(2, 300), spiral(1, 40, 0.12)];
  const back = decode(encode(drawing));
  assert.deepEqual(
    back.map(({ width }) => width),
    [0.045, 0.12],
  );
  for (const [i, { points }] of drawing.entries()) {
    const line = back[i].points;
    for (const place of along(points)) {
      const off = line.slice(1).map((point, n) => distance(place, line[n], point));
      assert.ok(Math.min(...off) < 0.01);
    }
  }
});

test("strokes to the edges of the pad, and a dot, come back", () => {
  /** @type {Stroke[]} */
  const drawing = [
    {
      width: 0.12,
      points: [
        [0, 0],
        [1, 1],
      ],
    },
    { width: 0.045, points: [[1, 0]] },
  ];
  const back = decode(encode(drawing));
  assert.deepEqual(box([back[0]]), { left: 0, top: 0, right: 1, bottom: 1 });
  assert.deepEqual(back[1].points[0], [1, 0]);
});

test("a fill comes back, and takes a few characters", () => {
  /** @type {Stroke[]} */
  const drawing = [spiral(1, 40), { width: 0, points: [[0.5, 0.625]] }, spiral(2, 30)];
  const back = decode(encode(drawing));
  assert.deepEqual(back[1], drawing[1]);
  assert.deepEqual(
    back.map(({ width }) => width),
    [0.045, 0, 0.045],
  );
  assert.ok(encode(drawing).length - encode(drawing.toSpliced(1, 1)).length <= 8);
});

test("codes from before there were fills show the same", () => {
  assert.deepEqual(decode("14SGw-BgyBg9DAxyCwiF"), [
    { width: 0.075, points: SEVEN[0].points.flatMap((point) => [point, point]).toSpliced(2, 2) },
  ]);
});

test("a drawing that would need a long code has none", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  /** @type {() => Point} */
  const point = () => [random(), random()];
  const strokes = Array.from({ length: 200 }, () => ({
    width: 0.02,
    points: [point(), point(), point(), point()],
  }));
  assert.equal(encode(strokes), null);
  assert.equal(encode([spiral(5, 3001)]), null); // too many points to thin out
  assert.ok(encode([spiral(5, 2999)]).length <= 2000);
});

const DAMAGED = {
  "an empty text": "",
  "a tag": "<img src=x onerror=alert(1)>",
  "one cut short": "12EuBofsJ3L6IXUL",
  "one of another version": `2${encode(SEVEN).slice(1)}`,
  "one without strokes": "1",
  "a number without end": `1${"g".repeat(1000)}`,
  "an endless one": `1${"A".repeat(1_000_000)}`,
  "strokes off the pad": `1gJE${"gggE".repeat(2)}`,
  "a stroke without points": "1gJA",
  "a fill without lines": "1ACgfgf",
  "a fill of two points": `${encode(SEVEN)}AEAAAA`,
  "a fill without a place": `${encode(SEVEN)}AC`,
  "a fill off the pad": `${encode(SEVEN)}AC${"gggE".repeat(2)}`,
  "a pen wider than the pad's": encode([{ ...SEVEN[0], width: 0.13 }]),
};

for (const [name, code] of Object.entries(DAMAGED)) {
  test(`${name} is no code`, () => {
    assert.equal(decode(code), null);
  });
}
