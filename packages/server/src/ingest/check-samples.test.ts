import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSamples } from "./check-samples.ts";
import { FakeIntake } from "./fake-intake.ts";
import { SeriesLimit } from "./series-limit.ts";

function check(series: string, time: number, value: number | null, max = 9) {
  const intake = new FakeIntake();
  checkSamples([{ series, time, value }], intake, new SeriesLimit(intake, max));
}

test("check samples: any finite time and value of a canonical series is a sample", () => {
  check('cpu{host="a"}', -1.5, -0);
  check("temp", 8.64e15, null);
});

test("check samples: anything else is refused with what was expected", () => {
  assert.throws(() => check("a", Number.NaN, 1), /sample 0: expected Unix milliseconds.*found NaN/);
  assert.throws(() => check("a", 9e15, 1), /expected Unix milliseconds/);
  assert.throws(() => check("a", 0, Number.POSITIVE_INFINITY), /finite number.*found Infinity/);
  assert.throws(() => check('a{y="1",x="2"}', 0, 1), /expected series "a\{x=/);
  assert.throws(() => check("temp {room=1}", 0, 1), { code: "bad-input" });
  assert.throws(() => check("new", 0, 1, 0), { code: "too-many" });
});
