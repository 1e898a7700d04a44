import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { valueIn } from "../sqlite/database.ts";
import { checkHistory } from "./check-history.ts";
import { Engine, type EngineOptions } from "./engine.ts";

const root = mkdtempSync(join(tmpdir(), "plotcast-engine-"));
after(() => rmSync(root, { recursive: true, force: true }));
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const noon = Date.UTC(2026, 0, 31, 12);
const keep = { samplesMs: 1e15, minutesMs: 1e15, hoursMs: 1e15 };

function newDir(): string {
  return mkdtempSync(join(root, "d"));
}

/** An engine with the series `a` and `b`, and a clock that stands still. */
function opened(t: TestContext, options: Partial<EngineOptions> = {}, epoch = "one", head = 1e9) {
  const engine = new Engine({ dir: undefined, keep, maxBytes: 1e9, clock: () => 0, ...options });
  t.after(() => engine.close());
  engine.begin(epoch, head);
  engine.name(1, ["a", "b"]);
  return engine;
}

let offset = 0;

function add(engine: Engine, id: number, rows: readonly (readonly [number, number])[], at = noon) {
  const batch = {
    ...{ offset: ++offset, at, ids: new Uint32Array(rows.length).fill(id) },
    times: Float64Array.from(rows, ([time]) => time),
    values: Float64Array.from(rows, ([, value]) => value),
  };
  engine.apply(batch, false);
  return batch;
}

function every(ms: number, from: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [from + i * ms, i % 10]);
}

function sealAll(engine: Engine): void {
  while (engine.sealDue(1000, true));
}

function timesOf(engine: Engine, id: number): number[] {
  engine.settle([engine.series.get(id)!]);
  return [...engine.reader.samples(engine.series.get(id)!, -1e15, 1e15).times];
}

test("store: samples of slow series are merged into few chunks", (t) => {
  const engine = opened(t);
  for (let i = 0; i < 40; i++) {
    add(engine, 1, every(minute, noon + i * hour, 60));
    sealAll(engine);
  }
  const [chunks] = engine.stats().tiers;
  assert.equal(chunks?.samples, 2400);
  assert.ok(chunks.rows <= 3, `${chunks.rows} chunks`);
});

test("store: one late sample changes one chunk, however many came after it", (t) => {
  const engine = opened(t);
  add(engine, 1, every(1000, noon, 20_000));
  sealAll(engine);
  const before = ids(engine);
  add(engine, 1, [[noon + 5_000_500, 99]]);
  sealAll(engine);
  const changed = before.filter((id) => !ids(engine).includes(id));
  assert.equal(changed.length, 1);
});

test("store: a commit carries only what its time allows, and says that there is more", (t) => {
  let now = 0;
  const engine = opened(t, { clock: () => now++ });
  for (const id of [1, 2]) add(engine, id, every(1000, noon, 2000));
  const sealed = () => 4000 - engine.stats().unsealed;
  assert.equal(engine.sealDue(1), true);
  const first = sealed();
  assert.ok(first > 500 && first <= 2000, `${first} samples of one series`);
  assert.equal(engine.sealDue(1), false);
  assert.ok(sealed() > first + 500);
});

test("store: what is left over is a chunk of its own where chunks have become shorter", (t) => {
  let stuck = 0;
  for (let more = 0; more < 1500; more += 60) {
    const engine = opened(t);
    // Numbers that take little room make long chunks, others short ones.
    add(engine, 1, every(1000, noon, 6000));
    while (engine.sealDue(1000));
    for (const [from, count] of [
      [noon + 10 * hour, 2000 + more],
      [noon + 20 * hour, 2000],
    ] as const) {
      const rows = every(1000, from, count);
      add(
        engine,
        1,
        rows.map(([time]) => [time, Math.random()] as const),
      );
      while (engine.sealDue(1000));
    }
    if (engine.stats().unsealed >= 2000) stuck++;
  }
  assert.equal(stuck, 0);
});

