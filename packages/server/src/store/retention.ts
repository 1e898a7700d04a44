import { bytesOnDisk, type Database, numberOf, type Statement } from "../sqlite/database.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ChunkCache } from "./chunk-cache.ts";
import { historyFile } from "./history-file.ts";
import { levels } from "./rollups.ts";
import type { Keep } from "./store.ts";
import type { Level, Tiers } from "./tiers.ts";

const minute = 60_000;
/** A clock so far from the newest sample is either wrong, or nothing has come for so long. */
const farAheadMs = 24 * 60 * minute;
/** By then a clock that was set by the network is right again. */
const trustAfterMs = 60 * minute;
/** One slice: short enough that a read behind it does not wait for long. */
const sliceRows = 100;
const slicePages = 64;
/** Free pages up to this part of the file stay for new rows, which would take them back at once. */
const spareOf = 16;
/** How the bytes are meant to be divided; what exceeds its part the most is cut first. */
const shares: Record<Level, number> = { 0: 0.6, 1: 0.25, 2: 0.15 };

export type RetentionOptions = {
  readonly dir: string | undefined;
  readonly keep: Keep;
  readonly maxBytes: number;
  readonly walBytes: number;
  /** Monotonic, in ms. */
  readonly clock: () => number;
};

/**
 * Drops what is too old, the oldest first, and gives the space back to the file system.
 *
 * Each tier has its `since`: nothing from before it is left, and nothing from there is taken any more.
 * A coarser tier never begins after a finer one, whose samples it stands for.
 */
export class Retention {
  readonly #db: Database;
  readonly #tiers: Tiers;
  readonly #cache: ChunkCache;
  readonly #arrivals: Arrivals;
  readonly #options: RetentionOptions;
  readonly #newest: Statement;
  #doubtfulSince: number | undefined;

  constructor(
    db: Database,
    tiers: Tiers,
    cache: ChunkCache,
    arrivals: Arrivals,
    options: RetentionOptions,
  ) {
    this.#db = db;
    this.#tiers = tiers;
    this.#cache = cache;
    this.#arrivals = arrivals;
    this.#options = options;
    this.#newest = db.prepare("SELECT max(t1) AS time FROM chunk");
  }

  /** All the file occupies, its write-ahead log included. */
  bytes(): number {
    const { dir } = this.#options;
    if (dir !== undefined) return bytesOnDisk(historyFile, dir);
    return numberOf(this.#db, "page_count") * historyFile.pageBytes;
  }

  /** To be called in a transaction. Returns whether there is more to do. */
  slice(now: number): boolean {
    if (this.#trusts(now)) this.#age(now);
    const tooMuch = this.#livePages() * historyFile.pageBytes > this.#maxLiveBytes();
    const cut = tooMuch && this.#cut(now);
    const dropped = this.#dropChunks() || this.#dropRollups(1) || this.#dropRollups(2);
    return this.#vacuum() || dropped || cut;
  }

  #age(now: number): void {
    const { samplesMs, minutesMs, hoursMs } = this.#options.keep;
    this.#advance(0, wholeMinute(now - samplesMs));
    this.#advance(1, Math.min(wholeMinute(now - minutesMs), this.#tiers.get(0).since));
    this.#advance(2, Math.min(wholeMinute(now - hoursMs), this.#tiers.get(1).since));
    this.#arrivals.drop(now - samplesMs);
  }

  /** A clock that is far ahead for a moment must not cost all history; one that stays there is right. */
  #trusts(now: number): boolean {
    const newest = this.#newest.get()?.time;
    if (typeof newest !== "number" || now - newest < farAheadMs) {
      this.#doubtfulSince = undefined;
      return true;
    }
    this.#doubtfulSince ??= this.#options.clock();
    return this.#options.clock() - this.#doubtfulSince >= trustAfterMs;
  }

  #advance(level: Level, since: number): void {
    if (since > this.#tiers.get(level).since) this.#tiers.setSince(level, since);
  }

  /** Moves on the beginning of the tier that takes more than its part; false if none can. */
  #cut(now: number): boolean {
    const tiers = ([0, 1, 2] as const).toSorted(
      (a, b) => this.#tiers.get(b).bytes / shares[b] - this.#tiers.get(a).bytes / shares[a],
    );
    for (const level of tiers) {
      const since = this.#sinceWithout(level);
      // What comes in now has to go somewhere.
      const limit = level === 0 ? wholeMinute(now) : this.#tiers.get((level - 1) as Level).since;
      if (since === undefined || since > limit) continue;
      this.#advance(level, since);
      return true;
    }
    return false;
  }

  /** When a tier would begin without the rows of one slice. */
  #sinceWithout(level: Level): number | undefined {
    const row =
      level === 0
        ? this.#db
            .prepare("SELECT max(t1) AS time FROM (SELECT t1 FROM chunk ORDER BY t1 LIMIT ?)")
            .get(sliceRows)
        : this.#db
            .prepare(
              "SELECT max(t0) AS time FROM (SELECT t0 FROM rollup WHERE level = ? ORDER BY t0 LIMIT ?)",
            )
            .get(level, sliceRows);
    if (typeof row?.time !== "number") return undefined;
    return level === 0 ? wholeMinute(row.time) + minute : row.time + levels[level].rowMs;
  }

  #dropChunks(): boolean {
    const rows = this.#db
      .prepare(
        `DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE t1 < ? ORDER BY t1 LIMIT ?)
         RETURNING id, n AS samples, length(data) AS bytes`,
      )
      .all(this.#tiers.get(0).since, sliceRows);
    for (const { id } of rows) this.#cache.delete(Number(id));
    return this.#count(0, rows);
  }

  #dropRollups(level: 1 | 2): boolean {
    const rows = this.#db
      .prepare(
        `DELETE FROM rollup WHERE id IN
           (SELECT id FROM rollup WHERE level = ? AND t0 <= ? ORDER BY t0 LIMIT ?)
         RETURNING samples, length(data) + coalesce(length(fives), 0) AS bytes`,
      )
      .all(level, this.#tiers.get(level).since - levels[level].rowMs, sliceRows);
    return this.#count(level, rows);
  }

  #count(level: Level, rows: Record<string, unknown>[]): boolean {
    for (const { samples, bytes } of rows) {
      this.#tiers.add(level, { rows: -1, samples: -Number(samples), bytes: -Number(bytes) });
    }
    return rows.length > 0;
  }

  #vacuum(): boolean {
    const free = numberOf(this.#db, "freelist_count");
    if (free <= numberOf(this.#db, "page_count") / spareOf) return false;
    this.#db.exec(`PRAGMA incremental_vacuum(${slicePages})`);
    return numberOf(this.#db, "freelist_count") < free;
  }

  #livePages(): number {
    return numberOf(this.#db, "page_count") - numberOf(this.#db, "freelist_count");
  }

  /** Leaves room for the write-ahead log, the spare pages, and what comes between two slices. */
  #maxLiveBytes(): number {
    const { maxBytes, walBytes } = this.#options;
    return (((maxBytes - walBytes) * 31) / 32) * (1 - 1 / spareOf);
  }
}

function wholeMinute(time: number): number {
  return Math.floor(time / minute) * minute;
}
