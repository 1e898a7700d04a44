import assert from "node:assert/strict";
import { test } from "node:test";
import { createArrivalClock } from "./arrival-clock.ts";

test("arrival clock: times within one millisecond are a microsecond apart", () => {
  const clock = createArrivalClock(() => 1_700_000_000_000);
  assert.deepEqual(
    [clock(), clock(), clock()],
    [1_700_000_000_000, 1_700_000_000_000.001, 1_700_000_000_000.002],
  );
});

test("arrival clock: a hundred thousand times are as many different ones", () => {
  const clock = createArrivalClock(() => 1_700_000_000_000);
  const times = new Set(Array.from({ length: 100_000 }, clock));
  assert.equal(times.size, 100_000);
});

test("arrival clock: it follows the real one, but never back", () => {
  let now = 1_700_000_000_000;
  const clock = createArrivalClock(() => now);
  clock();
  now += 5;
  assert.equal(clock(), now);
  now -= 1_000;
  assert.equal(clock(), 1_700_000_000_005.001);
});