test("store: a few samples wait for more, but not for ever", (t) => {
  let now = 0;
  const engine = opened(t, { clock: () => now });
  add(engine, 1, every(1000, noon, 10));
  now = 9 * minute;
  engine.sealDue(1);
  assert.equal(engine.stats().unsealed, 10);
  now = 10 * minute;
  engine.sealDue(1);
  assert.equal(engine.stats().unsealed, 0);
});

test("store: what is applied ends before the oldest sample that is in no chunk", (t) => {
  const engine = opened(t);
  const first = add(engine, 1, every(1000, noon, 10)).offset;
  const last = add(engine, 2, every(1000, noon, 2000)).offset;
  engine.sealDue(1);
  assert.equal(engine.applied, first - 1);
  sealAll(engine);
  assert.equal(engine.applied, last);
});

test("store: a commit that fails loses nothing, and is made up for", (t) => {
  const engine = opened(t, { dir: newDir() });
  const noise = every(1000, noon, 30_000).map(([time]) => [time, Math.random()] as const);
  add(engine, 2, every(1000, noon, 1500));
  add(engine, 1, noise);
  engine.database.exec("PRAGMA max_page_count = 15");
  assert.throws(() => sealAll(engine), { code: "storage-full", message: /disk is full/ });
  assert.deepEqual([engine.stats().unsealed, engine.applied], [31_500, 0]);
  engine.database.exec("PRAGMA max_page_count = 100000");
  sealAll(engine);
  assert.deepEqual(timesOf(engine, 1), [...noise.map(([time]) => time)]);
  assert.deepEqual([engine.stats().unsealed, engine.applied], [0, offset]);
});

test("store: a batch that comes again after a crash changes nothing, and none is left out", async (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  const rows = every(1000, noon, 2000);
  const batches = [add(engine, 1, rows.slice(0, 900)), add(engine, 2, rows.slice(0, 10))];
  batches.push(add(engine, 1, [[noon, 77]]), add(engine, 1, rows.slice(900)));
  engine.sealDue(1000);
  const again = opened(t, { dir });
  assert.equal(again.applied, batches[0]!.offset);
  for (const batch of batches) again.apply(batch, true);
  assert.deepEqual([again.stats().unsealed, timesOf(again, 2).length], [10, 10]);
  sealAll(again);
  const { values } = again.reader.samples(again.series.get(1)!, noon, noon + 1);
  assert.deepEqual([...values], [77]);
  assert.deepEqual((await checkHistory(dir)).problems, []);
});

test("store: what comes again after a crash is told once, wherever the chunks were cut", (t) => {
  for (let count = 1000; count < 4000; count += 170) {
    const dir = newDir();
    const engine = opened(t, { dir });
    offset = 0;
    const rows = every(1000, noon, count).map(([time]) => [time, Math.random()] as const);
    const batches = [add(engine, 1, rows.slice(0, 900)), add(engine, 1, rows.slice(900))];
    while (engine.sealDue(1000));
    const again = opened(t, { dir });
    for (const batch of batches) if (batch.offset > again.applied) again.apply(batch, true);
    assert.deepEqual(
      timesOf(again, 1),
      rows.map(([time]) => time),
      `${count} samples`,
    );
  }
});

test("store: of another log everything is taken in, and what was there stays", (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  add(engine, 1, every(1000, noon, 2000));
  sealAll(engine);
  const other = opened(t, { dir }, "two", 5);
  assert.deepEqual([other.applied, other.arrivals.newestUpTo(1e15)], [0, 0]);
  other.name(1, ["b", "a"]);
  const batch = { offset: 1, at: noon, ids: Uint32Array.of(2) };
  other.apply({ ...batch, times: Float64Array.of(5), values: Float64Array.of(1) }, true);
  assert.deepEqual(timesOf(other, 2).slice(0, 2), [5, noon]);
});

test("store: of a log that has lost its end, what comes at the same offsets is new", (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  offset = 100;
  add(engine, 1, every(1000, noon, 2000));
  sealAll(engine);
  const shorter = opened(t, { dir }, "one", 50);
  assert.equal(shorter.applied, 50);
  const batch = { offset: 60, at: noon, ids: Uint32Array.of(1) };
  shorter.apply({ ...batch, times: Float64Array.of(5), values: Float64Array.of(1) }, true);
  assert.equal(timesOf(shorter, 1)[0], 5);
});

