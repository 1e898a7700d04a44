import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openMemoryLog } from "../log/memory-log.ts";
import { blockOf } from "../log/sample-block.ts";
import { bucketsOf, decimalsOf, FakeStore, pointsOf, ratesOf } from "./fake-store.ts";
import type { SamplesPage } from "./store.ts";

const none = Number.NaN;

function openLog() {
  return openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
}

/** Appends samples of one series, each call a batch of its own. */
function feeder(log: ReturnType<typeof openLog>) {
  return (series: string, ...rows: (readonly [number, number | null])[]) =>
    log.append(blockOf(rows.map(([time, value]) => ({ series, time, value }))));
}

test("buckets: each column is what it says, and nulls are no values", () => {
  const points = pointsOf([
    [1, 5],
    [2, -1],
    [3, none],
    [4, 9],
    [5, -1],
    [6, 9],
    [7, none],
    [9, 4],
    [10, none],
    [25, 0.25],
  ]);
  const buckets = bucketsOf(points, 10);
  const plain = Object.fromEntries(
    Object.entries(buckets).map(([name, column]) => [name, [...column]]),
  );
  assert.deepEqual(plain, {
    starts: [0, 10, 20],
    counts: [6, 0, 1],
    sums: [25, none, 0.25],
    mins: [-1, none, 0.25],
    minTimes: [2, none, 25],
    maxs: [9, none, 0.25],
    maxTimes: [4, none, 25],
    firsts: [5, none, 0.25],
    firstTimes: [1, none, 25],
    lasts: [4, none, 0.25],
    lastTimes: [9, none, 25],
    drops: [none, none, 0],
    absentTimes: [7, 10, none],
  });
});

test("buckets: the values after which a lesser one came add up, unless there are many", () => {
  const drops = (...values: number[]) => {
    const points = pointsOf(values.map((value, i) => [i, value]));
    return bucketsOf(points, 10).drops[0];
  };
  assert.equal(drops(1, 2, 2, 3), 0);
  assert.equal(drops(1, 7, 2, none, 3, 1), 10);
  assert.ok(Number.isNaN(drops(3, 2, 1, 0)));
});

test("buckets: sums of decimals are those decimals", () => {
  const points = pointsOf([
    [1, 0.1],
    [2, 0.2],
  ]);
  assert.deepEqual([...bucketsOf(points, 10, decimalsOf(points.values)).sums], [0.3]);
  assert.deepEqual([...bucketsOf(points, 10).sums], [0.1 + 0.2]);
});

test("buckets: before 1970 they begin at multiples of the width, too", () => {
  assert.deepEqual([...bucketsOf(pointsOf([[-1, 7]]), 10).starts], [-10]);
});

test("decimals: the fewest digits that write all values exactly", () => {
  assert.equal(decimalsOf(Float64Array.of(1, -2, none)), 0);
  assert.equal(decimalsOf(Float64Array.of(1, 0.25)), 2);
  assert.equal(decimalsOf(Float64Array.of(1 / 3)), -1);
});

test("rates: increase per second since the value before; a counter that is less began anew at 0", () => {
  const points = pointsOf([
    [1000, 10],
    [2000, none],
    [3000, 30],
    [3500, 4],
  ]);
  const rates = ratesOf(points, undefined, 0);
  assert.deepEqual([...rates.times], [3000, 3500]);
  assert.deepEqual([...rates.values], [10, 8]);
  const resumed = ratesOf(points, { time: 0, value: 4 }, 0);
  assert.deepEqual([...resumed.times], [1000, 3000, 3500]);
  assert.deepEqual([...resumed.values], [6, 10, 8]);
});

test("rates: of a bucket its whole increase by its width; the increase belongs to the later sample", () => {
  const points = pointsOf([
    [1000, 10],
    [9000, 30],
    [11_000, 35],
    [21_000, none],
  ]);
  const rates = ratesOf(points, undefined, 10_000);
  assert.deepEqual([...rates.times], [0, 10_000]);
  assert.deepEqual([...rates.values], [2, 0.5]);
  assert.deepEqual([...ratesOf(pointsOf([[1, 5]]), undefined, 10).times], []);
});

test("fake store: the later write wins, late samples go where they belong", async () => {
  const log = openLog();
  const store = new FakeStore(log);
  const put = feeder(log);
  await put("a", [30, 3], [10, 1]);
  await put("a", [10, 7], [20, null]);
  const { offset, series } = await store.history({ ids: [1, 2], from: 0, to: 29, px: 9 });
  assert.equal(offset, 2);
  const [a] = series.values();
  assert.ok(series.size === 1 && a?.kind === "samples");
  assert.deepEqual([...a.times], [10, 20]);
  assert.deepEqual([...a.values], [7, none]);
  const later = await store.history({ ids: [1], from: 11, to: 29, px: 9, andLater: true });
  const [b] = later.series.values();
  assert.deepEqual(b?.kind === "samples" && [...b.times], [20, 30]);
});

