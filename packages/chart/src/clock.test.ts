import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceClock } from "./clock.ts";

const hour = 3_600_000;

function observed(...leads: number[]): number {
  const clock = new SourceClock();
  for (const lead of leads) clock.observe(1e12 + lead, 1e12);
  return clock.offsetMs;
}

test("clock: whole seconds and slow lines are not taken for skew", () => {
  assert.equal(observed(-400, -900, -1999), 0);
});

test("clock: a source an hour behind or ahead is followed", () => {
  assert.equal(observed(-hour, -hour, -hour), -hour);
  assert.equal(observed(hour, hour, hour), hour);
});

test("clock: samples that are a little ahead are not hidden until their time comes", () => {
  assert.equal(observed(700, 700, 700), 700);
});

test("clock: one absurd time among good ones moves nothing", () => {
  assert.equal(observed(-300, 1e15, -300), 0);
});

test("clock: what the server says is believed, and old samples do not contradict it", () => {
  const clock = new SourceClock();
  clock.know(5000);
  for (let i = 0; i < 20; i++) clock.observe(1e12 - 30 * hour, 1e12);
  assert.equal(clock.offsetMs, 5000);
  for (let i = 0; i < 20; i++) clock.observe(1e12 + 6000, 1e12);
  assert.equal(clock.offsetMs, 6000);
});
