import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketsOf, pointsOf } from "../store/fake-store.ts";
import { bucketPoints } from "./bucket-points.ts";

function points(rows: readonly (readonly [number, number | null])[], bucketMs = 10) {
  const samples = pointsOf(rows.map(([time, value]) => [time, value ?? Number.NaN]));
  const buckets = bucketsOf(samples, bucketMs);
  const { times, values } = bucketPoints(
    { kind: "buckets", bucketMs, buckets },
    0,
    buckets.starts.length,
  );
  return times.map((time, i) => [time, values[i]]);
}

test("bucket points: first, least, greatest and last of each bucket, by time and each once", () => {
  const rows = [5, 9, -2, 6, 4].map((value, i) => [i, value] as const);
  assert.deepEqual(points([...rows, [10, 1]]), [
    [0, 5],
    [1, 9],
    [2, -2],
    [4, 4],
    [10, 1],
  ]);
});

test("bucket points: the latest null breaks the line wherever it is in its bucket", () => {
  const all = [
    [0, null],
    [1, 7],
    [3, null],
    [4, null],
    [5, 2],
    [12, 1],
    [13, null],
    [20, null],
  ] as const;
  assert.deepEqual(points(all), [
    [1, 7],
    [4, null],
    [5, 2],
    [12, 1],
    [13, null],
    [20, null],
  ]);
  assert.deepEqual(points(all.slice(0, 2)), [
    [0, null],
    [1, 7],
  ]);
});

test("bucket points: no spike is lost, none invented, and times ascend", () => {
  const sample = fc.tuple(
    fc.integer({ min: -500, max: 500 }),
    fc.option(fc.integer({ min: -99, max: 99 }), { nil: null }),
  );
  const samples = fc.uniqueArray(sample, { minLength: 1, selector: ([time]) => time });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 60 }), (rows, bucketMs) => {
      const sorted = [...rows].sort(([a], [b]) => a - b);
      const drawn = points(sorted, bucketMs);
      const sent = new Map<number | null | undefined, number | null>(sorted);
      for (const [i, [time, value]] of drawn.entries()) {
        assert.equal(sent.get(time), value);
        assert.ok(i === 0 || drawn[i - 1]![0]! < time!);
      }
      const shown = new Map(drawn.map(([time, value]) => [time, value]));
      for (const [, inside] of Map.groupBy(sorted, ([time]) => Math.floor(time / bucketMs))) {
        const values = inside.flatMap(([, value]) => value ?? []);
        const kept = inside.filter(([time]) => shown.has(time)).map(([, value]) => value);
        assert.ok(kept.length <= 5);
        if (values.length < inside.length) assert.ok(kept.includes(null));
        if (values.length === 0) continue;
        assert.ok(kept.includes(Math.min(...values)) && kept.includes(Math.max(...values)));
        assert.ok(shown.has(inside.find(([, value]) => value !== null)![0]));
        assert.ok(shown.has(inside.findLast(([, value]) => value !== null)![0]));
      }
    }),
  );
});
