import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceZone } from "./source-zone.ts";

const now = 1_790_000_000_000;
const hour = 3_600_000;

/** Where a time is put that is `here` in the zone of this machine, and `utc` in UTC. */
function place(zone: SourceZone, here: number, utc: number): number {
  const both = [here, utc];
  return zone.place(() => both.shift()!, now);
}

test("source zone: what is now here is of here, and stays so", () => {
  const zone = new SourceZone(undefined);
  assert.equal(place(zone, now - 1000, now - hour), now - 1000);
  assert.equal(place(zone, now - hour, now), now - hour);
  assert.deepEqual([zone.told, zone.used], [false, true]);
  assert.equal(zone.name, new Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test("source zone: what is now in UTC and not here is of UTC, and stays so", () => {
  const zone = new SourceZone(undefined);
  assert.equal(place(zone, now - 3 * hour, now - hour), now - 3 * hour, "neither is now");
  assert.equal(place(zone, now - 2 * hour, now), now);
  assert.equal(zone.name, "UTC");
  assert.equal(
    zone.place((there) => there(now), now),
    0,
  );
});

test("source zone: a time that is the same in both decides nothing", () => {
  const zone = new SourceZone(undefined);
  assert.equal(place(zone, now, now), now);
  assert.equal(place(zone, now - hour, now), now);
  assert.equal(zone.name, "UTC");
});

test("source zone: a zone that was told is not judged by what time it is", () => {
  const zone = new SourceZone("Asia/Kolkata");
  assert.equal(
    zone.place((there) => there(now), now),
    5.5 * hour,
  );
  assert.deepEqual([zone.told, zone.name], [true, "Asia/Kolkata"]);
});
