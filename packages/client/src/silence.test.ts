import assert from "node:assert/strict";
import { test } from "node:test";
import { Silence } from "./silence.ts";

function heard(...pauses: number[]): Silence {
  const silence = new Silence();
  for (const ms of pauses) silence.ended(ms);
  return silence;
}

test("silence: two and a half promised heartbeats are too long", () => {
  const silence = new Silence();
  silence.promised(15_000);
  assert.equal(silence.limitMs(), 37_500);
  silence.promised(0);
  assert.equal(silence.limitMs(), 2500);
});

test("silence: without a promise nothing is too long until there is a rhythm", () => {
  assert.equal(new Silence().limitMs(), undefined);
  assert.equal(heard(...Array(100).fill(1)).limitMs(), undefined, "a burst is no rhythm");
  assert.equal(heard(...Array(9).fill(60_000)).limitMs(), undefined);
});

test("silence: with a rhythm it is ten times the longest pause, at least 30 s", () => {
  assert.equal(heard(...Array(60).fill(1000)).limitMs(), 30_000);
  assert.equal(heard(...Array(9).fill(1000), 600_000).limitMs(), 6_000_000);
});

test("silence: each cut doubles it, within bounds", () => {
  const silence = heard(...Array(60).fill(1000));
  silence.cut();
  assert.equal(silence.limitMs(), 60_000);
  for (let i = 0; i < 1000; i++) silence.cut();
  assert.equal(silence.limitMs(), 64 * 30_000);
});
