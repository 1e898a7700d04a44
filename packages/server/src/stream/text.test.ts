import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, isoTime, numberCell, numberJson, timeJson } from "./text.ts";

test("text: every number reads back exactly, and what is none is told as nothing", () => {
  for (const value of [0, -0, 0.1 + 0.2, 5e-324, Number.MAX_VALUE, 2 ** 53, -1e21]) {
    assert.ok(Object.is(JSON.parse(numberJson(value)), value));
    assert.equal(numberCell(value), numberJson(value));
  }
  assert.deepEqual([numberJson(Number.NaN), numberCell(Number.NaN)], ["null", ""]);
  assert.equal(numberJson(Number.POSITIVE_INFINITY), "null");
});

test("text: times are ISO 8601 with as many digits as they need", () => {
  const t = Date.UTC(2026, 0, 31, 12);
  assert.equal(isoTime(t), "2026-01-31T12:00:00.000Z");
  assert.equal(isoTime(t + 0.25), "2026-01-31T12:00:00.000250Z");
  assert.equal(isoTime(t + 0.9999), "2026-01-31T12:00:00.001Z");
  assert.equal(isoTime(-0.5), "1969-12-31T23:59:59.999500Z");
});

test("text: a time beyond the calendar is written as a number", () => {
  assert.equal(isoTime(1e300), "1e+300");
  assert.equal(isoTime(-9e15), "-9000000000000000");
});

test("text: a cell is in quotes if it must be", () => {
  assert.equal(csvCell("cpu"), "cpu");
  assert.equal(csvCell('b{c="x,y"}'), '"b{c=""x,y""}"');
});

test("text: a time in JSON is read back as what it is, also before 1973", () => {
  assert.equal(timeJson(1_769_857_200_000.125), "1769857200000.125");
  assert.equal(timeJson(0), '"1970-01-01T00:00:00.000Z"');
  assert.equal(timeJson(1e14), '"5138-11-16T09:46:40.000Z"');
});