test("store: what comes instead of a log's lost end is new, also where the rest was not yet applied", (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  offset = 0;
  const first = add(engine, 2, every(1000, noon, 1));
  add(engine, 1, every(1000, noon, 2000));
  engine.sealDue(1000);
  assert.equal(engine.applied, 0);
  const shorter = opened(t, { dir }, "one", 1);
  shorter.apply(first, true);
  const instead = add(shorter, 1, every(1000, noon + day, 5));
  const again = opened(t, { dir }, "one", 3);
  for (const batch of [first, { ...instead, offset: 2 }]) again.apply(batch, true);
  assert.deepEqual(timesOf(again, 1).slice(-5), [...instead.times]);
});

test("store: each tier is kept as long as it should be, and what is older is not taken", (t) => {
  const long = { samplesMs: day, minutesMs: 7 * day, hoursMs: 30 * day };
  const engine = opened(t, { keep: long, now: () => noon + 60 * day });
  for (let i = 0; i < 60; i++) add(engine, 1, every(2 * minute, noon + i * day, 720));
  sealAll(engine);
  while (engine.retain());
  const end = noon + 60 * day;
  const [samples, minutes, hours] = engine.stats().tiers;
  assert.deepEqual(
    [samples?.from, minutes?.from, hours?.from],
    [end - day, end - 7 * day, end - 30 * day],
  );
  const range = { to: end, px: 1000 };
  const of = (from: number) => engine.reader.history(engine.series.get(1)!, { ...range, from });
  const first = (from: number) => {
    const history = of(from);
    assert.equal(history?.kind, "buckets");
    return [history.bucketMs, history.buckets.starts[0]];
  };
  assert.deepEqual(first(end - 2 * day), [5 * minute, end - 2 * day]);
  assert.deepEqual(first(end - 10 * day), [hour, end - 10 * day]);
  assert.deepEqual(first(end - 90 * day), [3 * hour, end - 30 * day]);
  const rates = engine.reader.history(engine.series.get(1)!, {
    to: end,
    px: 1000,
    from: end - 10 * day,
    as: "rates",
  });
  assert.equal(rates?.kind, "rates");
  assert.equal(rates.times[0], end - 10 * day);
  assert.ok(timesOf(engine, 1)[0]! >= end - day);
  add(engine, 1, [[end - day - 1, 5]]);
  assert.deepEqual([engine.stats().outside, engine.stats().unsealed], [1, 0]);
});

test("store: a late sample that has become too old before its seal spoils no bucket", (t) => {
  let now = noon + day;
  const engine = opened(t, { keep: { ...keep, samplesMs: day }, now: () => now });
  add(engine, 1, every(1000, noon, 3600));
  sealAll(engine);
  while (engine.retain());
  add(engine, 1, [[noon + minute + 500, 5]]);
  now += 40 * minute;
  while (engine.retain());
  sealAll(engine);
  const history = engine.reader.history(engine.series.get(1)!, {
    from: noon,
    to: noon + hour - 1,
    px: 60,
  });
  assert.equal(history?.kind, "buckets");
  assert.deepEqual([...history.buckets.counts], Array(60).fill(60));
  assert.equal(engine.stats().outside, 1);
});

test("store: beyond its bytes the oldest goes first, and the space goes back to the disk", (t) => {
  const dir = newDir();
  const maxBytes = 6_000_000;
  const engine = opened(t, { dir, maxBytes, now: () => noon + 20 * day });
  let most = 0;
  for (let i = 0; i < 200; i++) {
    const rows = every(100, noon + i * hour, 10_000);
    add(
      engine,
      1,
      rows.map(([time]) => [time, Math.random()] as const),
    );
    sealAll(engine);
    while (engine.retain());
    most = Math.max(most, engine.stats().bytes);
  }
  assert.ok(most <= maxBytes, `${most} bytes`);
  assert.ok(statSync(join(dir, "history.db")).size > maxBytes / 3);
  const times = timesOf(engine, 1);
  assert.equal(times.at(-1), noon + 199 * hour + 999_900);
  assert.ok(times[0]! > noon && times.length > 100_000);
  const [samples, minutes, hours] = engine.stats().tiers;
  assert.ok(samples!.from >= minutes!.from && minutes!.from >= hours!.from);
});

