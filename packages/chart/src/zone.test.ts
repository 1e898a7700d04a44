import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOf, zoneOf } from "./zone.ts";

const berlin = zoneOf("Europe/Berlin");
const hour = 3_600_000;

test("zone: offsets follow the clock changes, and part hours are kept", () => {
  assert.equal(berlin(Date.UTC(2026, 0, 15)), hour);
  assert.equal(berlin(Date.UTC(2026, 6, 15)), 2 * hour);
  assert.equal(zoneOf("Asia/Kathmandu")(0), 5.5 * hour);
  assert.equal(zoneOf("Asia/Kathmandu")(Date.UTC(2026, 0, 1)), 5.75 * hour);
  assert.equal(zoneOf("America/St_Johns")(Date.UTC(2026, 0, 1)), -3.5 * hour);
  assert.equal(zoneOf("UTC")(0), 0);
});

test("zone: the machine's own zone is the one without a name", () => {
  const time = Date.UTC(2026, 6, 15);
  assert.equal(zoneOf()(time), -new Date(time).getTimezoneOffset() * 60_000);
});

test("zone: the instant of a local time, on either side of a change", () => {
  assert.equal(instantOf(Date.UTC(2026, 2, 29, 1), berlin), Date.UTC(2026, 2, 29, 0));
  assert.equal(instantOf(Date.UTC(2026, 2, 29, 3), berlin), Date.UTC(2026, 2, 29, 1));
});

test("zone: of an hour that comes twice the first is meant", () => {
  assert.equal(instantOf(Date.UTC(2026, 9, 25, 2, 30), berlin), Date.UTC(2026, 9, 25, 0, 30));
});

test("zone: a time that a change skips is shortly after it", () => {
  assert.equal(instantOf(Date.UTC(2026, 2, 29, 2, 30), berlin), Date.UTC(2026, 2, 29, 1, 30));
});
