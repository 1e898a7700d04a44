import type { Database, Statement } from "../sqlite/database.ts";
import { BucketBuilder } from "./bucket-builder.ts";
import { type Buckets, bucketColumnNames, newBuckets } from "./buckets.ts";
import { ChunkCache } from "./chunk-cache.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import type { Damage } from "./damage.ts";
import { historyFile } from "./history-file.ts";
import { between, joinPoints, newPoints, noPoints, type Points, slicePoints } from "./points.ts";
import type { Tiers } from "./tiers.ts";

/** A chunk without its samples. */
export type ChunkRow = {
  readonly id: number;
  readonly t0: number;
  readonly t1: number;
  readonly n: number;
};

/** Chunks, by time, and what the samples of each amount to: a bucket that starts with the first. */
export type Summaries = {
  readonly ids: Float64Array;
  /** Time of the last sample of each. */
  readonly ends: Float64Array;
  /** How many samples each has. */
  readonly lengths: Float64Array;
  readonly buckets: Buckets;
};

/** The summary in a row, in the order of `bucketColumnNames`. */
export const summaryColumns = [
  ...["t0", "count", "sum", "min", "min_time", "max", "max_time"],
  ...["first", "first_time", "last", "last_time", "drops", "absent_time"],
] as const;

/** Longer ones would make a late sample, and the end of a range, cost more to decode. */
export const fullChunk = 1024;
/** A chunk a little too long is better than one and a rest. */
const longestChunk = 2048;
/** Of samples that take next to nothing there are more in a chunk: a row of its own costs as much. */
const longestFitting = 1536;

/** The table of chunks. Those of a series are disjoint in time, and the times in them ascend. */
export class Chunks {
  readonly cache = new ChunkCache();
  readonly #tiers: Tiers;
  readonly #damage: Damage;
  readonly #at: Statement;
  readonly #before: Statement;
  readonly #next: Statement;
  readonly #data: Statement;
  readonly #ids: Statement;
  readonly #summaries: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #firstTimes: Statement;
  #room = newPoints(longestChunk);
  readonly #summary = new BucketBuilder(Number.POSITIVE_INFINITY);

