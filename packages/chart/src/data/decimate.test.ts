import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketsFor, fillLine, LineBuffer } from "./decimate.ts";
import { Ring } from "./ring.ts";

type Point = [time: number, value: number, start: number];

function line(ring: Ring, from: number, to: number, pixels: number): Point[] {
  const buffer = new LineBuffer();
  fillLine(buffer, ring, { from, to }, pixels);
  return Array.from({ length: buffer.length }, (_, i) => [
    buffer.times[i]!,
    buffer.values[i]!,
    buffer.starts[i]!,
  ]);
}

function ringOf(samples: [number, number | null][]): Ring {
  const ring = new Ring(1_000_000);
  for (const [time, value] of samples) ring.add(time, value);
  return ring;
}

/** Noise that is the same in every run. */
const noise = (i: number) => (Math.sin(i * 12.9898) * 43758.5453) % 1;
const dense = ringOf(Array.from({ length: 20_000 }, (_, i) => [i, noise(i)]));

test("decimate: few samples are drawn as they are, with one beyond each edge", () => {
  const ring = ringOf([1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t]));
  assert.deepEqual(line(ring, 2500, 4500, 800), [
    [2000, 2, 1],
    [3000, 3, 0],
    [4000, 4, 0],
    [5000, 5, 0],
  ]);
});

test("decimate: a null interrupts the line and leaves no point", () => {
  const ring = ringOf([
    [0, null],
    [1000, 1],
    [2000, null],
    [3000, 3],
  ]);
  assert.deepEqual(line(ring, 0, 4000, 100), [
    [1000, 1, 1],
    [3000, 3, 1],
  ]);
});

test("decimate: no NaN ever reaches a line, and each line begins with a start", () => {
  const sample = fc.tuple(fc.nat(2000), fc.option(fc.integer({ min: -5, max: 5 })));
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 400 }),
      fc.integer({ min: 1, max: 300 }),
      (samples, pixels) => {
        const points = line(ringOf(samples), 300, 1700, pixels);
        assert.ok(points.every(([, value]) => !Number.isNaN(value)));
        assert.ok(points.every(([time], i) => i === 0 || time > points[i - 1]![0]));
        assert.ok(points.length === 0 || points[0]![2] === 1);
      },
    ),
  );
});

test("decimate: dense samples become at most four points per pixel", () => {
  const points = line(dense, 2000, 18_000, 400);
  assert.ok(points.length <= 4 * 400, `${points.length}`);
});

test("decimate: a spike of one sample survives", () => {
  const ring = ringOf(Array.from({ length: 10_000 }, (_, i) => [i, i === 5432 ? 99 : noise(i)]));
  assert.ok(line(ring, 0, 10_000, 200).some(([time, value]) => time === 5432 && value === 99));
});

test("decimate: as the window slides, no point inside it changes", () => {
  const pixel = 16_000 / 400;
  const inside = (points: Point[], from: number, to: number) =>
    points.filter(([time]) => time > from + 2 * pixel && time < to - 2 * pixel);
  const before = line(dense, 1000, 17_000, 400);
  for (const steps of [1, 2, 3, 10]) {
    const from = 1000 + steps * pixel;
    const after = line(dense, from, from + 16_000, 400);
    assert.deepEqual(inside(after, from, 17_000), inside(before, from, 17_000));
  }
});

test("decimate: a break wider than a bucket is kept, with the samples on both its sides", () => {
  const absent = (i: number) => i > 2005 && i < 2060;
  const ring = ringOf(Array.from({ length: 4000 }, (_, i) => [i, absent(i) ? null : noise(i)]));
  const points = line(ring, 0, 4000, 100);
  const at = points.findIndex(([time, , start]) => start === 1 && time > 0);
  assert.equal(points[at]![0], 2060);
  assert.equal(points[at - 1]![0], 2005);
});

