import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, type Round } from "./round.ts";
import { binary, clock } from "./text/counting.ts";

function first(round: Round, rough: number, count: number): number[] {
  const steps = round.steps(rough)[Symbol.iterator]();
  return Array.from({ length: count }, () => {
    const { times, over } = steps.next().value!;
    return times / over;
  });
}

test("round: decimal steps are 1, 2, 2.5 and 5 of each power of ten", () => {
  assert.deepEqual(first(decimal, 0.03, 6), [0.01, 0.02, 0.025, 0.05, 0.1, 0.2]);
  assert.deepEqual(first(decimal, 300, 3), [100, 200, 250]);
});

test("round: binary steps are powers of two", () => {
  assert.deepEqual(first(binary, 3000, 3), [2048, 4096, 8192]);
});

test("round: steps of a clock are those of its hands, in any unit", () => {
  assert.deepEqual(first(clock(1), 0.2, 8), [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10]);
  assert.deepEqual(first(clock(1e-3), 700, 6), [100, 200, 250, 500, 1000, 2000]);
  assert.deepEqual(first(clock(60), 1, 8).slice(-2), [1, 2]);
  assert.deepEqual(first(clock(1), 90_000, 19).slice(-3), [43_200, 86_400, 172_800]);
});

test("round: the first step is not larger than asked for, however small that is", () => {
  for (const round of [decimal, binary, clock(1), clock(3600)]) {
    for (const rough of [0, 5e-324, 1e-300, 1e-9, 1, 7, 1e5, 1e300]) {
      assert.ok(first(round, rough, 1)[0]! <= rough, `${rough}`);
    }
  }
});