test("store: a rate begins with the sample before the range, also where a chunk begins with the range", (t) => {
  const engine = opened(t);
  for (const from of [noon, noon + hour]) {
    add(engine, 1, every(1000, from, 1500));
    sealAll(engine);
  }
  const range = { from: noon + hour, to: noon + 2 * hour, px: 1000, as: "rates" } as const;
  const rates = engine.reader.history(engine.series.get(1)!, range);
  assert.equal(rates?.kind, "rates");
  assert.equal(rates.times[0], noon + hour);
});

test("store: a chunk that begins where the buckets of a range end is in none of them", (t) => {
  const engine = opened(t);
  for (const [ms, from, count] of [
    [1000, noon, 1500],
    [10, noon + hour, 1000],
  ] as const) {
    add(engine, 1, every(ms, from, count));
    sealAll(engine);
  }
  for (const as of ["values", "rates"] as const) {
    const range = { from: noon, to: noon + hour - 1, px: 360, as };
    const history = engine.reader.history(engine.series.get(1)!, range);
    assert.ok(history && history.kind !== "samples");
    const starts = history.kind === "buckets" ? history.buckets.starts : history.times;
    assert.equal(starts.at(-1), noon + 1_490_000);
  }
});

test("store: with nulls alone beyond what fits, the buckets at both ends are whole all the same", (t) => {
  const engine = opened(t);
  const rows = every(20_000, noon, 360).map(([time], i) => [time, i % 9 ? Number.NaN : i] as const);
  add(engine, 1, rows);
  sealAll(engine);
  const countAt = (from: number, start: number) => {
    const range = { from, to: noon + 2 * hour, px: 60 };
    const history = engine.reader.history(engine.series.get(1)!, range);
    assert.equal(history?.kind, "buckets");
    return history.buckets.counts[history.buckets.starts.indexOf(start)];
  };
  const start = noon + 10 * minute;
  assert.equal(countAt(start + 90_000, start), countAt(noon, start));
});

test("store: a clock that is far ahead for a moment costs no history, one that stays there does", (t) => {
  let [now, clock] = [noon + hour, 0];
  const keepDay = { samplesMs: day, minutesMs: day, hoursMs: day };
  const engine = opened(t, { keep: keepDay, now: () => now, clock: () => clock });
  add(engine, 1, every(1000, noon, 2000));
  sealAll(engine);
  const retain = () => {
    while (engine.retain());
    return engine.stats().tiers[0]?.samples;
  };
  now = noon + 1000 * day;
  assert.equal(retain(), 2000);
  clock = 59 * minute;
  assert.equal(retain(), 2000);
  now = noon + 2 * hour;
  assert.equal(retain(), 2000);
  now = noon + 2 * day;
  assert.equal(retain(), 2000);
  clock += 60 * minute;
  assert.equal(retain(), 0);
});

test("store: it knows how far back reaches what came after an offset", (t) => {
  let clock = 0;
  const keepDay = { ...keep, samplesMs: day };
  const engine = opened(t, { keep: keepDay, now: () => noon + 2 * day, clock: () => clock });
  const one = add(engine, 1, [[noon + 5, 1]], noon + minute).offset;
  const two = add(
    engine,
    1,
    [
      [noon - 7, 1],
      [noon + 9, 1],
    ],
    noon + 2 * minute,
  ).offset;
  add(engine, 1, [[noon + 11, 1]], noon + 3 * minute);
  for (const sealed of [false, true]) {
    if (sealed) sealAll(engine);
    assert.equal(engine.arrivals.earliestSince(one), noon - 7);
    assert.equal(engine.arrivals.earliestSince(two), noon + 11);
    assert.equal(engine.arrivals.newestUpTo(noon), two);
    assert.equal(engine.arrivals.newestUpTo(noon - 8), 0);
  }
  while (engine.retain());
  clock = hour;
  while (engine.retain());
  assert.equal(engine.arrivals.earliestSince(one), undefined);
});