  constructor(db: Database, tiers: Tiers, damage: Damage) {
    this.#damage = damage;
    this.#tiers = tiers;
    this.#at = db.prepare(
      "SELECT id, t0, t1, n FROM chunk WHERE series = ? AND t0 <= ? ORDER BY t0 DESC LIMIT 1",
    );
    this.#before = db.prepare(
      "SELECT id, t0, t1, n FROM chunk WHERE series = ? AND t0 < ? ORDER BY t0 DESC LIMIT 1",
    );
    this.#next = db.prepare("SELECT min(t0) AS t0 FROM chunk WHERE series = ? AND t0 > ?");
    this.#data = db.prepare("SELECT data FROM chunk WHERE id = ?");
    const reaching = `FROM chunk WHERE series = ?1 AND t0 < ?3 AND t1 >= ?2 AND t0 >= coalesce(
         (SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2)
       ORDER BY t0`;
    this.#ids = db.prepare(`SELECT id ${reaching}`);
    this.#summaries = db.prepare(`SELECT id, t1, n, ${summaryColumns.join(", ")} ${reaching}`);
    const columns = ["series", "t1", "n", ...summaryColumns, "data"];
    // Twice as fast as objects, and there are thousands in an hour of 1 kHz.
    this.#summaries.setReturnArrays(true);
    this.#insert = db.prepare(
      `INSERT INTO chunk (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    this.#delete = db.prepare("DELETE FROM chunk WHERE id = ? RETURNING n, length(data) AS bytes");
    this.#firstTimes = db.prepare(
      `SELECT (SELECT min(t0) FROM chunk WHERE series = wanted.value) AS t0
       FROM json_each(?) AS wanted ORDER BY wanted.key`,
    );
  }

  /** The chunk that begins last of those that begin at or before a time. */
  at(series: number, time: number): ChunkRow | undefined {
    return this.#at.get(series, time) as ChunkRow | undefined;
  }

  /** The last chunk that begins before a time. */
  before(series: number, time: number): ChunkRow | undefined {
    return this.#before.get(series, time) as ChunkRow | undefined;
  }

  /** When the first chunk after a time begins; Infinity if there is none. */
  nextStart(series: number, time: number): number {
    const t0 = this.#next.get(series, time)?.t0;
    return typeof t0 === "number" ? t0 : Number.POSITIVE_INFINITY;
  }

  /** When the first chunk of each of some series begins; null where there is none. */
  firstTimes(series: readonly number[]): (number | null)[] {
    const rows = this.#firstTimes.all(JSON.stringify(series));
    return rows.map(({ t0 }) => t0 as number | null);
  }

  /** Those with a sample from one time up to before another, and perhaps one that only spans it. */
  summaries(series: number, from: number, end: number): Summaries {
    const rows = this.#summaries.all(series, from, end) as unknown[] as (number | null)[][];
    const buckets = newBuckets(rows.length);
    const [ids, ends, lengths] = [0, 1, 2].map((at) => Float64Array.from(rows, (row) => row[at]!));
    for (const [at, name] of bucketColumnNames.entries()) {
      const column = buckets[name];
      for (let i = 0; i < rows.length; i++) column[i] = rows[i]![at + 3] ?? Number.NaN;
    }
    return { ids: ids!, ends: ends!, lengths: lengths!, buckets };
  }

  /** The samples from one time up to before another. */
  samples(series: number, from: number, end: number): Points {
    const rows = this.#ids.all(series, from, end);
    return joinPoints(rows.map(({ id }) => between(this.read(Number(id)), from, end)));
  }

  /** Its samples, which nobody may change; none if they cannot be read. */
  read(id: number): Points {
    const known = this.cache.get(id);
    if (known) return known;
    const points = this.#decode(id, newPoints);
    this.cache.set(id, points);
    return points;
  }

  /**
   * The same, good until the next call only. For so many chunks that they would push each other, and
   * what others read, out of the cache.
   */
  glance(id: number): Points {
    return this.cache.get(id) ?? this.#decode(id, (length) => this.#roomFor(length));
  }

  /**
   * Adds samples as one chunk, or as several of `each` if they are too many. Returns their decimals, and how many
   * samples like these would fill a page best.
   */
  insert(series: number, points: Points, each = fullChunk): { digits: number; fitting: number } {
    const { length } = points.times;
    let digits = 0;
    let bytes = 0;
    for (let from = 0, to = 0; from < length; from = to) {
      to = length - from <= longestChunk ? length : from + each;
      const one = this.#insertOne(series, slicePoints(points, from, to));
      digits = one.digits < 0 || digits < 0 ? -1 : Math.max(digits, one.digits);
      bytes += one.bytes;
    }
    return { digits, fitting: fittingSamples(bytes / length) };
  }

  delete(id: number): void {
    const { n, bytes } = this.#delete.get(id) as { n: number; bytes: number };
    this.cache.delete(id);
    this.#tiers.add(0, { rows: -1, samples: -n, bytes: -bytes });
  }

  #decode(id: number, room: (length: number) => Points): Points {
    const data = this.#data.get(id)?.data as Uint8Array;
    return this.#damage.read(`chunk ${id}`, () => decodeChunk(data, room)) ?? noPoints;
  }

  #roomFor(length: number): Points {
    if (this.#room.times.length < length) this.#room = newPoints(length);
    return slicePoints(this.#room, 0, length);
  }

  #insertOne(series: number, points: Points): { digits: number; bytes: number } {
    const { data, decimals } = encodeChunk(points);
    const summary = summaryOf(points, decimals, this.#summary);
    const { times } = points;
    const n = times.length;
    this.#insert.run(series, times[n - 1]!, n, ...summary, data);
    this.#tiers.add(0, { rows: 1, samples: n, bytes: data.length });
    return { digits: decimals, bytes: data.length };
  }
}

/** What some samples amount to, as in `summaryColumns`. */
function summaryOf(points: Points, digits: number, builder: BucketBuilder): number[] {
  builder.reset();
  builder.addPoints(points);
  const all = builder.view(digits);
  // SQLite makes NULL of NaN.
  return bucketColumnNames.map((name) => all[name][0]!);
}

/** What a row takes in a page besides its samples, roughly, and a page besides its rows. */
const rowBytes = 140;
const pageHeaderBytes = 20;
/** No two chunks are the same size: one that is only just too large for its place wastes that place. */
const safety = 0.985;

/**
 * How many samples of so many bytes each make a chunk of which a whole number fills a page, and nearly
 * a full one. Chunks of full-precision numbers, of which only two fit, would else leave a fifth empty.
 */
export function fittingSamples(bytesEach: number): number {
  const room = historyFile.pageBytes - pageHeaderBytes;
  const usual = bytesEach < 1 ? longestFitting : fullChunk;
  const rows = Math.max(1, Math.round(room / (usual * bytesEach + rowBytes)));
  const samples = Math.floor(((room / rows - rowBytes) / bytesEach) * safety);
  return Math.min(longestFitting, Math.max(fullChunk / 2, samples));
}
