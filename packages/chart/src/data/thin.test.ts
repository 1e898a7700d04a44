import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketWidths } from "@plotcast/protocol";
import fc from "fast-check";
import { fillLine, LineBuffer } from "./decimate.ts";
import { Ring } from "./ring.ts";
import { thin, thinnedWidth } from "./thin.ts";

/** What is left of some samples, by time. */
function thinned(samples: readonly (readonly [number, number])[], count: number, width: number) {
  const times = Float64Array.from(samples, ([time]) => time);
  const values = Float64Array.from(samples, ([, value]) => value);
  const starts = Uint8Array.from(samples, (_, i) => i % 3);
  const gone = thin({ times, values, starts }, count, width);
  return Array.from(times.subarray(gone), (time, i) => [
    time,
    values[gone + i]!,
    starts[gone + i]!,
  ]);
}

test("thin: of each bucket first, least, greatest, last and the latest absence are left", () => {
  const values = [5, 9, Number.NaN, 6, -2, Number.NaN, 7, 4];
  const samples = [...values.map((value, i) => [i, value] as const), [10, 1] as const];
  assert.deepEqual(
    thinned(samples, 9, 10).map(([time]) => time),
    [0, 1, 4, 5, 7, 10],
  );
});

test("thin: what comes after those that are to be thinned stays as it is", () => {
  const samples = Array.from({ length: 10 }, (_, i) => [i, 0] as const);
  assert.deepEqual(thinned(samples, 6, 100), [
    [0, 0, 0],
    [5, 0, 2],
    [6, 0, 0],
    [7, 0, 1],
    [8, 0, 2],
    [9, 0, 0],
  ]);
});

test("thin: whatever is held, the same is left by thinning once or twice", () => {
  const sample = fc.tuple(fc.nat(500), fc.oneof(fc.integer(), fc.constant(Number.NaN)));
  const samples = fc.uniqueArray(sample, { selector: ([time]) => time });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 90 }), (unsorted, width) => {
      const all = unsorted.sort(([a], [b]) => a - b);
      const once = thinned(all, all.length, width).map(([time, value]) => [time!, value!] as const);
      const twice = thinned(once, once.length, width).map(([time, value]) => [time, value]);
      assert.deepEqual(twice, once);
    }),
  );
});

test("thin: every wider bucket that lines are drawn by is made of whole ones", () => {
  for (let spanMs = 1; spanMs < 1e13; spanMs *= 1.5) {
    const width = thinnedWidth(spanMs);
    assert.ok(width <= spanMs / 4096 && width > 0);
    for (const wider of bucketWidths) assert.ok(wider < width || wider % width === 0, `${width}`);
  }
});

test("thin: a ring that is fuller than it should be is thinned, and draws the very same line", () => {
  const noise = (i: number) => (Math.sin(i * 12.9898) * 43758.5453) % 1;
  const ring = new Ring(400_000);
  for (let i = 0; i < 300_000; i++) ring.add(i * 10, i % 777 === 5 ? null : noise(i));
  const drawn = () => {
    const line = new LineBuffer();
    fillLine(line, ring, { from: 100_000, to: 3_000_000 }, 1100);
    const { times, values, starts, length } = line;
    return [times, values, starts].map((column) => [...column.subarray(0, length)]);
  };
  const before = drawn();
  ring.prune(0, 2);
  assert.ok(ring.length < 200_000, `${ring.length}`);
  assert.equal(ring.bucketMsAt(1_000_000), 500);
  assert.equal(ring.bucketMsAt(2_000_000), 0);
  assert.deepEqual(drawn(), before);
});

test("thin: a series that is too fast for its window keeps all of the window", () => {
  const ring = new Ring(100_000);
  for (let i = 0; i < 500_000; i++) {
    ring.add(i, i === 123 ? 99 : i % 7);
    if (i % 100 === 0) ring.prune(i - 1_000_000, 2);
  }
  assert.ok(ring.length <= 51_000);
  assert.equal(ring.times[0], 0);
  assert.ok(ring.values.includes(99));
});

test("thin: as many samples as are asked for by number stay", () => {
  const ring = new Ring(1000);
  for (let i = 0; i < 900; i++) ring.add(i, 1);
  ring.prune(-1e6, 800);
  assert.deepEqual(
    [...ring.times.subarray(-801)],
    Array.from({ length: 801 }, (_, i) => 99 + i),
  );
});
