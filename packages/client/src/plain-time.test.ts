import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlainTime } from "./plain-time.ts";

/** Half past two in the afternoon, local time. */
const now = new Date(2026, 2, 4, 14, 30, 20, 250).getTime();

function reads(value: unknown, ms: number, stepMs: number, at = now) {
  assert.deepEqual(parsePlainTime(value, at), { ms, stepMs }, String(value));
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
    assert.equal(parsePlainTime(value, now), undefined, JSON.stringify(value));
  }
});
