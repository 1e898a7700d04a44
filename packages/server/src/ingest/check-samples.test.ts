import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSamples } from "./check-samples.ts";
import { FakeIntake } from "./fake-intake.ts";
import { SeriesLimit } from "./series-limit.ts";
import { everyTime, maxAheadMs } from "./time-range.ts";

function check(series: string, time: number, value: number | null, max = 9, range = everyTime) {
  const intake = new FakeIntake();
  intake.range = range;
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

test("check samples: what is outside of the times that are taken is refused", () => {
  const range = { from: 1_000, to: 2_000 + maxAheadMs };
  for (const time of [range.from, range.to]) check("a", time, 1, 9, range);
  const old =
    "cannot append sample 0: expected a time within what is kept (since 1970-01-01T00:00:01Z), found 1970-01-01T00:00:00Z";
  assert.throws(() => check("a", 0, 1, 9, range), { code: "bad-input", message: old });
  assert.throws(
    () => check("a", 8.64e15, 1, 9, range),
    /a year ahead .*, found \+275760-09-13T00:/,
  );
});
