import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

test("backoff: the ceiling doubles from 250 ms and stays at 30 s", () => {
  const ceilings = [0, 1, 2, 6, 7, 8, 10_000].map((n) => backoffMs(n, () => 1));
  assert.deepEqual(ceilings, [250, 500, 1000, 16_000, 30_000, 30_000, 30_000]);
});

test("backoff: chance takes anything from nothing to the ceiling", () => {
  assert.equal(
    backoffMs(9, () => 0),
    0,
  );
  assert.equal(
    backoffMs(3, () => 0.5),
    1000,
  );
});
