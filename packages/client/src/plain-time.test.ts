import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimeFormat } from "./plain-options.ts";
import { parsePlainTime } from "./plain-time.ts";
import { SourceZone } from "./source-zone.ts";

/** Half past two in the afternoon, local time. */
const now = new Date(2026, 2, 4, 14, 30, 20, 250).getTime();

function parse(value: unknown, at: number, format?: TimeFormat, zone?: string) {
  const rules = { now: at, zone: new SourceZone(zone), ...(format ? { format } : {}) };
  return parsePlainTime(value, rules);
}

function reads(value: unknown, ms: number, stepMs: number, at = now) {
  const { format, ...time } = parse(value, at)!;
  assert.deepEqual(time, { ms, stepMs }, String(value));
}

test("plain time: Unix time is told apart by size", () => {
  const ms = 1_700_000_000_123;
  reads(1_700_000_000, 1_700_000_000_000, 1000);
  reads(1_700_000_000.123, ms, 0);
  reads("1700000000.123456", 1_700_000_000_123.456, 0);
  reads(ms, ms, 0);
  reads(ms * 1000 + 5, ms + 0.005, 0);
  reads(ms * 1e6, ms, 0);
});

test("plain time: ISO 8601 with a zone is absolute, without one it is local", () => {
  reads("2026-03-04T05:06:07Z", Date.UTC(2026, 2, 4, 5, 6, 7), 1000);
  reads("2026-03-04T05:06:07.1234567+02:00", Date.UTC(2026, 2, 4, 3, 6, 7) + 123.456, 0);
  reads("2026-03-04 05:06:07 -0130", Date.UTC(2026, 2, 4, 6, 36, 7), 1000);
  reads("2026-03-04 05:06:07 UTC", Date.UTC(2026, 2, 4, 5, 6, 7), 1000);
  reads("2026-03-04 05:06:07", new Date(2026, 2, 4, 5, 6, 7).getTime(), 1000);
  reads("2026/3/4 05:06", new Date(2026, 2, 4, 5, 6).getTime(), 60_000);
  reads("2026-03-04, 05:06:07,5", new Date(2026, 2, 4, 5, 6, 7, 500).getTime(), 0);
  reads("2026-03-04", new Date(2026, 2, 4).getTime(), 86_400_000);
  reads("Wed, 04 Mar 2026 05:06:07 GMT", Date.UTC(2026, 2, 4, 5, 6, 7), 1000);
});

test("plain time: a time of day is the one nearest to now", () => {
  reads("14:30:19", new Date(2026, 2, 4, 14, 30, 19).getTime(), 1000);
  reads("14:30:19.75", new Date(2026, 2, 4, 14, 30, 19, 750).getTime(), 0);
  reads("2:30:19 PM", new Date(2026, 2, 4, 14, 30, 19).getTime(), 1000);
  const midnight = new Date(2026, 2, 4, 0, 0, 1).getTime();
  reads("23:59:59", new Date(2026, 2, 3, 23, 59, 59).getTime(), 1000, midnight);
  reads("12:00:05 am", new Date(2026, 2, 4, 0, 0, 5).getTime(), 1000, midnight);
  reads("00:00:01", new Date(2026, 2, 5, 0, 0, 1).getTime(), 1000, midnight + 86_399_000 - 1000);
});

test("plain time: two numbers are minutes and seconds, unless hours and minutes are nearer", () => {
  reads("30:19", new Date(2026, 2, 4, 14, 30, 19).getTime(), 1000);
  reads("14:30", new Date(2026, 2, 4, 14, 30).getTime(), 60_000);
  const newHour = new Date(2026, 2, 4, 15, 0, 1).getTime();
  reads("59:59", new Date(2026, 2, 4, 14, 59, 59).getTime(), 1000, newHour);
});

test("plain time: anything else is none", () => {
  const wrong = [12.5, 0, -1_700_000_000, 1e21, Number.NaN, null, true, {}, [], "", "now", "12"];
  const texts = ["0000-00-00 00:00:00", "2026-02-30", "2026-13-01", "2026-01-01 24:00:00"];
  for (const value of [...wrong, ...texts, "25:00:00", "61:61", "13:00 PM", "2026-01-01T00:00Zz"]) {
    assert.equal(parse(value, now), undefined, JSON.stringify(value));
  }
});

