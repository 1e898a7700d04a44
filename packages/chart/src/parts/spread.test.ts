import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lanesOf, spread } from "./spread.ts";

test("spread: labels with room are where they like to be", () => {
  assert.deepEqual(spread([50, 10], 16, 0, 100), [50, 10]);
});

test("spread: labels that would cover each other move apart, and stay inside", () => {
  assert.deepEqual(spread([50, 52], 16, 0, 100), [50, 66]);
  assert.deepEqual(spread([95, 90, -5], 16, 0, 100), [84, 68, 0]);
});

test("spread: without room for all the first ones have it", () => {
  assert.deepEqual(spread([5, 90, 40], 16, 0, 40), [5, 24, undefined]);
  assert.deepEqual(spread([5], 16, 0, 10), [undefined]);
});

test("spread: whatever is wanted, no label covers another or leaves its room", () => {
  const place = fc.integer({ min: -100, max: 300 });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 20 }), (wanted) => {
      const places = spread(wanted, 16, 10, 190).filter((at) => at !== undefined);
      assert.equal(places.length, Math.min(wanted.length, 11));
      const sorted = places.sort((a, b) => a - b);
      assert.ok(
        sorted.every((at, i) => at >= 10 && at <= 174 && (i === 0 || at - sorted[i - 1]! >= 16)),
      );
    }),
  );
});

test("spread: a label goes into the first lane in which it covers none, or into none", () => {
  const labels = [0, 5, 9, 12, 30].map((at) => ({ at, width: 10 }));
  assert.deepEqual(lanesOf(labels, 2), [0, 1, -1, 0, 0]);
});
