import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countOf, lowestOf, size } from "./buckets.ts";
import { fillLine } from "./decimate.ts";
import { LineBuffer } from "./line-buffer.ts";
import { naiveLine, naiveStats, type Point } from "./naive-line.ts";
import { pyramidOf } from "./pyramid.ts";
import { Ring } from "./ring.ts";

type View = { readonly from: number; readonly to: number };

/** One chart: it follows, or is held where it began, and says what its line is. */
class Chart {
  readonly line = new LineBuffer();
  readonly #spanMs: number;
  readonly #pixels: number;
  readonly #log: boolean;
  readonly #heldAt: number | undefined;
  #before: { points: Point[]; view: View } | undefined;

  constructor(spanMs: number, pixels: number, log: boolean, heldAt?: number) {
    this.#spanMs = spanMs;
    this.#pixels = pixels;
    this.#log = log;
    this.#heldAt = heldAt;
  }

  /** Fills the line, and compares it with the ring and with the line before. */
  check(ring: Ring, isPruned: boolean): void {
    if (ring.length === 0) return;
    const to = this.#heldAt ?? ring.newestTime;
    const view = { from: to - this.#spanMs, to };
    fillLine(this.line, ring, view, this.#pixels, { log: this.#log });
    this.#comparePoints(ring, view, isPruned);
    this.#compareStats(ring, view);
    const points = this.points();
    if (this.#before) {
      const known = this.#before;
      const both = (p: Point) =>
        p.time < this.line.changedFrom &&
        p.time >= Math.max(view.from, known.view.from) &&
        p.time <= Math.min(view.to, known.view.to);
      assert.deepEqual(points.filter(both), known.points.filter(both), "until changedFrom");
    }
    this.#before = { points, view };
  }

  points(): Point[] {
    const { times, values, starts, length } = this.line;
    return Array.from({ length }, (_, i) => ({
      time: times[i]!,
      value: values[i]!,
      starts: starts[i] !== 0,
    }));
  }

  // Of the oldest bucket samples may have been pruned, and it still tells of them; so the next one
  // may be joined to what the ring knows nothing of.
  #comparePoints(ring: Ring, view: View, isPruned: boolean): void {
    const { bucketMs } = this.line.basis!;
    const expected = naiveLine(ring, view, this.#pixels, bucketMs, this.#log);
    const key = ({ time }: Point) => Math.floor(time / bucketMs);
    const oldest = Math.floor(ring.times[0]! / bucketMs);
    const next = Math.min(...expected.map(key).filter((at) => at > oldest));
    const isWhole = (point: Point) => !isPruned || bucketMs === 0 || key(point) > next;
    assert.deepEqual(this.points().filter(isWhole), expected.filter(isWhole));
  }

  #compareStats(ring: Ring, view: View): void {
    const { bucketMs } = this.line.basis!;
    if (bucketMs > 0 && view.from < ring.times[0]!) return;
    const { min, max, last, count, mean, unloggable } = this.line;
    const expected = naiveStats(ring, view, this.#log);
    assert.ok(Math.abs(mean - expected.mean) < 1e-9 || Number.isNaN(mean + expected.mean));
    assert.equal(Number.isNaN(mean), Number.isNaN(expected.mean));
    assert.deepEqual({ min, max, last, count, unloggable, mean }, { ...expected, mean });
  }
}

const value = fc.option(fc.integer({ min: -9, max: 99 }), { freq: 12 });
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      append: fc.array(value, { minLength: 60, maxLength: 300 }),
      every: fc.constantFrom(0.25, 1, 3, 7.5),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      late: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), value), { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ history: fc.array(value, { minLength: 4, maxLength: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ silence: fc.integer({ min: 20, max: 2500 }) }) },
  { weight: 1, arbitrary: fc.constant({ cut: true }) },
  { weight: 1, arbitrary: fc.record({ prune: fc.integer({ min: 300, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ thin: fc.constantFrom(10, 50) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const epoch = 1_790_000_000_000;
const max = 4000;

/** Does to a ring what may happen to one; returns the time it is then. */
function apply(ring: Ring, now: number, step: Step): number {
  if ("append" in step) {
    for (const value of step.append) {
      now += step.every;
      ring.add(now, value);
    }
  } else if ("late" in step) {
    const { times } = ring;
    if (times.length === 0) return now;
    const [oldest, newest] = [times[0]!, times.at(-1)!];
    // Halves, so that some of them hit the very time of a sample.
    const at = step.late.map(([x]) => Math.round((oldest + x * (newest - oldest)) * 2) / 2);
    for (const [i, [, value]] of step.late.entries()) ring.add(at[i]!, value);
  } else if ("history" in step) {
    for (const value of step.history) {
      now += 30;
      ring.add(now, value, 100);
    }
  } else if ("silence" in step) {
    return now + step.silence;
  } else if ("cut" in step) {
    ring.cut();
  } else if ("prune" in step) {
    ring.prune(now - step.prune, 2);
  } else {
    ring.prune(ring.newestTime - 4096 * step.thin, 2); // that is long ago, so it thins if anything
  }
  return now;
}

const charts = () => [
  new Chart(1200, 20, false),
  new Chart(1200, 24, false), // shares its buckets with the first
  new Chart(300, 40, false),
  new Chart(300, 40, true),
  new Chart(3000, 30, true),
  new Chart(900, 12, false, epoch + 1500),
  new Chart(40, 100, false),
];

test("pyramid: whatever happens to a ring, a line is that of its samples, and changes where it says", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const ring = new Ring(max);
      const all = charts();
      let now = epoch;
      let isPruned = false;
      for (const [i, each] of steps.entries()) {
        now = apply(ring, now, each);
        isPruned ||= "prune" in each || "thin" in each || ring.length === max;
        for (const [n, chart] of all.entries()) if ((i + n) % 3 !== 0) chart.check(ring, isPruned);
      }
    }),
    { numRuns: 100 },
  );
});

test("pyramid: what has left the view is let go when it is too much, and read again when asked for", () => {
  const ring = new Ring(100_000);
  for (let i = 0; i < 60_000; i++) ring.add(i, i);
  const pyramid = pyramidOf(ring);
  const keys = (first: number, last: number) => {
    const { data, begin, end, length } = pyramid.buckets(1, Number.NEGATIVE_INFINITY, first, last);
    return [length, data[begin]!, data[end - size]!];
  };
  assert.deepEqual(keys(0, 15_000), [15_001, 0, 15_000]);
  assert.deepEqual(keys(5000, 21_000), [16_001, 5000, 21_000]);
  assert.deepEqual(keys(0, 15_000), [15_001, 0, 15_000]);
});

test("pyramid: of charts that look at different times of one series, each finds its buckets again", () => {
  const ring = new Ring(100_000);
  for (let i = 0; i < 50_000; i++) ring.add(i, i);
  const pyramid = pyramidOf(ring);
  const at = (first: number) => pyramid.buckets(10, Number.NEGATIVE_INFINITY, first, first + 100);
  const early = at(0);
  const late = at(4500);
  assert.notEqual(early, late);
  assert.equal(at(0), early);
  assert.equal(at(4501), late);
});

test("pyramid: few widths are kept, and those that nobody uses are dropped", () => {
  const ring = new Ring(1000);
  for (let i = 0; i < 1000; i++) ring.add(i, i);
  const pyramid = pyramidOf(ring);
  const of = (width: number) => pyramid.buckets(width, Number.NEGATIVE_INFINITY, 0, 10);
  const first = of(1);
  for (const width of [2, 5, 10, 20, 50]) of(width);
  assert.equal(of(1), first);
  for (const width of [100, 200, 500, 1000, 2000, 5000]) of(width);
  const again = of(1);
  assert.notEqual(again, first);
  for (let i = 0; i < 2000; i++) of(2);
  assert.notEqual(of(1), again);
});

test("pyramid: buckets go when all their samples have gone", () => {
  const ring = new Ring(100_000);
  for (let i = 0; i < 10_000; i++) ring.add(i, i);
  const pyramid = pyramidOf(ring);
  const of = (first: number) => pyramid.buckets(10, Number.NEGATIVE_INFINITY, first, 999);
  assert.equal(of(0).length, 1000);
  ring.prune(5006, 0);
  const { data, begin, length } = of(600);
  assert.deepEqual([length, data[begin]], [500, 500]);
  assert.deepEqual([data[begin + countOf], data[begin + lowestOf]], [10, 5000], "whole until then");
});
