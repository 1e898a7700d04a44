import assert from "node:assert/strict";
import { test } from "node:test";
import { rarely } from "./rarely.ts";

test("rarely: tells at once, then once a minute, and counts in between", () => {
  let now = 5;
  const told: number[] = [];
  const happened = rarely(
    (times) => told.push(times),
    () => now,
  );
  happened();
  assert.deepEqual(told, [1]);
  for (let more = 0; more < 1000; more++) happened();
  now += 59_999;
  happened();
  assert.deepEqual(told, [1]);
  now += 1;
  happened();
  assert.deepEqual(told, [1, 1002]);
  now += 3_600_000;
  happened();
  assert.deepEqual(told, [1, 1002, 1]);
});
