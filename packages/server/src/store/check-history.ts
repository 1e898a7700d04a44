import { setImmediate as nextTurn } from "node:timers/promises";
import { type Database, openForReading, valueIn } from "../sqlite/database.ts";
import { BucketBuilder } from "./bucket-builder.ts";
import { type Buckets, bucketColumnNames, sliceBuckets } from "./buckets.ts";
import { decodeChunk } from "./chunk-codec.ts";
import { summaryColumns } from "./chunks.ts";
import { historyFile } from "./history-file.ts";
import { lowerBound, type Points } from "./points.ts";
import { decodeBuckets } from "./rollup-codec.ts";
import { fiveMs, levels } from "./rollups.ts";

export type HistoryReport = {
  series: number;
  chunks: number;
  samples: number;
  /** One sentence for each thing that is not as it should be. */
  readonly problems: string[];
};

export type CheckOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

/** A file in ruins would fill the screen, and then the memory. */
const maxProblems = 1000;
/** Sums of other than decimals depend on the order in which they were added. */
const nearly = 1e-9;
const inexact = new Set(["sum", "sums", "drops"]);

/**
 * Reads every chunk and every rollup of a folder, also while a server writes there, and compares them:
 * chunks with their summaries, minutes with the samples, hours with the minutes.
 */
export async function checkHistory(
  dir: string,
  options: CheckOptions = {},
): Promise<HistoryReport> {
  const db = openForReading(historyFile, dir);
  try {
    return await new Check(db).run(options);
  } finally {
    db.close();
  }
}

type ChunkRow = {
  readonly id: number;
  readonly t0: number;
  readonly t1: number;
  readonly n: number;
  readonly data: Uint8Array;
  readonly [summary: string]: unknown;
};

class Check {
  readonly #db: Database;
  readonly #report: HistoryReport = { series: 0, chunks: 0, samples: 0, problems: [] };
  readonly #all = new BucketBuilder(Number.POSITIVE_INFINITY);

  constructor(db: Database) {
    this.#db = db;
  }

