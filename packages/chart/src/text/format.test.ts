import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clockText,
  durationText,
  momentText,
  readableDecimals,
  tickTexts,
  timeLabel,
  valueText,
  withUnit,
} from "./format.ts";

const ticks = (step: number, ...values: number[]) => tickTexts(values, step, "en-GB");

test("format: ticks have the digits that tell them apart, all the same number of them", () => {
  assert.deepEqual(ticks(25, 0, 25, 50, 75, 100), ["0", "25", "50", "75", "100"]);
  assert.deepEqual(ticks(0.5, 0, 0.5, 1), ["0.0", "0.5", "1.0"]);
  assert.deepEqual(ticks(0.25, 0, 0.25, 0.5), ["0.00", "0.25", "0.50"]);
  assert.deepEqual(ticks(1000, 1000, 2000), ["1,000", "2,000"]);
});

test("format: large ticks are short, unless that would make them equal", () => {
  assert.deepEqual(ticks(5e5, 0, 5e5, 1e6, 1.5e6), ["0", "500k", "1m", "1.5m"]);
  assert.deepEqual(ticks(1, 1e6, 1e6 + 1), ["1,000,000", "1,000,001"]);
});

test("format: tiny and huge ticks have a power of ten", () => {
  assert.deepEqual(ticks(2e-8, 0, 2e-8, 4e-8), ["0", "2×10⁻⁸", "4×10⁻⁸"]);
  assert.deepEqual(ticks(5e299, 1e300, 1.5e300), ["1×10³⁰⁰", "1.5×10³⁰⁰"]);
});

test("format: a value keeps its number of digits, so that its width does not change", () => {
  assert.equal(valueText(21.4, 2, "en-GB"), "21.40");
  assert.equal(valueText(-1234.5, 1, "en-GB"), "-1,234.5");
  assert.equal(valueText(0, 1, "en-GB"), "0.0");
  assert.equal(valueText(1.23456e-9, 6, "en-GB"), "1.235×10⁻⁹");
});

test("format: of a value's digits those are shown that the axis makes worth reading", () => {
  assert.equal(readableDecimals(20, 6), 1);
  assert.equal(readableDecimals(0.1, 6), 3);
  assert.equal(readableDecimals(0.1, 1), 1);
  assert.equal(readableDecimals(1e6, 6), 0);
});

test("format: a unit follows with a space, a percent sign without one", () => {
  assert.equal(withUnit("37", "%"), "37%");
  assert.equal(withUnit("21.4", "°C"), "21.4\u00a0°C");
  assert.equal(withUnit("1", undefined), "1");
});

test("format: durations are as exact as anyone needs", () => {
  const texts = [-5, 14_999, 60_000, 3_600_000, 7_500_000, 4 * 86_400_000].map(durationText);
  const spaced = texts.map((text) => text.replaceAll("\u00a0", " "));
  assert.deepEqual(spaced, ["0 s", "14 s", "1 min", "1 h", "2 h 5 min", "4 d"]);
});

test("format: moments are in the zone asked for, with milliseconds where that is worth it", () => {
  const time = Date.UTC(2026, 10, 22, 10, 3, 22, 150);
  assert.equal(momentText(time, false, "Europe/Berlin", "en-GB", time), "22 Nov, 11:03:22");
  assert.equal(momentText(time, true, "Europe/Berlin", "en-GB", time), "22 Nov, 11:03:22.150");
  const later = time + 400 * 86_400_000;
  assert.equal(momentText(time, false, "UTC", "en-GB", later), "22 Nov 2026, 10:03:22");
  assert.equal(clockText(time, "UTC", "en-GB"), "10:03:22");
});

test("format: labels of time do without AM and PM, until they are an hour apart or more", () => {
  const label = timeLabel("UTC", "en-US");
  const time = Date.UTC(2026, 10, 22, 15, 5, 30);
  assert.equal(label(time, { ms: 30_000 }, false), "3:05:30");
  assert.equal(label(time, { ms: 300_000 }, false), "3:05");
  assert.match(label(time, { ms: 3_600_000 }, false), /^3:05\sPM$/);
  assert.equal(timeLabel("UTC", "de")(time, { ms: 300_000 }, false), "15:05");
});

test("format: labels of months name the year only where it begins", () => {
  const label = timeLabel("Europe/Berlin", "en-GB");
  assert.equal(label(Date.UTC(2026, 9, 31, 23), { months: 1 }, false), "Nov");
  assert.equal(label(Date.UTC(2025, 11, 31, 23), { months: 1 }, true), "2026");
  assert.equal(label(Date.UTC(2025, 11, 31, 23), { months: 24 }, true), "2026");
});
