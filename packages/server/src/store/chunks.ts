import type { Database, Statement } from "../sqlite/database.ts";
import { BucketBuilder, type Summary, summaryColumns } from "./bucket-builder.ts";
import { ChunkCache } from "./chunk-cache.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import type { Damage } from "./damage.ts";
import { historyFile } from "./history-file.ts";
import { noPoints, type Points, slicePoints } from "./points.ts";
import type { Tiers } from "./tiers.ts";

/** A chunk without its samples. */
export type ChunkRow = {
  readonly id: number;
  readonly t0: number;
  readonly t1: number;
  readonly n: number;
};

/** A chunk with its summary. */
export type SummaryRow = ChunkRow & Summary;

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
  readonly #summaries: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #bounds: Statement;
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
    this.#summaries = db.prepare(
      `SELECT id, t0, t1, n, count, ${summaryColumns.join(", ")} FROM chunk
       WHERE series = ?1 AND t0 <= ?3 AND t1 >= ?2 AND t0 >= coalesce(
         (SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2)
       ORDER BY t0`,
    );
    const columns = ["series", "t0", "t1", "n", "count", ...summaryColumns, "data"];
    this.#insert = db.prepare(
      `INSERT INTO chunk (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    this.#delete = db.prepare("DELETE FROM chunk WHERE id = ? RETURNING n, length(data) AS bytes");
    this.#bounds = db.prepare("SELECT min(t0) AS t0, max(t0) AS last FROM chunk WHERE series = ?");
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

  /** Times of the first and the last sample. */
  bounds(series: number): { first: number; last: number } | undefined {
    const { t0, last } = this.#bounds.get(series) as { t0: number | null; last: number | null };
    if (t0 === null || last === null) return undefined;
    return { first: t0, last: this.at(series, last)!.t1 };
  }

  /** Those that reach into a range, both ends included, by time. */
  summaries(series: number, from: number, to: number): SummaryRow[] {
    return this.#summaries.all(series, from, to) as SummaryRow[];
  }

  /** Its samples, which nobody may change; none if they cannot be read. */
  read(id: number): Points {
    const known = this.cache.get(id);
    if (known) return known;
    const data = this.#data.get(id)?.data as Uint8Array;
    const points = this.#damage.read(`chunk ${id}`, () => decodeChunk(data)) ?? noPoints;
    this.cache.set(id, points);
    return points;
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

  #insertOne(series: number, points: Points): { digits: number; bytes: number } {
    const { data, decimals } = encodeChunk(points);
    const summary = summaryOf(points, decimals, this.#summary);
    const { times } = points;
    const n = times.length;
    this.#insert.run(series, times[0]!, times[n - 1]!, n, ...summary, data);
    this.#tiers.add(0, { rows: 1, samples: n, bytes: data.length });
    return { digits: decimals, bytes: data.length };
  }
}

/** What some samples amount to, in the order of a row. */
function summaryOf(points: Points, digits: number, builder: BucketBuilder): number[] {
  builder.reset();
  builder.addPoints(points);
  const all = builder.view(digits);
  // SQLite makes NULL of NaN.
  return [
    ...[all.counts, all.sums, all.mins, all.minTimes, all.maxs, all.maxTimes, all.firsts],
    ...[all.firstTimes, all.lasts, all.lastTimes, all.drops, all.absentTimes],
  ].map((column) => column[0]!);
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