test("store: a range has another version only when something comes or goes in it", (t) => {
  let now = noon + 2 * day;
  const engine = opened(t, { keep: { ...keep, samplesMs: day }, now: () => now });
  add(engine, 1, every(minute, noon + day, 1440), now);
  sealAll(engine);
  while (engine.retain());
  const version = () => engine.version(noon + 1.5 * day, noon + 1.6 * day);
  const first = version();
  now += hour;
  add(engine, 1, every(minute, noon + 2 * day, 60), now);
  sealAll(engine);
  while (engine.retain());
  assert.equal(version(), first);
  add(engine, 1, [[noon + 1.55 * day + 1, 7]], now);
  const second = version();
  assert.notEqual(second, first);
  now += 13 * hour;
  while (engine.retain());
  assert.notEqual(version(), second);
});

test("store: of a log that has lost its end, versions go on with what comes", (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  offset = 100;
  add(engine, 1, every(1000, noon, 2000));
  sealAll(engine);
  const shorter = opened(t, { dir }, "one", 50);
  const before = shorter.version(0, noon + hour);
  offset = 50;
  add(shorter, 1, [[noon + 5, 1]]);
  assert.notEqual(shorter.version(0, noon + hour), before);
});

test("store: what is kept for a short time only is in a chunk before it goes", (t) => {
  let clock = 0;
  const engine = opened(t, { keep: { ...keep, samplesMs: 5 * minute }, clock: () => clock });
  add(engine, 1, every(1000, noon, 10));
  clock = 2.5 * minute;
  engine.sealDue(1);
  assert.equal(engine.stats().unsealed, 0);
});

test("store: all that came up to an offset can be sealed, however much comes meanwhile", (t) => {
  const engine = opened(t);
  const upTo = add(engine, 1, every(1000, noon, 10)).offset;
  add(engine, 2, every(1000, noon, 10));
  let slices = 0;
  while (engine.unsealedFrom <= upTo) {
    engine.sealDue(1000, true);
    add(engine, 2, [[noon + day + slices++, 1]]);
    assert.ok(slices < 10);
  }
  assert.ok(engine.stats().unsealed > 0);
});

test("store: what a series is described as stays, and is added to", (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  engine.describe(2, { unit: "°C" });
  engine.describe(2, { kind: "counter", decimals: 1 });
  const again = opened(t, { dir });
  assert.deepEqual(again.series.get(2)?.about, { unit: "°C", kind: "counter", decimals: 1 });
  assert.deepEqual(again.series.get(1)?.about, {});
});

function ids(engine: Engine): unknown[] {
  return engine.database
    .prepare("SELECT id FROM chunk ORDER BY id")
    .all()
    .map(({ id }) => id);
}

test("store: buckets of many minutes are the same read by five minutes and by the minute", async (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  // Some minutes without a sample, some rows with too few for fives.
  const some = (ms: number, from: number, count: number) =>
    every(ms, from, count).filter((_, i) => i % 700 < 500);
  add(engine, 1, some(1000, noon + 90_500, 60_000));
  add(engine, 1, some(50_000, noon + 5 * day, 2000));
  sealAll(engine);
  add(engine, 1, [
    [noon + 200_000, 1e6],
    [noon + 5 * day + 5, Number.NaN],
  ]);
  sealAll(engine);
  const read = (from: Engine) =>
    [5, 15, 30].flatMap((minutes) =>
      (["values", "rates"] as const).map((as) => {
        const range = { from: noon, to: noon + 7 * day, px: (7 * day) / (minutes * minute), as };
        const history = from.reader.history(from.series.get(1)!, range);
        assert.ok(history && history.kind !== "samples");
        const columns =
          history.kind === "buckets" ? Object.values(history.buckets) : [history.values];
        // Sums depend on the order of adding.
        return columns.map((column) => Array.from(column, (value) => Math.round(value * 1e6)));
      }),
    );
  const byFive = read(engine);
  assert.deepEqual((await checkHistory(dir)).problems, []);
  const db = engine.database;
  const bytes = valueIn(db, "SELECT sum(length(fives)) FROM rollup");
  assert.ok(Number(bytes) > 0 && valueIn(db, "SELECT count(*) FROM rollup WHERE fives IS NULL"));

  // As the first version of the file had it.
  db.exec(`ALTER TABLE rollup DROP COLUMN fives; ALTER TABLE series DROP COLUMN sealed_to;
    UPDATE tier SET bytes = bytes - ${bytes} WHERE level = 1; PRAGMA user_version = 1`);
  const migrated = opened(t, { dir });
  assert.deepEqual(read(migrated), byFive);
  assert.deepEqual((await checkHistory(dir)).problems, []);
  add(migrated, 1, every(1000, noon + day, 1000));
  sealAll(migrated);
  assert.deepEqual((await checkHistory(dir)).problems, []);
});

