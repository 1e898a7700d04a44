import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  logarithms,
  niceScale,
  Range,
  type RangeOptions,
  withThresholds,
  zoomed,
} from "./range.ts";
import { binary, clock } from "./text/counting.ts";

await logarithms.load();

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

/** The scale of a new range. */
function scale(min: number, max: number, options: RangeOptions = {}, maxTicks = 5) {
  return new Range().next(min, max, maxTicks, 0, options);
}

const maybe = fc.option(number, { nil: undefined });
const rounds = fc.constantFrom(undefined, binary, clock(1), clock(1e-3), clock(60));

test("range: whatever is asked for, ends are finite, ticks ascend inside of them, two at least", () => {
  fc.assert(
    fc.property(
      ...([number, number, maybe, maybe, fc.boolean(), fc.boolean(), rounds] as const),
      fc.integer({ min: 2, max: 9 }),
      (a, b, least, most, log, zero, round, maxTicks) => {
        if (least !== undefined && most !== undefined && least >= most) return;
        const options = { min: least, max: most, log, zero, ...(round ? { round } : {}) };
        const made = scale(Math.min(a, b), Math.max(a, b), options, maxTicks);
        const { min, max, ticks } = made;
        assert.ok(Number.isFinite(min) && Number.isFinite(max) && min < max, `${min} ${max}`);
        assert.ok(!log || min > 0, `${min}`);
        assert.ok(ticks.length >= 2 && ticks.length <= Math.max(4, maxTicks), `${ticks}`);
        assert.ok(
          ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!),
          `${ticks}`,
        );
        assert.ok(ticks[0]! >= min && ticks.at(-1)! <= max, `${min} ${ticks} ${max}`);
        const part = zoomed(made, { from: 0.2, to: 0.21 }, maxTicks, round);
        assert.ok(part.min < part.max && part.ticks.length >= 2, `${part.ticks}`);
      },
    ),
    { numRuns: 2000 },
  );
});

test("range: fixed ends are exactly those, with round ticks inside", () => {
  const { min, max, ticks } = scale(10, 20, { min: 0.3, max: 97 });
  assert.deepEqual([min, max, ticks], [0.3, 97, [25, 50, 75]]);
  assert.deepEqual(scale(0, 1, { min: 0.1, max: 0.9 }, 3).ticks, [0.25, 0.5, 0.75]);
});

test("range: one fixed end leaves the other to the data", () => {
  assert.equal(scale(21.1, 22.9, { min: 0 }).max, 30);
  assert.equal(scale(21.1, 22.9, { max: 30 }).min, 20);
});

test("range: data that are all beyond a fixed end leave an axis that begins there", () => {
  assert.equal(scale(3, 50, { min: 100 }).min, 100);
  assert.equal(scale(300, 500, { max: 100 }).max, 100);
  assert.equal(scale(3, 50, { min: 100, log: true }).min, 100);
});

test("range: zero is in sight if that is asked for", () => {
  assert.equal(scale(21.1, 22.9, { zero: true }).min, 0);
  assert.equal(scale(-22.9, -21.1, { zero: true }).max, 0);
});

test("range: a logarithmic axis has 1, 2 and 5 of each power of ten, or powers only", () => {
  assert.deepEqual(scale(3, 40, { log: true }).ticks, [2, 5, 10, 20, 50]);
  assert.deepEqual(scale(3, 4000, { log: true }).ticks, [1, 10, 100, 1000, 10_000]);
  assert.deepEqual(scale(1e-300, 1e300, { log: true }).ticks, [1e-300, 1e-150, 1, 1e150, 1e300]);
});

test("range: a logarithmic axis of a narrow stretch has even ticks, and a flat line has room", () => {
  assert.deepEqual(scale(21.1, 22.9, { log: true }).ticks, [21, 21.5, 22, 22.5, 23]);
  const flat = scale(1e-300, 1e-300, { log: true });
  assert.ok(flat.min < 1e-300 && flat.max > 1e-300);
});

