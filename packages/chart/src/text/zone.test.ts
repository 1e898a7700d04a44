import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOf, zoneOf } from "./zone.ts";
import { timeTitle } from "./zone-name.ts";

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

test("zone: what is remembered is what Intl says, at every quarter of an hour around every change", () => {
  const names = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Australia/Sydney"];
  const quarter = hour / 4;
  for (const name of [...names, "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"]) {
    const zone = zoneOf(name);
    const format = new Intl.DateTimeFormat("sv", {
      ...{ timeZone: name, dateStyle: "short", timeStyle: "medium" },
    });
    const check = (time: number) => {
      const local = Date.parse(`${format.format(time).replace(" ", "T")}Z`);
      assert.equal(zone(time), local - time, `${name} ${new Date(time).toISOString()}`);
    };
    let before = zone(Date.UTC(2011, 11, 1));
    let changes = 0;
    for (let at = Date.UTC(2011, 11, 1); at < Date.UTC(2013, 0); at += 6 * hour) {
      if (zone(at) !== before) {
        changes++;
        for (let near = at - 7 * hour; near < at + hour; near += quarter) {
          for (const time of [near, near + 1000, near + quarter - 1000]) check(time);
        }
      }
      before = zone(at);
    }
    const never = ["Asia/Kathmandu", "Africa/Cairo"].includes(name);
    assert.equal(changes, never ? 0 : name === "Pacific/Apia" ? 3 : 2, name);
  }
});

test("zone: an axis of a year asks often, and has its answers at once", () => {
  const zone = zoneOf("America/New_York");
  const year = Array.from({ length: 366 }, (_, i) => Date.UTC(2026, 0, 1, 5) + i * 24 * hour);
  for (const time of year) zone(time);
  const begun = performance.now();
  for (let round = 0; round < 100; round++) for (const time of year) instantOf(time, zone);
  const perLookup = ((performance.now() - begun) * 1000) / (100 * year.length);
  // Intl takes some ten microseconds for one of up to four.
  assert.ok(perLookup < 8, `${perLookup.toFixed(1)} µs`);
});

test("zone: an axis names the zone unless it is the reader's own", () => {
  assert.equal(timeTitle("UTC"), "Time (UTC)");
  assert.equal(timeTitle("Europe/Berlin"), "Time (Europe/Berlin)");
  assert.equal(timeTitle("America/New_York"), "Time (America/New York)");
  assert.equal(timeTitle(), "Time");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");
  assert.equal(timeTitle(undefined, true), `Time (${own})`);
});

test("zone: what is no zone is refused", () => {
  assert.throws(() => zoneOf("Mars/Olympus"), RangeError);
});