test("store: it knows when a series begins and ends, wherever its samples are", (t) => {
  const keepHour = { samplesMs: hour, minutesMs: day, hoursMs: day };
  const engine = opened(t, { keep: keepHour, now: () => noon + day });
  engine.name(3, ["c"]);
  const details = () => {
    const all = [3, 1, 2].map((id) => engine.series.get(id)!);
    engine.settle(all);
    return engine.details(all).map(({ first, last }) => [first, last]);
  };
  const none = [undefined, undefined];
  assert.deepEqual(details(), [none, none, none]);
  engine.describe(2, { unit: "V" });
  add(engine, 1, every(1000, noon, 2000));
  sealAll(engine);
  add(engine, 1, [[noon + hour, 1]]);
  add(engine, 2, [
    [noon + 5000, 1],
    [noon + 3000, 1],
  ]);
  assert.deepEqual(details(), [none, [noon, noon + hour], [noon + 3000, noon + 5000]]);
  assert.equal(engine.details([engine.series.get(2)!])[0]?.unit, "V");
  add(engine, 1, [[noon - 1000, 1]]);
  sealAll(engine);
  assert.deepEqual(details()[1], [noon - 1000, noon + hour]);
  while (engine.retain());
  assert.deepEqual(details(), [none, none, none]);
});

test("store: a chunk that is damaged is left out, the rest is told, and more can come", async (t) => {
  const dir = newDir();
  const engine = opened(t, { dir });
  add(engine, 1, every(1000, noon, 700));
  sealAll(engine);
  add(engine, 1, every(1000, noon + hour, 700));
  sealAll(engine);
  flipBit(engine, "chunk", "t0");
  const again = opened(t, { dir });
  assert.equal(timesOf(again, 1).length, 700);
  assert.match(again.damage.take()[0] ?? "", /^chunk 1 of the history is damaged/);
  add(again, 1, [[noon + 500, 5]]);
  assert.equal(timesOf(again, 1).length, 701);
  const { problems } = await checkHistory(dir);
  assert.ok(problems.some((problem) => problem.startsWith('"a", chunk 1: ')));
});

test("store: a damaged rollup is made again with the next samples that belong there", async (t) => {
  for (const level of [1, 2]) {
    const dir = newDir();
    const engine = opened(t, { dir });
    add(engine, 1, every(1000, noon, 1400));
    sealAll(engine);
    flipBit(engine, "rollup", `level = ${level} DESC, id`);
    const again = opened(t, { dir });
    add(again, 1, every(1000, noon + 1_400_000, 1400));
    sealAll(again);
    assert.deepEqual((await checkHistory(dir)).problems, []);
  }
});

/** Changes one bit of the first row of a table, as a failing disk does. */
function flipBit({ database }: Engine, table: string, order: string): void {
  const row = database.prepare(`SELECT id, data FROM ${table} ORDER BY ${order} LIMIT 1`).get();
  const data = row?.data as Uint8Array;
  data[data.length >> 1]! ^= 4;
  database.prepare(`UPDATE ${table} SET data = ? WHERE id = ?`).run(data, Number(row?.id));
}