test("decimate: a null in a thousand does not tear a dense line apart", () => {
  const ring = ringOf(Array.from({ length: 4000 }, (_, i) => [i, i % 30 === 7 ? null : noise(i)]));
  const breaks = line(ring, 0, 4000, 100).filter(([, , start]) => start === 1);
  assert.equal(breaks.length, 1);
});

test("decimate: a null inside of a bucket of history breaks nothing, a whole bucket of them does", () => {
  const ring = new Ring(1000);
  const rows: (readonly [time: number, value: number | null])[] = [
    [0, 1],
    [20, null],
    [90, 2],
    [130, 3],
    [199, null],
    [299, null],
    [350, 4],
    [360, 5],
  ];
  for (const [time, value] of rows) ring.add(time, value, 100);
  assert.deepEqual(line(ring, 0, 400, 800), [
    [0, 1, 1],
    [90, 2, 0],
    [130, 3, 0],
    [350, 4, 1],
    [360, 5, 0],
  ]);
});

test("decimate: smallest and largest are of the points inside the view", () => {
  const buffer = new LineBuffer();
  const ring = ringOf([1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t]));
  fillLine(buffer, ring, { from: 2500, to: 4500 }, 800);
  assert.deepEqual([buffer.min, buffer.max], [3, 4]);
});

test("decimate: buckets are 0.8 to 2 pixels wide, those of days up to 2.8, whatever the zoom", () => {
  for (let spanMs = 0.01; spanMs < 2e11; spanMs *= 1.07) {
    for (const pixels of [7, 400, 1200, 3840]) {
      const wide = (bucketsFor({ from: 0, to: spanMs }, pixels) * pixels) / spanMs;
      const most = spanMs / pixels > 24 * 3600e3 ? 2.81 : 2.01;
      assert.ok(wide > 0.79 && wide < most, `${spanMs} ${pixels} ${wide}`);
    }
  }
});

test("decimate: views of one span have one width, however their edges are rounded", () => {
  const spanMs = 60_000; // 1200 buckets of 50 ms, exactly as many as there may be
  const widths = [-1e-3, 0, 1e-3].map((off) => bucketsFor({ from: 0, to: spanMs + off }, 960));
  assert.equal(new Set(widths).size, 1);
});

function buffer(ring: Ring, from: number, to: number, pixels: number, log = false): LineBuffer {
  const made = new LineBuffer();
  fillLine(made, ring, { from, to }, pixels, { log });
  return made;
}

test("decimate: a legend is told of the samples inside the view, also where buckets are drawn", () => {
  for (const pixels of [10, 10_000]) {
    const { min, max, mean, last, count } = buffer(dense, 995.5, 2004.5, pixels);
    const inside = Array.from({ length: 1009 }, (_, i) => noise(i + 996));
    assert.deepEqual([min, max], [Math.min(...inside), Math.max(...inside)]);
    assert.deepEqual([last, count], [noise(2004), 1009]);
    assert.ok(Math.abs(mean - inside.reduce((a, b) => a + b) / 1009) < 1e-12);
  }
});

