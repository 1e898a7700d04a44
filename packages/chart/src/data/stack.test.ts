import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Line } from "../renderer.ts";
import { fillLine } from "./decimate.ts";
import { LineBuffer } from "./line-buffer.ts";
import { Ring } from "./ring.ts";
import { Stack } from "./stack.ts";

type Row = readonly [time: number, value: number, start?: 1];

function lineOf(...rows: Row[]): Line {
  return {
    times: Float64Array.from(rows, ([time]) => time),
    values: Float64Array.from(rows, ([, value]) => value),
    starts: Uint8Array.from(rows, ([, , start], i) => start ?? (i === 0 ? 1 : 0)),
    length: rows.length,
    marked: false,
    changedFrom: Number.NEGATIVE_INFINITY,
  };
}

const view = { from: 0, to: 1000 };

/** Time, base, value and start of each point of each layer. */
function stacked(...lines: Line[]): number[][][] {
  return new Stack()
    .fill(lines, view, 500)
    .map(({ times, values, bases, starts, length }) =>
      Array.from({ length }, (_, i) => [times[i]!, bases[i]!, values[i]!, starts[i]!]),
    );
}

test("stack: a layer begins where the one below it ends", () => {
  assert.deepEqual(stacked(lineOf([0, 1], [10, 2]), lineOf([0, 5], [10, 6])), [
    [
      [0, 0, 1, 1],
      [10, 0, 2, 0],
    ],
    [
      [0, 1, 6, 1],
      [10, 2, 8, 0],
    ],
  ]);
});

test("stack: where only another line has a point, the value lies between those that are joined", () => {
  const [, upper] = stacked(lineOf([0, 0], [4, 8], [10, 8]), lineOf([0, 10], [10, 20]));
  assert.deepEqual(upper, [
    [0, 0, 10, 1],
    [4, 8, 22, 0],
    [10, 8, 28, 0],
  ]);
});

test("stack: where a line is interrupted it adds nothing, and no slope tells of values that never were", () => {
  const below = lineOf([0, 3], [2, 3], [6, 4, 1], [8, 4]);
  const [, upper] = stacked(below, lineOf([0, 10], [8, 10]));
  assert.deepEqual(upper, [
    [0, 3, 13, 1],
    [2, 3, 13, 0],
    [2, 0, 10, 1],
    [6, 0, 10, 0],
    [6, 4, 14, 1],
    [8, 4, 14, 0],
  ]);
});

test("stack: a point that is joined to no other is on what is below it, and adds nothing above", () => {
  const [, middle, upper] = stacked(
    lineOf([0, 1], [8, 1]),
    lineOf([4, 100]),
    lineOf([0, 2], [8, 2]),
  );
  assert.deepEqual(middle, [[4, 1, 101, 1]]);
  assert.ok(upper!.every(([, base]) => base === 1));
});

test("stack: what is marked in a line is marked in its layer", () => {
  const marked = { ...lineOf([0, 1], [10, 2]), marked: true };
  const layers = new Stack().fill([marked, lineOf([0, 1], [10, 2])], view, 500);
  assert.deepEqual(
    layers.map((layer) => layer.marked),
    [true, false],
  );
});

test("stack: smallest and largest are of the values and the bases in view", () => {
  const stack = new Stack();
  const layers = stack.fill(
    [lineOf([-10, 99], [20, 5], [40, 6]), lineOf([20, 2], [40, -9], [2000, 99])],
    { from: 15, to: 45 },
    500,
  );
  assert.deepEqual(
    layers.map(({ min, max }) => [min, max]),
    [
      [0, 6],
      [-9, 7], // from where the line below has ended
    ],
  );
});

/** What a line says of a moment that none of its points has: NaN where it is not. */
function at({ times, values, starts, length }: Line, time: number, column = values): number {
  for (let i = 1; i < length; i++) {
    if (times[i - 1]! >= time || times[i]! <= time || starts[i] !== 0) continue;
    const part = (time - times[i - 1]!) / (times[i]! - times[i - 1]!);
    return column[i - 1]! * (1 - part) + column[i]! * part;
  }
  return Number.NaN;
}

const row = fc.tuple(fc.nat(60), fc.integer({ min: -20, max: 20 }), fc.boolean());
const anyLine = fc
  .uniqueArray(row, { maxLength: 12, selector: ([time]) => time })
  .map((rows) =>
    lineOf(
      ...rows
        .sort(([a], [b]) => a - b)
        .map(
          ([time, value, start], i): Row => (start || i === 0 ? [time, value, 1] : [time, value]),
        ),
    ),
  );

