import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceParam, countParam, durationParam, flagParam, timeParam } from "./query.ts";

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

test("query: of a few words one is taken, the first if there is none", () => {
  assert.equal(choiceParam("as", undefined, ["values", "rates"]), "values");
  assert.equal(choiceParam("as", "rates", ["values", "rates"]), "rates");
  assert.throws(
    () => choiceParam("format", "xml", ["json", "csv", "ndjson"]),
    /expected json, csv or ndjson for "format", found "xml"/,
  );
  for (const text of ["1", "true"]) assert.ok(flagParam("raw", text));
  for (const text of [undefined, "0", "false"]) assert.ok(!flagParam("raw", text));
  assert.throws(() => flagParam("raw", "yes"), /expected 0, 1, false or true for "raw"/);
});