test("decimate: with nothing in view there is neither mean nor last, and no extreme", () => {
  const { min, max, mean, last, count } = buffer(dense, 30_000, 31_000, 100);
  assert.deepEqual([min, max], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  assert.deepEqual([mean, last, count], [Number.NaN, Number.NaN, 0]);
});

test("decimate: where only the extremes of buckets are held, the mean is not known", () => {
  const ring = new Ring(1000);
  for (const time of [0, 30, 60, 99]) ring.add(time, 5, 100);
  for (let time = 110; time < 200; time++) ring.add(time, 7);
  assert.equal(buffer(ring, 50, 200, 20).mean, Number.NaN);
  assert.equal(buffer(ring, 100, 200, 20).mean, 7);
});

test("decimate: numbers too large to be added up have no mean", () => {
  const ring = ringOf([1, 2, 3].map((time) => [time, 1.7e308]));
  assert.equal(buffer(ring, 0, 4, 100).mean, Number.NaN);
});

test("decimate: on a logarithmic axis zero and less are absent, and counted", () => {
  const ring = ringOf([1, 0, 3, -2, 5, null, 7].map((value, i) => [i * 1000, value]));
  const line = buffer(ring, 0, 6000, 100, true);
  assert.deepEqual([...line.values.subarray(0, line.length)], [1, 3, 5, 7]);
  assert.deepEqual([...line.starts.subarray(0, line.length)], [1, 1, 1, 1]);
  assert.deepEqual([line.min, line.count, line.unloggable], [1, 4, 2]);
  const many = buffer(dense, 1000, 9000, 100, true);
  assert.ok(many.min > 0);
  assert.equal(many.count + many.unloggable, 8001);
});

test("decimate: following, only the last buckets change", () => {
  const ring = ringOf(Array.from({ length: 20_000 }, (_, i) => [i, noise(i)]));
  const made = new LineBuffer();
  for (let newest = 20_000; newest < 20_400; newest += 40) {
    const view = { from: newest - 16_000, to: newest };
    fillLine(made, ring, view, 400);
    if (newest > 20_000) assert.ok(made.changedFrom >= newest - 100, `${made.changedFrom}`);
    for (let i = 0; i < 40; i++) ring.add(newest + i, noise(newest + i));
  }
});

test("decimate: with another ring, another width or another kind of axis, everything may change", () => {
  const made = new LineBuffer();
  const changedFrom = (ring: Ring, to: number, log = false) => {
    fillLine(made, ring, { from: 0, to }, 400, { log });
    return made.changedFrom;
  };
  const everything = Number.NEGATIVE_INFINITY;
  assert.equal(changedFrom(dense, 16_000), everything);
  assert.ok(changedFrom(dense, 16_000) >= 16_000);
  assert.equal(changedFrom(dense, 8_000), everything);
  assert.equal(changedFrom(dense, 8_000, true), everything);
  assert.equal(changedFrom(ringOf([[1, 1]]), 8_000, true), everything);
});

test("decimate: a line is not drawn in two ways in turns when its density is at the limit", () => {
  const ring = ringOf(Array.from({ length: 3000 }, (_, i) => [i * 10 + noise(i) * 4, noise(i)]));
  const made = new LineBuffer();
  const kinds: number[] = [];
  for (let step = 0; step < 300; step++) {
    const from = 5000 + step * 5;
    fillLine(made, ring, { from, to: from + 2000.1 }, 100);
    kinds.push(made.basis!.bucketMs);
  }
  const switches = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
  assert.equal(switches, 1);
  fillLine(made, ring, { from: 5000, to: 6800 }, 100);
  assert.equal(made.basis!.bucketMs, 0);
});

test("decimate: what is joined otherwise has changed, and so has all if the line enters otherwise", () => {
  const ring = ringOf([0, 60, 61, 62, 63].map((s) => [s * 1000, 1]));
  const made = new LineBuffer();
  const changedFrom = (from: number) => {
    fillLine(made, ring, { from, to: 70_000 }, 100);
    return made.changedFrom;
  };
  changedFrom(0);
  ring.add(64_000, 1); // now the cadence is known, and with it the first silence
  assert.equal(changedFrom(0), 60_000);
  assert.equal(changedFrom(61_500), Number.POSITIVE_INFINITY);
  ring.add(61_000, 9);
  assert.equal(changedFrom(61_500), Number.NEGATIVE_INFINITY);
});

test("decimate: a legend is told of what is held, also where the oldest bucket tells of more", () => {
  const ring = ringOf(Array.from({ length: 2000 }, (_, i) => [i, i]));
  const made = new LineBuffer();
  fillLine(made, ring, { from: 0, to: 2000 }, 100);
  ring.prune(1006, 0);
  fillLine(made, ring, { from: 1005, to: 3005 }, 100);
  assert.deepEqual([made.min, made.count], [1005, 995]);
});