test("stack: at any moment a layer is the sum of its line and of those below it that are there", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 5 }), (lines) => {
      const layers = new Stack().fill(lines, view, 500);
      for (let time = 0.5; time < 60; time++) {
        let sum = 0;
        for (const [i, line] of lines.entries()) {
          const own = at(line, time);
          const layer = layers[i]!;
          assert.equal(Number.isNaN(at(layer, time)), Number.isNaN(own), `${i} at ${time}`);
          if (Number.isNaN(own)) continue;
          assert.ok(Math.abs(at(layer, time, layer.bases) - sum) < 1e-9, `${i} at ${time}`);
          sum += own;
          assert.ok(Math.abs(at(layer, time) - sum) < 1e-9, `${i} at ${time}`);
        }
      }
      for (const { times, starts, length } of layers) {
        for (let i = 1; i < length; i++) {
          assert.ok(times[i]! > times[i - 1]! || (times[i] === times[i - 1] && starts[i] === 1));
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Noise that is the same in every run. */
const noise = (i: number) => (Math.sin(i * 12.9898) * 43758.5453) % 1;

function dense(count: number, spikeAt = -1): Ring[] {
  return Array.from({ length: count }, (_, n) => {
    const ring = new Ring(100_000);
    for (let i = 0; i < 20_000; i++) {
      ring.add(i + n / count, i === spikeAt && n === 2 ? 999 : 10 + noise(i * 7 + n));
    }
    return ring;
  });
}

test("stack: of very many times those of the extremes stay, a few for each pixel", () => {
  const rings = dense(12, 12_345);
  for (const ring of rings) ring.add(19_999.95, 10.4); // no extreme
  const lines = rings.map(() => new LineBuffer());
  const whole = { from: 0, to: 20_000 };
  for (const [i, line] of lines.entries()) fillLine(line, rings[i]!, whole, 400);
  const layers = new Stack().fill(lines, whole, 400);
  assert.ok(layers.every(({ length }) => length <= 4 * 400));
  const top = layers.at(-1)!;
  assert.ok(top.max > 999, `${top.max}`);
  assert.equal(top.times[top.length - 1], 19_999.95);
});

test("stack: thinned or not, a gap is one", () => {
  const rings = dense(12);
  for (let time = 8000; time < 9000; time++) rings[5]!.add(time + 5 / 12, null);
  const lines = rings.map(() => new LineBuffer());
  const whole = { from: 0, to: 20_000 };
  for (const [i, line] of lines.entries()) fillLine(line, rings[i]!, whole, 400);
  const { times, starts, length } = new Stack().fill(lines, whole, 400)[5]!;
  const after = times.subarray(0, length).findIndex((time) => time > 8500);
  assert.ok(times[after - 1]! < 8001 && times[after]! >= 9000);
  assert.equal(starts[after], 1);
});

test("stack: points before changedFrom are those of the time before", () => {
  const rings = dense(3);
  const lines = rings.map(() => new LineBuffer());
  const stack = new Stack();
  let before: number[][][] = [];
  for (let step = 0; step < 20; step++) {
    const newest = 20_000 + step * 20;
    for (const ring of rings) {
      for (let i = 0; i < 20; i++) ring.add(newest + i, 10 + noise(newest + i));
    }
    const to = newest + 20;
    const span = step < 10 ? 16_000 : 160; // many times, and so few that none is thinned
    for (const [i, line] of lines.entries()) {
      fillLine(line, rings[i]!, { from: to - span, to }, 400);
    }
    const layers = stack.fill(lines, { from: to - span, to }, 400);
    const rows = layers.map(({ times, values, bases, starts, length, changedFrom }) => {
      const all = Array.from({ length }, (_, i) => [times[i]!, values[i]!, bases[i]!, starts[i]!]);
      return all.filter(([time]) => time! < changedFrom && time! >= to - span);
    });
    for (const [i, layer] of layers.entries()) {
      if (step === 0) assert.equal(layer.changedFrom, Number.NEGATIVE_INFINITY);
      else if (step > 10) assert.equal(layer.changedFrom, newest, `${step}`);
      const known = before[i]?.filter(([time]) => time! < layer.changedFrom && time! >= to - span);
      if (known) assert.deepEqual(rows[i], known, `${step}`);
    }
    before = layers.map(({ times, values, bases, starts, length }) =>
      Array.from({ length }, (_, i) => [times[i]!, values[i]!, bases[i]!, starts[i]!]),
    );
  }
});
