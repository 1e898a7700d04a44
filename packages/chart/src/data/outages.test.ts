import assert from "node:assert/strict";
import { test } from "node:test";
import { Outages } from "./outages.ts";

const now = 1_790_000_000_000;
const second = { intervalMs: 1000 };

/** Something may be lost after a sample of `from`, which was heard then. */
function lost(from: number, more: { certain?: boolean; reason?: string } = {}) {
  const outages = new Outages();
  outages.lose({ from, heardAt: from, certain: false, reason: undefined, ...more });
  return outages;
}

function kinds(outages: Outages, at = now): string[] {
  return outages.bands(at).map(({ kind, from, to }) => `${kind} ${from - now} ${to - now}`);
}

test("outages: what was lost is from the last sample before to the first after", () => {
  const outages = lost(now - 9000);
  assert.equal(outages.lostSince, now - 9000);
  assert.equal(outages.found({ from: now - 9000, to: now, ...second }, now), true);
  assert.deepEqual(kinds(outages), ["offline -9000 0"]);
  assert.match(outages.bands(now)[0]!.text, /^Not connected/);
  assert.equal(outages.lostSince, undefined);
});

test("outages: nothing was lost where samples go on as they are apart, unless that is known", () => {
  const hole = { from: now - 1400, to: now, ...second };
  const whole = lost(now - 1400);
  assert.equal(whole.found(hole, now), false);
  assert.deepEqual(kinds(whole), []);
  const told = lost(now - 1400, { certain: true, reason: "too slow" });
  assert.equal(told.found(hole, now), true);
  assert.equal(told.bands(now)[0]!.text, "Samples are missing: too slow");
});

test("outages: with an unknown cadence a second is no loss", () => {
  const hole = (ms: number) => ({ from: now - ms, to: now, intervalMs: Number.NaN });
  assert.equal(lost(now - 900).found(hole(900), now), false);
  assert.equal(lost(now - 1100).found(hole(1100), now), true);
});

test("outages: of several losses in a row the first counts, and whatever is certain", () => {
  const outages = lost(now - 9000);
  outages.lose({ from: now - 8000, heardAt: now - 8000, certain: true, reason: "trimmed" });
  outages.lose({ from: now - 7000, heardAt: now - 7000, certain: false, reason: "later" });
  assert.equal(outages.lostSince, now - 9000);
  assert.equal(outages.found({ from: now - 9000, to: now - 8990, ...second }, now), true);
  assert.match(outages.bands(now)[0]!.text, /trimmed$/);
});

test("outages: before the first sample there is nothing to lose", () => {
  const outages = lost(Number.NEGATIVE_INFINITY);
  assert.equal(outages.lostSince, undefined);
});

test("outages: while there is no connection, what is missing grows, unless it is soon back", () => {
  const outages = lost(now - 5000);
  outages.cut(now - 4000, now - 5000);
  outages.cut(now - 1000, now - 5000);
  assert.deepEqual(kinds(outages, now - 1001), []);
  assert.deepEqual(kinds(outages), ["offline -5000 Infinity"]);
  outages.connected();
  assert.deepEqual(kinds(outages), []);
});

test("outages: while there is no connection to who tells all afterwards, that is said", () => {
  const outages = new Outages();
  outages.cut(now - 4000, now - 5000);
  assert.deepEqual(kinds(outages), ["offline -5000 Infinity"]);
  assert.match(outages.bands(now)[0]!.text, /is told afterwards$/);
  outages.connected();
  assert.deepEqual(kinds(outages), []);
});

test("outages: what was mostly slept through is told as that, and not as a lost connection", () => {
  const asleep = lost(now - 600_000);
  asleep.slept(now - 590_000, now - 300_000);
  asleep.slept(now - 310_000, now - 200_000);
  asleep.found({ from: now - 600_000, to: now, ...second }, now);
  assert.deepEqual(kinds(asleep), ["paused -600000 0"]);
  assert.match(asleep.bands(now)[0]!.text, /asleep/);
  const awake = lost(now - 600_000);
  awake.slept(now - 590_000, now - 310_000);
  // The same once more, seen from elsewhere, does not count twice.
  awake.slept(now - 590_000, now - 310_000);
  awake.slept(now - 900_000, now - 700_000);
  awake.found({ from: now - 600_000, to: now, ...second }, now);
  assert.deepEqual(kinds(awake), ["offline -600000 0"]);
});

test("outages: an outline is told anew, and taken back if all comes exactly after all", () => {
  const outages = new Outages();
  outages.reduce(now - 9000, now - 5000, 1000);
  outages.reduce(now - 9000, now, 2000);
  assert.deepEqual(kinds(outages), ["reduced -9000 0"]);
  assert.equal(outages.bands(now)[0]?.bucketMs, 2000);
  outages.reduce(now - 9000, now, 0);
  assert.deepEqual(kinds(outages), []);
});

test("outages: bands are in order, and forgotten with the samples beside them", () => {
  const outages = new Outages();
  for (const at of [30, 50, 40]) outages.reduce(now - at * 1000, now - at * 1000 + 500, 100);
  assert.deepEqual(kinds(outages), [
    "reduced -50000 -49500",
    "reduced -40000 -39500",
    "reduced -30000 -29500",
  ]);
  outages.prune(() => now - 40_000, now);
  assert.deepEqual(kinds(outages), ["reduced -40000 -39500", "reduced -30000 -29500"]);
  outages.clear();
  assert.deepEqual(kinds(outages), []);
});

test("outages: a connection that comes and goes for ever leaves the newest two hundred", () => {
  const outages = new Outages();
  for (let i = 0; i < 1000; i++) {
    const from = now + i * 10_000;
    outages.slept(from + 1, from + 2);
    outages.lose({ from, heardAt: from, certain: true, reason: "r".repeat(1e4) });
    outages.found({ from, to: from + 5000, ...second }, from + 5000);
  }
  const bands = outages.bands(now);
  assert.equal(bands.length, 200);
  assert.equal(bands[0]!.from, now + 8_000_000);
  assert.ok(bands.every(({ text }) => text.length < 200));
});
