import assert from "node:assert/strict";
import { test } from "node:test";
import { Cadence } from "./cadence.ts";

function after(...intervals: number[]): Cadence {
  const cadence = new Cadence();
  for (const interval of intervals) cadence.record(interval);
  return cadence;
}

test("cadence: two intervals are too few to know it, and nothing is silent then", () => {
  assert.equal(after(1000, 1000).medianMs, Number.NaN);
  assert.equal(after(1000, 1000).silenceMs, Number.POSITIVE_INFINITY);
});

test("cadence: the median is not moved by an outage", () => {
  assert.equal(after(1000, 1000, 3_600_000, 1000, 1000).silenceMs, 3000);
});

test("cadence: a series that becomes slower is believed after as many intervals as are remembered", () => {
  const cadence = after(...Array<number>(40).fill(1000));
  for (let i = 0; i < 40; i++) cadence.record(60_000);
  assert.equal(cadence.medianMs, 60_000);
});

test("cadence: silence is never shorter than a second", () => {
  assert.equal(after(...Array<number>(10).fill(10)).silenceMs, 1000);
});

test("cadence: of samples that came at once nothing is learnt", () => {
  const cadence = new Cadence();
  for (let i = 0; i < 40; i++) cadence.record(i % 10 === 0 ? 200 : 1 / 1024);
  assert.equal(cadence.medianMs, 200);
});
