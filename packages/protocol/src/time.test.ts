import assert from "node:assert/strict";
import { test } from "node:test";
import { epochToMs, parseTime } from "./time.ts";

test("time: the magnitude of an epoch tells its unit", () => {
  assert.equal(epochToMs(1_700_000_000), 1_700_000_000_000);
  assert.equal(epochToMs(1_700_000_000.123456), 1_700_000_000_123.456);
  assert.equal(epochToMs(1_700_000_000_123), 1_700_000_000_123);
  assert.equal(epochToMs(1_700_000_000_123_456), 1_700_000_000_123.456);
  assert.equal(epochToMs(1_700_000_000_123_456_800), 1_700_000_000_123.457);
  assert.equal(epochToMs(-1_700_000_000), -1_700_000_000_000);
});

test("time: what is too small or too large for an epoch is none", () => {
  for (const epoch of [0, 0.045, 99_999_999, -5, 1.1e20, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(epochToMs(epoch), undefined, String(epoch));
  }
});

test("time: ISO 8601 with a zone", () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  for (const text of [
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00z",
    "2026-01-31 12:00:00 UTC",
    "2026-01-31T12:00Z",
    "2026-01-31T14:00:00+02:00",
    "2026-01-31T14:00:00+02",
    "2026-01-31 06:30:00 -0530",
  ]) {
    assert.equal(parseTime(text), noon, text);
  }
});

test("time: without a zone ISO 8601 is local time, of which a date alone is the first moment", () => {
  assert.equal(parseTime("2026-07-31 12:00:05"), new Date(2026, 6, 31, 12, 0, 5).getTime());
  assert.equal(parseTime("2026-01-31"), new Date(2026, 0, 31).getTime());
});

test("time: microseconds are kept, and finer ones rounded to them", () => {
  const second = Date.UTC(2026, 0, 31, 12);
  assert.equal(parseTime("2026-01-31T12:00:00.123456Z"), second + 123.456);
  assert.equal(parseTime("2026-01-31T12:00:00,5Z"), second + 500);
  assert.equal(parseTime("2026-01-31T12:00:00.9999999Z"), second + 1000);
});

test("time: years below 100 and leap days are what they are", () => {
  assert.equal(parseTime("0050-03-01T00:00:00Z"), Date.parse("0050-03-01T00:00:00Z"));
  assert.equal(parseTime("2024-02-29T00:00:00Z"), Date.UTC(2024, 1, 29));
  assert.equal(parseTime("2000-02-29T00:00:00Z"), Date.UTC(2000, 1, 29));
});

test("time: what the calendar does not have is no time", () => {
  for (const text of [
    "2026-02-30T00:00:00Z",
    "2025-02-29",
    "1900-02-29T00:00:00Z",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-04-31",
    "2026-01-01T24:00:00Z",
    "2026-01-01T25:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+02:60",
    "2026-1-1",
    "2026-01-01T",
    "2026-01-01T00",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00 CET",
    "01/02/2026",
    "12:00:00",
    "now",
    "",
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
});