test("plain time: the format that was recognized is told", () => {
  const all: [unknown, TimeFormat][] = [
    [1_700_000_000, "unix-s"],
    ["1700000000123", "unix-ms"],
    [1_700_000_000_123_000, "unix-us"],
    [1_700_000_000_123_000_000, "unix-ns"],
    ["2026-03-04 05:06", "iso"],
    ["Wed, 04 Mar 2026 05:06:07 GMT", "iso"],
    ["14:30:19", "time-of-day"],
    ["30:19", "mm:ss"],
  ];
  for (const [value, format] of all) assert.equal(parse(value, now)?.format, format, `${value}`);
});

test("plain time: of a format that was told, only that is one", () => {
  assert.equal(parse(1_700, now, "unix-s")?.ms, 1_700_000);
  assert.equal(parse("1700", now, "unix-ms")?.ms, 1_700);
  assert.equal(parse(1_700_000_000_123_456, now, "unix-us")?.ms, 1_700_000_000_123.456);
  assert.equal(parse("14:20", now, "mm:ss")?.ms, new Date(2026, 2, 4, 14, 14, 20).getTime());
  assert.equal(parse("14:20", now, "time-of-day")?.ms, new Date(2026, 2, 4, 14, 20).getTime());
  const wrong: [unknown, TimeFormat][] = [
    ["2026-03-04 05:06", "unix-s"],
    [1_700_000_000, "iso"],
    ["14:30:19", "mm:ss"],
    ["30:19", "time-of-day"],
    ["14:30:19", "iso"],
    ["2026-03-04 05:06", "time-of-day"],
  ];
  for (const [value, format] of wrong) {
    assert.equal(parse(value, now, format), undefined, `${value} as ${format}`);
  }
});

test("plain time: a time without a zone is in the one that was told, on both sides of a change", () => {
  const read = (text: string, zone: string, at = Date.UTC(2026, 5, 1)) =>
    parse(text, at, undefined, zone)?.ms;
  assert.equal(read("2026-01-31 12:00:00", "America/New_York"), Date.UTC(2026, 0, 31, 17));
  assert.equal(read("2026-07-31 12:00:00", "America/New_York"), Date.UTC(2026, 6, 31, 16));
  assert.equal(read("2026-01-31 12:00:00Z", "America/New_York"), Date.UTC(2026, 0, 31, 12));
  // At night from the 28th to the 29th of March clocks in Berlin skip from 2 to 3.
  assert.equal(read("2026-03-29 01:59:59", "Europe/Berlin"), Date.UTC(2026, 2, 29, 0, 59, 59));
  assert.equal(read("2026-03-29 03:00:00", "Europe/Berlin"), Date.UTC(2026, 2, 29, 1));
  assert.equal(read("2026-03-29 02:30:00", "Europe/Berlin"), Date.UTC(2026, 2, 29, 1, 30));
  // On the 25th of October the hour from 2 to 3 comes twice: it is the one that is now.
  for (const at of [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)]) {
    assert.equal(read("2026-10-25 02:30:00", "Europe/Berlin", at), at);
  }
});

test("plain time: a time of day is one of the zone that was told", () => {
  // Half past one in the night in Kolkata, five and a half hours ahead: yesterday in UTC.
  const at = Date.UTC(2026, 2, 3, 20, 0, 5);
  assert.equal(parse("01:30:04", at, undefined, "Asia/Kolkata")?.ms, at - 1000);
  assert.equal(parse("30:04", at, "mm:ss", "Asia/Kolkata")?.ms, at - 1000);
});

test("plain time: the year 9999 is no time", () => {
  for (const never of ["9999-12-31T23:59:59Z", "9999-12-31 23:59:59"]) {
    assert.equal(parse(never, now), undefined);
  }
  assert.equal(parse("2999-12-31T00:00:00Z", now)?.format, "iso");
});
