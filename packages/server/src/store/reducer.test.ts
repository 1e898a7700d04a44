import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketWidth } from "./ladder.ts";
import { Reducer } from "./reducer.ts";

function reduce(samples: (readonly [number, number | null])[], maxPoints: number, bucketMs = 10) {
  const reducer = new Reducer(maxPoints, bucketMs);
  for (const [time, value] of samples) reducer.add(time, value);
  return reducer.result();
}

test("reducer: what fits is kept as it is, by time, the later write of two at one time", () => {
  const samples = [[30, 3] as const, [10, 1] as const, [20, null] as const, [10, 7] as const];
  assert.deepEqual(reduce(samples, 3), { bucketMs: 0, times: [10, 20, 30], values: [7, null, 3] });
});

test("reducer: what does not fit becomes first, least, greatest and last of each bucket", () => {
  const values = [5, 9, -2, 6, 4];
  const samples = values.map((value, i) => [i, value] as const);
  assert.deepEqual(reduce([...samples, [10, 1]], 4), {
    bucketMs: 10,
    times: [0, 1, 2, 4, 10],
    values: [5, 9, -2, 4, 1],
  });
});

test("reducer: a known absence within a bucket still breaks the line", () => {
  const samples = [[0, 1] as const, [3, null] as const, [5, 2] as const, [12, null] as const];
  assert.deepEqual(reduce(samples, 1), {
    bucketMs: 10,
    times: [0, 3, 5, 12],
    values: [1, null, 2, null],
  });
});

test("reducer: no spike is lost and none invented, in whatever order the samples come", () => {
  const sample = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -99, max: 99 }));
  const samples = fc.uniqueArray(sample, { minLength: 1, selector: ([time]) => time });
  fc.assert(
    fc.property(samples, fc.nat(20), (rows, maxPoints) => {
      const { bucketMs, times, values } = reduce(rows, maxPoints);
      const sent = new Map(rows);
      assert.ok(times.every((time, i) => sent.get(time) === values[i]));
      assert.deepEqual(
        [...times].sort((a, b) => a - b),
        times,
      );
      const width = bucketMs || 1;
      for (const [, inside] of Map.groupBy(rows, ([time]) => Math.floor(time / width))) {
        const drawn = new Set(inside.filter(([t]) => times.includes(t)).map(([, v]) => v));
        const all = inside.map(([, value]) => value);
        assert.ok(drawn.has(Math.min(...all)) && drawn.has(Math.max(...all)));
      }
    }),
  );
});

test("ladder: the narrowest round width with at most so many buckets", () => {
  assert.equal(bucketWidth(15 * 60_000, 800), 2000);
  assert.equal(bucketWidth(60_000, 800), 100);
  assert.equal(bucketWidth(1, 800), 1);
  assert.equal(bucketWidth(365 * 86_400_000, 800), 12 * 3_600_000);
  assert.ok(bucketWidth(1e15, 1) > 0);
});