  async run({ signal, onProgress }: CheckOptions): Promise<HistoryReport> {
    this.#attempt("the file", () => this.#checkFile());
    const all = this.#db.prepare("SELECT id, name, sealed_to FROM series ORDER BY id");
    const series = this.#attempt("the file", () => all.all()) ?? [];
    for (const { id, name, sealed_to } of series) {
      signal?.throwIfAborted();
      // One state of the file for each series; for all, the write-ahead log would grow meanwhile.
      const what = JSON.stringify(String(name));
      this.#attempt(what, () => {
        this.#db.exec("BEGIN");
        this.#checkSeries(Number(id), what, Number(sealed_to ?? Number.NEGATIVE_INFINITY));
      });
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      onProgress?.(++this.#report.series, series.length);
      await nextTurn();
    }
    return this.#report;
  }

  #checkFile(): void {
    const pages = valueIn(this.#db, "PRAGMA quick_check(1)");
    if (pages !== "ok") this.#problem(`the file is damaged: ${pages}`);
    const counts = this.#db
      .prepare(
        `SELECT level, tier.rows AS rows, tier.samples AS samples, tier.bytes AS bytes,
           found.rows AS foundRows, found.samples AS foundSamples, found.bytes AS foundBytes
         FROM tier LEFT JOIN (
           SELECT 0 AS level, count(*) AS rows, sum(n) AS samples, sum(length(data)) AS bytes FROM chunk
           UNION ALL
           SELECT level, count(*), sum(samples), sum(length(data) + coalesce(length(fives), 0))
           FROM rollup GROUP BY level
         ) AS found USING (level)`,
      )
      .all();
    for (const row of counts) {
      for (const [told, found] of [
        ["rows", "foundRows"],
        ["samples", "foundSamples"],
        ["bytes", "foundBytes"],
      ] as const) {
        if (row[told] === (row[found] ?? 0)) continue;
        this.#problem(`tier ${row.level} counts ${row[told]} ${told}, but has ${row[found] ?? 0}`);
      }
    }
  }

  #checkSeries(id: number, name: string, sealedTo: number): void {
    const since = Number(valueIn(this.#db, "SELECT since FROM tier WHERE level = 0"));
    const wanted = new BucketBuilder(levels[1].bucketMs);
    let end = Number.NEGATIVE_INFINITY;
    this.#checkChunks(id, name, (points) => {
      wanted.addPoints(points, lowerBound(points.times, since));
      end = points.times.at(-1)!;
    });
    if (end > sealedTo) this.#problem(`${name}: ends after what it is said to end with`);
    const minutes = this.#rollups(id, 1, name);
    const hours = this.#rollups(id, 2, name);
    this.#compare(`${name}, minutes`, after(minutes, since), wanted.view());
    // An hour may have lost minutes to retention; those after it are whole.
    const first = Math.ceil((minutes.starts[0] ?? 0) / levels[2].bucketMs) * levels[2].bucketMs;
    const fromMinutes = new BucketBuilder(levels[2].bucketMs);
    fromMinutes.addBuckets(minutes, lowerBound(minutes.starts, first));
    if (minutes.starts.length === 0) return;
    this.#compare(`${name}, hours`, after(hours, first), fromMinutes.view());
  }

  #checkChunks(series: number, name: string, use: (points: Points) => void): void {
    const columns = ["id", "t1", "n", "data", ...summaryColumns];
    const rows = this.#db
      .prepare(`SELECT ${columns.join(", ")} FROM chunk WHERE series = ? ORDER BY t0`)
      .iterate(series);
    let end = Number.NEGATIVE_INFINITY;
    for (const row of rows as Iterable<unknown> as Iterable<ChunkRow>) {
      const what = `${name}, chunk ${row.id}`;
      const points = this.#attempt(what, () => decodeChunk(row.data));
      this.#report.chunks++;
      if (!points) continue;
      this.#report.samples += points.times.length;
      this.#checkChunk(what, row, points);
      if (points.times[0]! <= end) this.#problem(`${what}: begins before the one before it ends`);
      end = points.times.at(-1)!;
      use(points);
    }
  }

  #checkChunk(what: string, row: ChunkRow, points: Points): void {
    const { times } = points;
    const differs = (word: string, told: unknown, found: unknown) =>
      this.#problem(`${what}: expected ${word} ${told}, found ${found}`);
    if (times.length !== row.n) differs("samples", row.n, times.length);
    if (times.at(-1) !== row.t1) differs("end", row.t1, times.at(-1));
    const unordered = times.findIndex((time, i) => i > 0 && !(time > times[i - 1]!));
    if (unordered >= 0)
      this.#problem(`${what}: sample ${unordered} is not later than the one before`);
    this.#all.reset();
    this.#all.addPoints(points);
    const all = this.#all.view();
    for (const [i, word] of summaryColumns.entries()) {
      const found = all[bucketColumnNames[i]!][0]!;
      const told = (row[word] ?? Number.NaN) as number;
      if (!isSame(word, told, found, largest(all, 0))) differs(word, told, found);
    }
  }

  #rollups(series: number, level: 1 | 2, name: string): Buckets {
    const rows = this.#db
      .prepare("SELECT id, t0, data, fives FROM rollup WHERE series = ? AND level = ? ORDER BY t0")
      .all(series, level);
    const builder = new BucketBuilder(levels[level].bucketMs);
    const byFive = new BucketBuilder(fiveMs);
    for (const { id, t0, data, fives } of rows) {
      const what = `${name}, rollup ${id}`;
      const buckets = this.#attempt(what, () => decodeBuckets(data as Uint8Array));
      if (!buckets) continue;
      const [first, last] = [buckets.starts[0]!, buckets.starts.at(-1)!];
      if (first < Number(t0) || last >= Number(t0) + levels[level].rowMs) {
        this.#problem(`${what}: has buckets of another row`);
      }
      builder.addBuckets(buckets);
      if (fives === null) continue;
      byFive.reset();
      byFive.addBuckets(buckets);
      const found = this.#attempt(what, () => decodeBuckets(fives as Uint8Array));
      if (found) this.#compare(`${what}, by five minutes`, found, byFive.view());
    }
    return builder.view();
  }

  #compare(what: string, found: Buckets, wanted: Buckets): void {
    if (found.starts.length !== wanted.starts.length) {
      this.#problem(
        `${what}: expected ${wanted.starts.length} buckets, found ${found.starts.length}`,
      );
      return;
    }
    for (const column of bucketColumnNames) {
      const at = found[column].findIndex(
        (value, i) => !isSame(column, value, wanted[column][i]!, largest(wanted, i)),
      );
      if (at < 0) continue;
      const when = new Date(found.starts[at]!).toISOString();
      this.#problem(
        `${what}: expected ${column} ${wanted[column][at]} at ${when}, found ${found[column][at]}`,
      );
    }
  }

  #attempt<T>(what: string, act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.#problem(`${what}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  #problem(text: string): void {
    if (this.#report.problems.length < maxProblems) this.#report.problems.push(text);
  }
}

function isSame(column: string, a: number, b: number, largestValue: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  // Where there are many drops they need not be told, and that depends on how a bucket was made.
  if (column === "drops" && (Number.isNaN(a) || Number.isNaN(b))) return true;
  return inexact.has(column) && Math.abs(a - b) <= nearly * largestValue;
}

/** What an error of a sum is small beside: the more values, the larger it may be. */
function largest(buckets: Buckets, i: number): number {
  const value = Math.max(Math.abs(buckets.mins[i]!), Math.abs(buckets.maxs[i]!));
  return value * Math.max(1, buckets.counts[i]! / 1000);
}

function after(buckets: Buckets, from: number): Buckets {
  return sliceBuckets(buckets, lowerBound(buckets.starts, from), buckets.starts.length);
}
