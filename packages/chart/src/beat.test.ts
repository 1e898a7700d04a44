import assert from "node:assert/strict";
import { test } from "node:test";
import { Beat, nextPhase } from "./beat.ts";

test("beat: the first turn is at once, the next at a common time", () => {
  const beat = new Beat(500);
  assert.equal(beat.nextAt(1234), Number.NEGATIVE_INFINITY);
  beat.done(1234);
  assert.equal(beat.nextAt(1235), 1500);
  beat.done(1500);
  assert.equal(beat.nextAt(1500), 2000);
});

test("beat: a phase moves all turns by as much", () => {
  const beat = new Beat(500, 0.5);
  beat.done(1234);
  assert.equal(beat.nextAt(1234), 1250);
  beat.done(1250);
  assert.equal(beat.nextAt(1251), 1750);
});

test("beat: what is in a hurry has its turn at once", () => {
  const beat = new Beat(500);
  beat.done(1234);
  beat.hurry();
  assert.ok(beat.nextAt(1235) <= 0);
});

test("beat: a clock that is set back makes nobody wait for what it said before", () => {
  const beat = new Beat(500);
  beat.done(3_600_000);
  assert.ok(beat.nextAt(1000) <= 0);
  beat.done(1000);
  assert.equal(beat.nextAt(1001), 1500);
});

test("beat: phases are spread: no two of fifty are close, and no tenth of a turn has none", () => {
  const phases = Array.from({ length: 50 }, nextPhase).sort((a, b) => a - b);
  const gaps = phases.slice(1).map((phase, i) => phase - phases[i]!);
  assert.ok(Math.min(...gaps) > 0.005, `${Math.min(...gaps)}`);
  assert.equal(new Set(phases.map((phase) => Math.floor(phase * 10))).size, 10);
});