test("fake store: up to four samples for each bucket come as they are, more as buckets", async () => {
  const log = openLog();
  const store = new FakeStore(log);
  const rows = Array.from({ length: 40 }, (_, i) => [i, i] as const);
  await feeder(log)("a", ...rows);
  const ask = async (px: number, as: "values" | "rates" = "values") =>
    (await store.history({ ids: [1], from: 0, to: 39, px, as })).series.get(1);
  assert.equal((await ask(10))?.kind, "samples");
  const thin = await ask(9);
  assert.ok(thin?.kind === "buckets");
  assert.equal(thin.bucketMs, 5);
  assert.deepEqual([...thin.buckets.counts], Array(8).fill(5));
  const rates = await ask(9, "rates");
  assert.ok(rates?.kind === "rates" && rates.bucketMs === 5);
  assert.deepEqual([...rates.values], [800, ...Array(7).fill(1000)]);
});

test("fake store: the first sample of a range has the one before it as its predecessor", async () => {
  const log = openLog();
  const store = new FakeStore(log);
  await feeder(log)("a", [0, 1], [1000, 3], [2000, 4]);
  const rates = async (from: number) => {
    const history = await store.history({ ids: [1], from, to: 2000, px: 9, as: "rates" });
    const found = history.series.get(1);
    return found?.kind === "rates" ? [...found.values] : found;
  };
  assert.deepEqual(await rates(0), [2, 1]);
  assert.deepEqual(await rates(1000), [2, 1]);
  assert.deepEqual(await rates(2000), [1]);
  assert.equal(await rates(2001), undefined);
});

test("fake store: what is already in the log is part of it", async () => {
  const log = openLog();
  await feeder(log)("a", [1, 1]);
  const store = new FakeStore(log);
  await feeder(log)("a", [1, 2]);
  const { offset, series } = await store.history({ ids: [1], from: 0, to: 9, px: 9 });
  const [a] = series.values();
  assert.deepEqual([offset, a?.kind === "samples" && [...a.values]], [2, [2]]);
});

test("fake store: pages are sorted by time and then by series, across pages", async () => {
  const log = openLog();
  const store = new FakeStore(log, { samplesPerPage: 2 });
  await feeder(log)("b", [1, 1], [2, 2]);
  await feeder(log)("a", [2, null], [1, 3]);
  const pages: SamplesPage[] = [];
  const told: number[][][] = [];
  for await (const page of store.samples({ ids: [2, 1], from: 0, to: 9 })) {
    pages.push(page);
    told.push([[...page.ids], [...page.times], [...page.values]]);
  }
  assert.ok(
    pages.every(({ times }) => times.length === 0),
    "gone with the next",
  );
  assert.deepEqual(told, [
    [
      [1, 2],
      [1, 1],
      [1, 3],
    ],
    [
      [1, 2],
      [2, 2],
      [2, none],
    ],
  ]);
});

test("fake store: a version changes with each sample up to its time, and with no other", async () => {
  const log = openLog();
  const store = new FakeStore(log);
  const versions = [];
  for (const time of [50, 60, 40]) {
    await feeder(log)("a", [time, 1]);
    versions.push(await store.version(0, 50));
  }
  assert.equal(versions[0], versions[1]);
  assert.notEqual(versions[1], versions[2]);
});

test("fake store: what an offset missed begins at the earliest sample since", async () => {
  const log = openLog();
  const store = new FakeStore(log, { knowsSince: 1 });
  for (const time of [10, 50, 40, 60]) await feeder(log)("a", [time, 1]);
  assert.equal(await store.missedSince(0), undefined);
  assert.equal(await store.missedSince(1), 40);
  assert.equal(await store.missedSince(3), 60);
  assert.equal(await store.missedSince(4), Number.POSITIVE_INFINITY);
});

test("fake store: what is too old is dropped and counted", async () => {
  const log = openLog();
  const store = new FakeStore(log, { keptFrom: 20 });
  await feeder(log)("a", [10, 1], [20, 2], [30, 3]);
  assert.deepEqual(await store.details([1, 2]), [{ first: 20, last: 30 }, {}]);
  store.keepFrom(25);
  const { outside, oldest, tiers } = await store.stats();
  assert.deepEqual([outside, oldest, tiers[0]?.samples], [1, 30, 1]);
});

test("fake store: a description stays until it is told otherwise", async () => {
  const log = openLog();
  const store = new FakeStore(log);
  await feeder(log)("a", [1, 1]);
  await store.describe(1, { unit: "°C", decimals: 1 });
  await store.describe(1, { kind: "gauge", decimals: 2 });
  assert.deepEqual(store.about(1), { unit: "°C", kind: "gauge", decimals: 2 });
});

test("fake store: a backup is a new file", async (t) => {
  const dir = await mkdtemp(path.join(tmpdir(), "plotcast-"));
  t.after(() => rm(dir, { recursive: true }));
  const log = openLog();
  const store = new FakeStore(log);
  await feeder(log)("a", [1, 2]);
  const file = path.join(dir, "backup");
  await store.backup(file);
  assert.match(await readFile(file, "utf8"), /"series":"a".*\[\[1,2\]\]/);
  await assert.rejects(store.backup(file));
});
