import type { Database, Statement } from "../sqlite/database.ts";
import { BucketBuilder } from "./bucket-builder.ts";
import type { Buckets } from "./buckets.ts";
import type { Damage } from "./damage.ts";
import { lowerBound, type Points } from "./points.ts";
import { decodeBuckets, encodeBuckets } from "./rollup-codec.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { Tiers } from "./tiers.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Widths of the buckets of a level, and of the stretch of time that one row holds, in ms. */
export const levels = {
  // Short rows are cheap to rewrite with every seal, long ones are fewer to read.
  1: { bucketMs: minute, rowMs: 6 * hour },
  2: { bucketMs: hour, rowMs: 240 * hour },
} as const;

/**
 * A row of minutes is also kept in buckets of this width, for what is drawn in wider ones: a month in
 * half hours is then read five times as fast, for a fiftieth more in the file.
 */
export const fiveMs = 5 * minute;
/** With fewer samples in a minute they would be half as large as the samples themselves. */
const leastForFives = 4;

/** The samples in chunks from one time up to before another. */
export type ReadRaw = (from: number, to: number) => Points;

/** The table of rollups: every bucket is what its samples in the chunks amount to. */
export class Rollups {
  readonly #tiers: Tiers;
  readonly #damage: Damage;
  readonly #row: Statement;
  readonly #rows: Statement;
  readonly #fives: Statement;
  readonly #values: Statement;
  readonly #newest: Statement;
  readonly #settle: Statement;
  readonly #update: Statement;
  readonly #insert: Statement;
  readonly #append: Statement;
  readonly #fresh = new BucketBuilder(minute);
  readonly #minutes = new BucketBuilder(minute);
  readonly #hours = new BucketBuilder(hour);
  readonly #byFive = new BucketBuilder(fiveMs);

