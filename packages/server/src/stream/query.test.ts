import assert from "node:assert/strict";
import { test } from "node:test";
import { countParam, durationParam, timeParam } from "./query.ts";

const now = 1_700_000_000_000;

test("query: what is not there is the default", () => {
  assert.equal(durationParam("span", undefined, 7), 7);
  assert.equal(countParam("px", undefined, 7), 7);
  assert.equal(timeParam("from", undefined, 7, now), 7);
});

test("query: times are ISO 8601, Unix milliseconds, a while ago, or now", () => {
  const time = (text: string) => timeParam("from", text, 0, now);
  assert.equal(time("2023-11-14T22:13:20Z"), now);
  assert.equal(time("1700000000000.5"), now + 0.5);
  assert.equal(time("-15m"), now - 900_000);
  assert.equal(time("now"), now);
});

test("query: anything else is refused with what was expected and what was found", () => {
  assert.throws(
    () => durationParam("span", "long", 0),
    /a duration such as 15m for "span".*"long"/,
  );
  for (const text of ["0", "-1", "1.5", "x", "99999999"]) {
    assert.throws(() => countParam("px", text, 0), /a whole number from 1 for "px"/, text);
  }
  for (const text of ["yesterday", "-x", "", "NaN", "-1", "hello 5", "2026-02-30"]) {
    assert.throws(() => timeParam("to", text, 0, now), /expected a time such as .* for "to"/, text);
  }
});
