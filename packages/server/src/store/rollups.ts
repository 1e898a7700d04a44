import type { Database, Statement } from "../sqlite/database.ts";
import { BucketBuilder, lowerBound } from "./bucket-builder.ts";
import type { Buckets } from "./buckets.ts";
import type { Damage } from "./damage.ts";
import type { Points } from "./points.ts";
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

/** The samples in chunks from one time up to before another. */
export type ReadRaw = (from: number, to: number) => Points;

/** The table of rollups: every bucket is what its samples in the chunks amount to. */
export class Rollups {
  readonly #tiers: Tiers;
  readonly #damage: Damage;
  readonly #row: Statement;
  readonly #rows: Statement;
  readonly #newest: Statement;
  readonly #settle: Statement;
  readonly #replace: Statement;
  readonly #insert: Statement;
  readonly #fresh = new BucketBuilder(minute);
  readonly #minutes = new BucketBuilder(minute);
  readonly #hours = new BucketBuilder(hour);

  constructor(db: Database, tiers: Tiers, damage: Damage) {
    this.#damage = damage;
    this.#tiers = tiers;
    const of = "FROM rollup WHERE series = ? AND level = ? AND t0";
    this.#row = db.prepare(`SELECT id, samples, data ${of} = ?`);
    this.#rows = db.prepare(`SELECT id, data ${of} BETWEEN ? AND ? ORDER BY t0`);
    this.#newest = db.prepare("SELECT t0 FROM rollup WHERE id = ?");
    this.#settle = db.prepare(`UPDATE rollup SET id = ${nextId} WHERE id = ?`);
    const values = "(id, series, level, t0, samples, data) VALUES";
    this.#replace = db.prepare(`REPLACE INTO rollup ${values} (?, ?, ?, ?, ?, ?)`);
    this.#insert = db.prepare(`INSERT INTO rollup ${values} (${nextId}, ?, ?, ?, ?, ?)`);
  }

  /**
   * The buckets of a level that begin within a range, both ends included, row by row; each row is gone
   * once the next one is asked for.
   */
  *read(series: number, level: 1 | 2, from: number, to: number): Generator<Buckets> {
    const { rowMs } = levels[level];
    const rows = this.#rows.all(series, level, Math.floor(from / rowMs) * rowMs, to);
    for (const { id, data } of rows) {
      const buckets = this.#peek(Number(id), data as Uint8Array);
      if (buckets) yield buckets;
    }
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
    this.#save(series.id, 1, t0, row, merged);
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
      for (const part of this.read(series.id, 1, t0, t0 + rowMs - 1)) made.addBuckets(part);
    });
    const hours = this.#hours;
    hours.reset();
    if (row) hours.addBuckets(row.buckets, 0, lowerBound(row.buckets.starts, first));
    hours.addBuckets(minutes, from, to);
    if (row) hours.addBuckets(row.buckets, lowerBound(row.buckets.starts, end));
    this.#save(series.id, 2, t0, row, hours.view(series.digits));
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
    return { id, samples, bytes: data.length, buckets };
  }

  /** What is in a row, until the next is looked at; undefined if it is damaged. */
  #peek(id: number, data: Uint8Array): Buckets | undefined {
    return this.#damage.read(`rollup ${id}`, () => decodeBuckets(data));
  }

  #save(series: number, level: 1 | 2, t0: number, old: Row | undefined, buckets: Buckets): void {
    const data = encodeBuckets(buckets);
    let samples = 0;
    for (const count of buckets.counts) samples += count;
    this.#write(series, level, t0, old, [samples, data]);
    this.#tiers.add(level, {
      rows: old ? 0 : 1,
      samples: samples - (old?.samples ?? 0),
      bytes: data.length - (old?.bytes ?? 0),
    });
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
    cells: readonly [samples: number, data: Uint8Array],
  ): void {
    const id = -(2 * series + level);
    const newest = this.#newest.get(id)?.t0;
    if (typeof newest === "number" && t0 < newest) {
      if (old) this.#replace.run(old.id, series, level, t0, ...cells);
      else this.#insert.run(series, level, t0, ...cells);
      return;
    }
    if (typeof newest === "number" && t0 > newest) this.#settle.run(id);
    this.#replace.run(id, series, level, t0, ...cells);
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
      into.addBuckets(old, next, same);
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
  if (old) into.addBuckets(old, next);
}

function latest(buckets: Buckets, i: number): number {
  const [last, absent] = [buckets.lastTimes[i]!, buckets.absentTimes[i]!];
  return Number.isNaN(last) ? absent : Number.isNaN(absent) ? last : Math.max(last, absent);
}
