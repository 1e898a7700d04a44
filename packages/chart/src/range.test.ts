import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { niceScale, Range } from "./range.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });

test("range: whatever the data, ends are finite, hold them, and ticks ascend", () => {
  fc.assert(
    fc.property(number, number, fc.integer({ min: 3, max: 9 }), (a, b, maxTicks) => {
      const { min, max, step, ticks } = new Range().next(
        Math.min(a, b),
        Math.max(a, b),
        maxTicks,
        0,
      );
      assert.ok(Number.isFinite(min) && Number.isFinite(max) && step > 0, `${min} ${max} ${step}`);
      assert.ok(max > min);
      assert.ok(ticks.length >= 2 && ticks.length <= maxTicks, `${ticks}`);
      assert.ok(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!));
      if (Math.abs(a) > 4e307 || Math.abs(b) > 4e307) return;
      const slack = (max - min) * 1e-8;
      assert.ok(Math.min(a, b) >= min - slack && Math.max(a, b) <= max + slack);
    }),
  );
});

test("range: ticks are the nearest floats of round numbers", () => {
  assert.deepEqual(niceScale(0, 0.3, 4).ticks, [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(niceScale(0, 97, 5).ticks, [0, 25, 50, 75, 100]);
  assert.deepEqual(niceScale(-1.2e9, 1.3e9, 5).ticks, [-2e9, -1e9, 0, 1e9, 2e9]);
});

test("range: zero is the base of data that are not far from it", () => {
  assert.equal(new Range().next(3, 97, 5, 0).min, 0);
  assert.equal(new Range().next(21.1, 22.9, 5, 0).min, 21);
});

test("range: data on both sides of zero have a range also where there is room for two ticks only", () => {
  assert.deepEqual(new Range().next(-7, 7, 2, 0).ticks, [-10, 0, 10]);
});

test("range: a flat line has room above and below", () => {
  const { min, max } = new Range().next(21.4, 21.4, 5, 0);
  assert.ok(min < 21.4 && max > 21.4);
  assert.deepEqual(new Range().next(0, 0, 5, 0).ticks.slice(0, 1), [0]);
});

test("range: it grows at once", () => {
  const range = new Range();
  range.next(0, 10, 5, 0);
  assert.ok(range.next(0, 55, 5, 1).max >= 55);
});

test("range: it shrinks only after the data have been smaller for five seconds on end", () => {
  const range = new Range();
  const wide = range.next(0, 100, 5, 0);
  assert.deepEqual(range.next(0, 10, 5, 1000), wide);
  assert.deepEqual(range.next(0, 95, 5, 4000), wide);
  assert.deepEqual(range.next(0, 10, 5, 5000), wide);
  assert.deepEqual(range.next(0, 10, 5, 9999), wide);
  assert.equal(range.next(0, 10, 5, 10_000).max, 10);
});