  constructor(db: Database, tiers: Tiers, damage: Damage) {
    this.#damage = damage;
    this.#tiers = tiers;
    const of = "FROM rollup WHERE series = ? AND level = ? AND t0";
    this.#row = db.prepare(
      `SELECT id, samples, data, coalesce(length(fives), 0) AS fivesBytes ${of} = ?`,
    );
    this.#values = db.prepare(`SELECT coalesce(sum(samples), 0) AS sum ${of} BETWEEN ? AND ?`);
    const between = `${of} BETWEEN ? AND ? ORDER BY t0`;
    this.#rows = db.prepare(`SELECT id, data, 0 AS inFives ${between}`);
    this.#fives = db.prepare(
      `SELECT id, coalesce(fives, data) AS data, fives IS NOT NULL AS inFives ${between}`,
    );
    this.#newest = db.prepare("SELECT t0 FROM rollup WHERE id = ?");
    this.#settle = db.prepare(`UPDATE rollup SET id = ${nextId} WHERE id = ?`);
    const values = "(id, series, level, t0, samples, data, fives) VALUES";
    // Nothing that is in an index: those would be as much work as the row.
    this.#update = db.prepare("UPDATE rollup SET samples = ?, data = ?, fives = ? WHERE id = ?");
    this.#insert = db.prepare(`INSERT INTO rollup ${values} (?, ?, ?, ?, ?, ?, ?)`);
    this.#append = db.prepare(`INSERT INTO rollup ${values} (${nextId}, ?, ?, ?, ?, ?, ?)`);
  }

  /**
   * The buckets of a level that begin within a range, both ends included, row by row; each row is gone
   * once the next one is asked for. They may be wider than those of the level, but divide `width`.
   */
  *read(
    series: number,
    level: 1 | 2,
    from: number,
    to: number,
    width: number = levels[level].bucketMs,
  ): Generator<{ readonly bucketMs: number; readonly buckets: Buckets }> {
    const { bucketMs, rowMs } = levels[level];
    const select = level === 1 && width % fiveMs === 0 ? this.#fives : this.#rows;
    const rows = select.all(series, level, Math.floor(from / rowMs) * rowMs, to);
    for (const { id, data, inFives } of rows) {
      const buckets = this.#peek(Number(id), data as Uint8Array);
      if (buckets) yield { bucketMs: inFives === 1 ? fiveMs : bucketMs, buckets };
    }
  }

  /** How many values are in the rows that lie within a range, at both of whose ends there may be more. */
  valuesWithin(series: number, level: 1 | 2, from: number, end: number): number {
    return Number(this.#values.get(series, level, from, end - levels[level].rowMs)?.sum);
  }

  /** Makes both levels agree with samples that were just put into chunks. */
  update(series: StoredSeries, points: Points, readRaw: ReadRaw): void {
    const { rowMs } = levels[1];
    const { times } = points;
    for (let from = 0; from < times.length; ) {
      const t0 = Math.floor(times[from]! / rowMs) * rowMs;
      const to = lowerBound(times, t0 + rowMs, from);
      this.#updateRow(series, t0, points, [from, to], readRaw);
      from = to;
    }
  }

  #updateRow(
    series: StoredSeries,
    t0: number,
    points: Points,
    [from, to]: readonly [number, number],
    readRaw: ReadRaw,
  ): void {
    const fresh = this.#fresh;
    fresh.reset();
    fresh.addPoints(points, from, to);
    const changed = fresh.view(series.digits);
    const row = this.#load(series.id, 1, t0, (made) =>
      made.addPoints(readRaw(t0, t0 + levels[1].rowMs)),
    );
    const minutes = this.#minutes;
    minutes.reset();
    mergeRow(minutes, row?.buckets, changed, (i) => {
      const start = changed.starts[i]!;
      const first = points.times[lowerBound(points.times, start, from)]!;
      return { first, readRaw: () => readRaw(start, start + minute) };
    });
    const merged = minutes.view(series.digits);
    this.#save(series, 1, t0, row, merged);
    this.#updateHours(series, merged, changed);
  }

  /** An hour is made of its minutes, all of which are in one row. */
  #updateHours(series: StoredSeries, minutes: Buckets, changed: Buckets): void {
    const { rowMs } = levels[2];
    const first = Math.floor(changed.starts[0]! / hour) * hour;
    const end = Math.floor(changed.starts.at(-1)! / hour) * hour + hour;
    const from = lowerBound(minutes.starts, first);
    const to = lowerBound(minutes.starts, end, from);
    // A row of hours begins where one of minutes does.
    const t0 = Math.floor(first / rowMs) * rowMs;
    const row = this.#load(series.id, 2, t0, (made) => {
      for (const { buckets } of this.read(series.id, 1, t0, t0 + rowMs - 1)) {
        made.addBuckets(buckets);
      }
    });
    const hours = this.#hours;
    hours.reset();
    if (row) hours.copyBuckets(row.buckets, 0, lowerBound(row.buckets.starts, first));
    hours.addBuckets(minutes, from, to);
    if (row) hours.copyBuckets(row.buckets, lowerBound(row.buckets.starts, end));
    this.#save(series, 2, t0, row, hours.view(series.digits));
  }

  /** Reads a row; one that is damaged is made again from what it was made of. */
  #load(
    series: number,
    level: 1 | 2,
    t0: number,
    make: (made: BucketBuilder) => void,
  ): Row | undefined {
    const row = this.#row.get(series, level, t0);
    if (!row) return undefined;
    const [id, samples, data] = [Number(row.id), Number(row.samples), row.data as Uint8Array];
    let buckets = this.#peek(id, data);
    if (!buckets) {
      const made = new BucketBuilder(levels[level].bucketMs);
      make(made);
      buckets = made.view();
    }
    return { id, samples, bytes: data.length + Number(row.fivesBytes), buckets };
  }

  /** What is in a row, until the next is looked at; undefined if it is damaged. */
  #peek(id: number, data: Uint8Array): Buckets | undefined {
    return this.#damage.read(`rollup ${id}`, () => decodeBuckets(data));
  }

  #save(
    { id, digits }: StoredSeries,
    level: 1 | 2,
    t0: number,
    old: Row | undefined,
    buckets: Buckets,
  ): void {
    const data = encodeBuckets(buckets);
    let samples = 0;
    for (const count of buckets.counts) samples += count;
    const enough = level === 1 && samples >= leastForFives * buckets.starts.length;
    const fives = enough ? encodeBuckets(this.#inFives(buckets, digits)) : null;
    this.#write(id, level, t0, old, [samples, data, fives]);
    this.#tiers.add(level, {
      rows: old ? 0 : 1,
      samples: samples - (old?.samples ?? 0),
      bytes: data.length + (fives?.length ?? 0) - (old?.bytes ?? 0),
    });
  }

  #inFives(minutes: Buckets, digits: number): Buckets {
    this.#byFive.reset();
    this.#byFive.addBuckets(minutes);
    return this.#byFive.view(digits);
  }

  /**
   * The newest row of a series is written again with every seal. Those rows have places of their own,
   * with ids below 0: among the others they would leave a hole each time, and the file would be a third
   * larger.
   */
  #write(
    series: number,
    level: 1 | 2,
    t0: number,
    old: Row | undefined,
    cells: readonly [samples: number, data: Uint8Array, fives: Uint8Array | null],
  ): void {
    if (old) {
      this.#update.run(...cells, old.id);
      return;
    }
    const id = -(2 * series + level);
    const newest = this.#newest.get(id)?.t0;
    if (typeof newest === "number" && t0 < newest) {
      this.#append.run(series, level, t0, ...cells);
      return;
    }
    if (typeof newest === "number") this.#settle.run(id);
    this.#insert.run(id, series, level, t0, ...cells);
  }
}

const nextId = "(SELECT max(coalesce(max(id), 0), 0) + 1 FROM rollup)";

type Row = {
  readonly id: number;
  readonly samples: number;
  readonly bytes: number;
  readonly buckets: Buckets;
};

/** Of a changed bucket: its earliest new sample, and how to read all of them. */
type Change = { readonly first: number; readonly readRaw: () => Points };

/**
 * Puts the old buckets of a row and the changed ones into `into`. Where samples only came after those
 * that were there, what both amount to is added up; else the bucket is made anew from its samples,
 * since one of them may have been overwritten.
 */
function mergeRow(
  into: BucketBuilder,
  old: Buckets | undefined,
  changed: Buckets,
  change: (i: number) => Change,
): void {
  let next = 0;
  for (let i = 0; i < changed.starts.length; i++) {
    const start = changed.starts[i]!;
    if (old) {
      const same = lowerBound(old.starts, start, next);
      into.copyBuckets(old, next, same);
      next = same;
    }
    if (old && old.starts[next] === start) {
      const { first, readRaw } = change(i);
      if (latest(old, next) >= first) {
        into.addPoints(readRaw());
        next++;
        continue;
      }
      into.addBuckets(old, next, next + 1);
      next++;
    }
    into.addBuckets(changed, i, i + 1);
  }
  if (old) into.copyBuckets(old, next);
}

function latest(buckets: Buckets, i: number): number {
  const [last, absent] = [buckets.lastTimes[i]!, buckets.absentTimes[i]!];
  return Number.isNaN(last) ? absent : Number.isNaN(absent) ? last : Math.max(last, absent);
}
