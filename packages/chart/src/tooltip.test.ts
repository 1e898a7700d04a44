import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring } from "./ring.ts";
import { nearestTime, sampleNear } from "./tooltip.ts";

function ringOf(samples: [number, number | null][]): Ring {
  const ring = new Ring(1000);
  for (const [time, value] of samples) ring.add(time, value);
  return ring;
}

const everySecond = ringOf([1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t]));
const view = { from: 1500, to: 5500 };

test("tooltip: the sample nearest to the pointer is found, on either side", () => {
  assert.equal(nearestTime(everySecond, 3400, view), 3000);
  assert.equal(nearestTime(everySecond, 3600, view), 4000);
  assert.equal(nearestTime(everySecond, 9999, view), 5000);
  assert.equal(nearestTime(everySecond, 0, view), 2000);
});

test("tooltip: samples that are absent or out of view are not found", () => {
  const ring = ringOf([
    [1000, 1],
    [3000, null],
    [4000, 4],
  ]);
  assert.equal(nearestTime(ring, 2900, view), 4000);
  assert.equal(nearestTime(ringOf([[1000, 1]]), 2000, view), undefined);
  assert.equal(nearestTime(ringOf([]), 2000, view), undefined);
});

test("tooltip: a series without a sample near the time has no value there", () => {
  assert.equal(sampleNear(everySecond, 3400), 2);
  assert.equal(sampleNear(everySecond, 6900), 5);
  assert.equal(sampleNear(everySecond, 7100), -1);
  assert.equal(sampleNear(ringOf([]), 1000), -1);
});

test("tooltip: a bucket of history stands for all its time", () => {
  const ring = new Ring(1000);
  for (let at = 0; at < 600_000; at += 60_000) {
    ring.add(at, 1, 60_000);
    ring.add(at + 59_000, 2, 60_000);
  }
  assert.equal(ring.cadence.medianMs, 1000);
  assert.equal(sampleNear(ring, 20_000), 0);
  assert.equal(sampleNear(ring, 700_000), -1);
});
