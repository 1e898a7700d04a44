import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fillLine, LineBuffer } from "./decimate.ts";
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

test("decimate: a break as wide as a pixel is kept, with the samples on both its sides", () => {
  const absent = (i: number) => i > 2005 && i < 2050;
  const ring = ringOf(Array.from({ length: 4000 }, (_, i) => [i, absent(i) ? null : noise(i)]));
  const points = line(ring, 0, 4000, 100);
  const at = points.findIndex(([time, , start]) => start === 1 && time > 0);
  assert.equal(points[at]![0], 2050);
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
