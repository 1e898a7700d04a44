import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring } from "../data/ring.ts";
import type { Band } from "../scene.ts";
import { fakeScene } from "./fake-scene.ts";
import { heightOf, nearestTime, readingAt, sampleNear, stepFrom } from "./nearest.ts";

function ringOf(samples: [number, number | null][]): Ring {
  const ring = new Ring(1000);
  for (const [time, value] of samples) ring.add(time, value);
  return ring;
}

const everySecond = ringOf([1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t]));
const view = { from: 1500, to: 5500 };

test("nearest: the sample nearest to the pointer is found, on either side", () => {
  assert.equal(nearestTime(everySecond, 3400, view), 3000);
  assert.equal(nearestTime(everySecond, 3600, view), 4000);
  assert.equal(nearestTime(everySecond, 9999, view), 5000);
  assert.equal(nearestTime(everySecond, 0, view), 2000);
});

test("nearest: samples that are absent or out of view are not found", () => {
  const ring = ringOf([
    [1000, 1],
    [3000, null],
    [4000, 4],
  ]);
  assert.equal(nearestTime(ring, 2900, view), 4000);
  assert.equal(nearestTime(ringOf([[1000, 1]]), 2000, view), undefined);
  assert.equal(nearestTime(ringOf([]), 2000, view), undefined);
});

test("nearest: a series without a sample near the time has no value there", () => {
  assert.equal(sampleNear(everySecond, 3400), 2);
  assert.equal(sampleNear(everySecond, 6900), 5);
  assert.equal(sampleNear(everySecond, 7100), -1);
  assert.equal(sampleNear(ringOf([]), 1000), -1);
});

test("nearest: a bucket of history stands for all its time", () => {
  const ring = new Ring(1000);
  for (let at = 0; at < 600_000; at += 60_000) {
    ring.add(at, 1, 60_000);
    ring.add(at + 59_000, 2, 60_000);
  }
  assert.equal(ring.cadence.medianMs, 1000);
  assert.equal(sampleNear(ring, 20_000), 0);
  assert.equal(sampleNear(ring, 700_000), -1);
});

function reading(ring: Ring, time: number, bands: Band[] = []): string {
  const { text } = readingAt({ ring, text: (value) => `${value} W` }, time, bands);
  return text.replaceAll("\u00a0", " ");
}

test("nearest: where a series has no value, it is said why", () => {
  const times = [1, 2, 3, 4, 5, 6, 20, 21];
  const ring = ringOf([...times.map((t): [number, number] => [t * 1000, t]), [22_000, null]]);
  assert.equal(reading(ring, 3100), "3 W");
  assert.equal(reading(ring, 13_000), "silent for 14 s");
  assert.equal(reading(ring, 30_000), "silent for 8 s");
  assert.equal(reading(ring, 22_000), "no value");
  assert.equal(reading(ring, -9000), "–");
});

test("nearest: what was lost is not called silence, and what a band explains is not explained twice", () => {
  const ring = ringOf([1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t]));
  const band = { from: 6000, to: 20_000, text: "Offline" } as const;
  assert.equal(reading(ring, 13_000, [{ ...band, kind: "offline" }]), "–");
  assert.equal(reading(ring, 13_000, [{ ...band, kind: "silent" }]), "silent for 7 s");
  ring.cut();
  ring.add(20_000, 20);
  assert.equal(reading(ring, 13_000), "–");
});

test("nearest: a short pause of a slow series is no silence", () => {
  const ring = ringOf([0, 100, 200, 300, 400, 1300].map((t) => [t, t]));
  assert.equal(reading(ring, 850), "–");
});

test("nearest: stacked, a value is where it is drawn", () => {
  const samples = [1, 2, 3].map((t) => [t * 1000, t] as const);
  const [plain] = fakeScene([{ name: "a", samples }]).series;
  const [stacked] = fakeScene([{ name: "a", samples, bases: [10, 20, 30] }]).series;
  const reading = readingAt(plain!, 2000, []);
  assert.equal(heightOf(plain!, reading), 2);
  assert.equal(heightOf(stacked!, reading), 22);
});

test("nearest: steps go from point to point, and end at those in view", () => {
  const samples = [1, 2, 3, 4, 5, 6].map((t) => [t * 1000, t] as const);
  const { line } = fakeScene([{ name: "a", samples }]).series[0]!;
  const step = (from: number | undefined, by: number) =>
    line.times[stepFrom(line, view, from, by)] ?? 0;
  assert.equal(step(undefined, -1), 5000);
  assert.equal(step(5000, -1), 4000);
  assert.equal(step(4000, 1), 5000);
  assert.equal(step(5000, 1), 5000);
  assert.equal(step(5000, -10), 2000);
  assert.equal(step(3100, 0), 3000);
  assert.equal(stepFrom(line, { from: 7000, to: 8000 }, undefined, 1), -1);
});