test("range: a logarithmic axis never reaches down to zero", () => {
  assert.deepEqual(scale(1, 3.9, { log: true }, 3).ticks, [1, 2, 5]);
});

test("range: also between the smallest of numbers there is an axis", () => {
  const { min, max, ticks } = scale(-8.4e-323, 6.4e-279, { max: -1.5e-323, round: clock(60) }, 3);
  assert.ok(min < max && ticks.length >= 2);
});

test("range: what is no number leaves an axis", () => {
  assert.deepEqual(scale(Number.NaN, Number.NaN).ticks.length, 5);
});

test("range: asked to be logarithmic, or no longer, it is so at once", () => {
  const range = new Range();
  assert.equal(range.next(1, 100, 5, 0).log, false);
  assert.equal(range.next(1, 100, 5, 0, { log: true }).log, true);
  assert.equal(range.next(1, 100, 5, 0).log, false);
});

test("range: a logarithmic axis is there also with nothing above zero", () => {
  assert.deepEqual(scale(-5, 0, { log: true }).max, 1);
  assert.deepEqual(scale(-5, 3000, { log: true, min: -1 }).min, 1);
});

test("range: a logarithmic axis shrinks when the data need much less of its length", () => {
  const range = new Range();
  const at = (max: number, now: number) => range.next(1, max, 5, now, { log: true }).max;
  assert.equal(at(1e8, 0), 1e8);
  assert.equal(at(1e7, 1), 1e8);
  assert.equal(at(1e7, 6000), 1e8);
  assert.equal(at(1e3, 6001), 1e8);
  assert.equal(at(1e3, 11_001), 1e3);
});

test("range: ticks of bytes are powers of two, and those of times are as on a clock", () => {
  assert.deepEqual(scale(0, 3000, { round: binary }).ticks, [0, 1024, 2048, 3072]);
  assert.deepEqual(scale(1, 2e9, { log: true, round: binary }).ticks, [
    1,
    2 ** 10,
    2 ** 20,
    2 ** 30,
    2 ** 40,
  ]);
  assert.deepEqual(scale(0, 100, { round: clock(1) }).ticks, [0, 30, 60, 90, 120]);
  assert.deepEqual(scale(0, 100, { round: clock(60) }).ticks, [0, 30, 60, 90, 120]);
  assert.deepEqual(scale(0, 0.7, { round: clock(60) }).ticks, [0, 0.25, 0.5, 0.75]);
  assert.deepEqual(scale(0, 700, { round: clock(1e-3) }).ticks, [0, 200, 400, 600, 800]);
  assert.deepEqual(scale(0, 200_000, { round: clock(1) }).ticks, [0, 86_400, 172_800, 259_200]);
});

test("range: zoomed in, the ends are the fractions and the ticks are finer", () => {
  const whole = scale(0, 100);
  const { min, max, ticks } = zoomed(whole, { from: 0.5, to: 0.6 }, 5);
  assert.ok(Math.abs(min - 50) + Math.abs(max - 60) < 1e-9, `${min} ${max}`);
  assert.deepEqual(ticks, [50, 52.5, 55, 57.5, 60]);
  const decades = scale(1, 1e4, { log: true });
  const part = zoomed(decades, { from: 0, to: 0.5 }, 5);
  assert.ok(Math.abs(part.max - 100) < 1e-9 && part.log);
});

test("range: a threshold counts where it is no further from the data than they reach", () => {
  assert.deepEqual(withThresholds(40, 60, [80, 95]), [40, 80]);
  assert.deepEqual(withThresholds(40, 60, [19, 30]), [30, 60]);
  assert.deepEqual(withThresholds(70, 70, [95, 150]), [70, 95]);
  assert.deepEqual(withThresholds(1, 10, [90, 101, -5], true), [1, 90]);
});
