import type { Batch } from "../log/log.ts";
import { type Database, openForWriting, valueIn } from "../sqlite/database.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { Arrivals } from "./arrivals.ts";
import { Chunks } from "./chunks.ts";
import { Commits } from "./commits.ts";
import { Damage } from "./damage.ts";
import { behindWithin, HeadQueue } from "./head-queue.ts";
import { Heads } from "./heads.ts";
import { historyFile } from "./history-file.ts";
import { HistoryReader } from "./history-reader.ts";
import { lowerBound, noPoints, type Points, slicePoints } from "./points.ts";
import { Retention } from "./retention.ts";
import { Rollups } from "./rollups.ts";
import { Sealing } from "./sealing.ts";
import { SeriesRegistry } from "./series-registry.ts";
import type { Keep, SeriesAbout, SeriesDetails, StoreStats } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";
import { Tiers } from "./tiers.ts";

export type EngineOptions = {
  /** Folder of the file; undefined keeps it in memory. */
  readonly dir: string | undefined;
  readonly keep: Keep;
  /** What the file, its write-ahead log included, may occupy. */
  readonly maxBytes: number;
  readonly now?: () => number;
  /** Monotonic, in ms. */
  readonly clock?: () => number;
};

/**
 * The store itself, on the thread of its file: heads in memory, chunks and rollups in SQLite.
 *
 * Nothing in memory changes before a commit is through: after one that fails it can be tried again.
 */
export class Engine {
  readonly #db: Database;
  readonly #tiers: Tiers;
  readonly #chunks: Chunks;
  readonly #sealing: Sealing;
  readonly #arrivals: Arrivals;
  readonly #retention: Retention;
  readonly #now: () => number;
  readonly #clock: () => number;
  readonly series: SeriesRegistry;
  readonly reader: HistoryReader;
  readonly damage = new Damage();
  readonly #heads = new Heads();
  readonly #queue: HeadQueue;
  readonly #commits: Commits;
  #outside = 0;
  #offset = 0;

  constructor({ dir, keep, maxBytes, now = Date.now, clock }: EngineOptions) {
    this.#now = now;
    this.#clock = clock ?? (() => performance.now());
    // The log has a third of what the store has.
    const behind = behindWithin(maxBytes / 3);
    this.#queue = new HeadQueue(this.#heads, this.#clock, keep.samplesMs / 2, behind);
    // Never more than a sixth of what there is: what is left is for pages.
    const walBytes = Math.min(64_000_000, Math.floor(maxBytes / 6));
    const db = openForWriting(historyFile, dir, {
      walBytes,
      cacheBytes: 4_000_000,
      durableAt: "checkpoint",
    });
    this.#db = db;
    this.#tiers = new Tiers(db);
    this.#chunks = new Chunks(db, this.#tiers, this.damage);
    const rollups = new Rollups(db, this.#tiers, this.damage);
    this.#sealing = new Sealing(this.#chunks, rollups);
    this.#arrivals = new Arrivals(db);
    this.#retention = new Retention(db, this.#tiers, this.#chunks.cache, this.#arrivals, {
      keep,
      dir,
      maxBytes,
      walBytes,
      clock: this.#clock,
    });
    this.reader = new HistoryReader(this.#heads, this.#chunks, rollups, this.#tiers);
    this.series = new SeriesRegistry(db);
    this.#commits = new Commits(db, {
      series: this.series,
      arrivals: this.#arrivals,
      tiers: this.#tiers,
      cache: this.#chunks.cache,
    });
    for (const series of this.series.all()) this.#openHead(series);
  }

  /** Up to this offset everything is in the file. */
  get applied(): number {
    return this.#commits.applied;
  }

  /** Up to this offset everything is in the file even after a power cut. */
  get durable(): number {
    return this.#commits.durable;
  }

  /** Up to this offset everything can be read here. */
  get offset(): number {
    return this.#offset;
  }

  get keptFrom(): number {
    return this.#tiers.get(0).since;
  }

  /** As `Store.version` says. What a tier drops from before a range changes nothing in it. */
  version(from: number, to: number): string {
    const since = ([0, 1, 2] as const).map((level) => Math.max(from, this.#tiers.get(level).since));
    return [this.#arrivals.newestUpTo(to), ...since].join("-");
  }

  /** Offset of the oldest batch with a sample that is in no chunk; Infinity if all are. */
  get unsealedFrom(): number {
    return this.#heads.oldestOffset();
  }

  /** How many samples should be in chunks by now. */
  get excess(): number {
    return this.#queue.excess;
  }

  /** Of all rows, without what a file needs besides. */
  get bytes(): number {
    return this.#tiers.bytes;
  }

  get arrivals(): Arrivals {
    return this.#arrivals;
  }

  /** Begins, or goes on, with a log. What comes after `applied` is to be handed over again. */
  begin(epoch: string, head: number): void {
    this.#commits.begin(epoch, head);
    this.#offset = this.applied;
  }

  /** Makes durable what was applied. */
  checkpoint(): void {
    if (this.applied > this.durable) this.#commits.checkpoint();
  }

  /** Makes known the names of series; the first has the id `firstId` in the log. */
  name(firstId: number, names: readonly string[]): void {
    for (const series of this.series.name(firstId, names)) this.#openHead(series);
  }

  /** Takes in a batch. With `replay` it may have been taken in before, in part. */
  apply({ offset, at, ids, times, values }: Batch, replay: boolean): void {
    const { since } = this.#tiers.get(0);
    const heads = this.#heads;
    const { numbers } = this.series;
    const queue = this.#queue;
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ids.length; i++) {
      const time = times[i]!;
      const id = ids[i]!;
      if (time < earliest) earliest = time;
      if (replay && offset <= this.series.get(id)!.mark) continue;
      if (time < since) {
        this.#outside++;
        continue;
      }
      const number = numbers[id]!;
      const length = heads.add(number, time, values[i]!, offset);
      if (length === 1) queue.begin(this.series.get(id)!);
      else if (length >= heads.fullAt(number)) queue.fill(this.series.get(id)!, length, offset);
    }
    queue.count(ids.length);
    this.#offset = offset;
    this.#arrivals.add(at, offset, earliest);
  }

  /** Seals what is due, or all there is, for about so long. Returns whether there is more. */
  sealDue(budgetMs: number, all = false): boolean {
    if (!this.#queue.next(all)) return false;
    this.#sealAll(() => this.#queue.next(all), this.#clock() + budgetMs);
    return this.#queue.next(all) !== undefined;
  }

  /** Seals late samples of some series: readers then find in a head only what is newest. */
  settle(all: Iterable<StoredSeries>): void {
    const late = [...all].filter(({ id, sealedTo }) => this.#heads.earliest(id) <= sealedTo);
    if (late.length > 0) this.#sealAll(() => late.pop());
  }

  /** Drops a slice of what is too old or too much. Returns whether there is more. */
  retain(): boolean {
    return this.#commits.run(() => this.#retention.slice(this.#now()));
  }

  /** Adds to what is known of a series; durable when it returns. */
  describe(id: number, about: SeriesAbout): void {
    const series = this.series.get(id);
    if (!series) throw new Error(`BUG: no series has the id ${id}`);
    const all = { ...series.about, ...about };
    this.#commits.run(() => this.series.describe(series, all));
    series.about = all;
    // Nothing else knows it, so this time somebody waits.
    this.#commits.checkpoint();
  }

  /** What is known of some series whose late samples are settled. */
  details(all: readonly StoredSeries[]): SeriesDetails[] {
    const sealed = this.#chunks.firstTimes(all.map(({ id }) => id));
    return all.map(({ id, about, sealedTo }, i) => {
      const first = Math.min(sealed[i] ?? Number.POSITIVE_INFINITY, this.#heads.earliest(id));
      if (first === Number.POSITIVE_INFINITY) return about;
      const last = sealed[i] === null ? Number.NEGATIVE_INFINITY : sealedTo;
      return { ...about, first, last: Math.max(last, this.#heads.latest(id)) };
    });
  }

  stats(): StoreStats {
    const tiers = (["samples", "minutes", "hours"] as const).map((tier, level) => {
      const { rows, samples, bytes, since } = this.#tiers.get(level as 0 | 1 | 2);
      return { tier, rows, samples, bytes, from: since };
    });
    // By the index that there is; nearly always that is the one that begins first.
    const stored = valueIn(this.#db, "SELECT t0 FROM chunk ORDER BY t1 LIMIT 1");
    let oldest = typeof stored === "number" ? stored : Number.POSITIVE_INFINITY;
    for (const { id } of this.#queue.waiting()) oldest = Math.min(oldest, this.#heads.earliest(id));
    return {
      series: this.series.size,
      unsealed: this.#heads.total,
      tiers,
      bytes: this.#retention.bytes(),
      oldest: Number.isFinite(oldest) ? oldest : undefined,
      outside: this.#outside,
    };
  }

  get database(): Database {
    return this.#db;
  }

  close(): void {
    this.#db.close();
  }

  /** Seals the series that `next` gives, until there is none or `end`, in one commit. */
  #sealAll(next: () => StoredSeries | undefined, end = Number.POSITIVE_INFINITY): void {
    const done: Sealed[] = [];
    try {
      this.#commits.apply(() => {
        for (let series = next(); series; series = next()) {
          const { digits, mark, sealedTo } = series;
          const firstOffset = this.#heads.firstOffset(series.id);
          const before = { digits, mark, sealedTo };
          const sealed = { series, before, firstOffset, old: 0, points: noPoints, rest: noPoints };
          done.push(sealed);
          series.sealing = true;
          this.#seal(sealed);
          if (this.#clock() >= end) break;
        }
        const oldest = this.#heads.oldestOffset();
        return oldest === Number.POSITIVE_INFINITY ? this.#offset : oldest - 1;
      });
      for (const each of done) this.#clear(each);
    } catch (error) {
      for (const { series, before, firstOffset } of done) {
        Object.assign(series, before);
        this.#heads.setFirstOffset(series.id, firstOffset);
      }
      throw error;
    } finally {
      for (const { series } of done) series.sealing = false;
    }
  }

  #seal(sealed: Sealed): void {
    const { series } = sealed;
    const { id } = series;
    const points = this.#heads.points(id);
    const { length } = points.times;
    const fullAt = this.#heads.fullAt(id);
    // What is more than whole chunks is left for the next one; but only where it comes after all that
    // is in chunks, which after a crash some of a head is itself.
    const comesAfter = this.#heads.isOrdered(id) && points.times[0]! > series.sealedTo;
    const whole = length > fullAt && comesAfter;
    const end = whole ? length - (length % fullAt) : length;
    // What was beside those that have become too old is gone: their buckets, made anew, would lose all
    // but them.
    sealed.old = Math.min(end, lowerBound(points.times, this.#tiers.get(0).since));
    sealed.points = points;
    sealed.rest = slicePoints(points, end, length);
    if (sealed.old < end) this.#sealing.seal(series, slicePoints(points, sealed.old, end), fullAt);
    // The rest came with the batch that filled the head, or later.
    series.mark = end < length ? Math.max(series.mark, series.fullOffset - 1) : this.#offset;
    this.#heads.setFirstOffset(id, end < length ? series.fullOffset : Number.POSITIVE_INFINITY);
    this.series.update(series);
  }

  /** What was sealed is in the file now: empties the head of all but the rest. */
  #clear({ series, old, points, rest }: Sealed): void {
    const { id, fitting, fullOffset } = series;
    this.#queue.remove(series);
    this.#heads.clear(id);
    if (fitting > 0) this.#heads.setFullAt(id, fitting);
    this.#outside += old;
    const fullAt = this.#heads.fullAt(id);
    for (const [i, time] of rest.times.entries()) {
      const length = this.#heads.add(id, time, rest.values[i]!, fullOffset);
      if (length === 1) this.#queue.begin(series);
      // Chunks may have become shorter than they were.
      if (length >= fullAt) this.#queue.fill(series, length, fullOffset);
    }
    if (points === noPoints) return;
    freeBuffer(points.times.buffer);
    freeBuffer(points.values.buffer);
  }

  #openHead({ id }: StoredSeries): void {
    // Series of the same rate would all be full in the same second.
    this.#heads.open(id, 768 + ((Math.imul(id, 0x9e3779b1) >>> 23) & 511));
  }
}

/** A series whose head is being sealed. */
type Sealed = {
  readonly series: StoredSeries;
  /** What it was before, should the commit fail. */
  readonly before: Pick<StoredSeries, "digits" | "mark" | "sealedTo">;
  readonly firstOffset: number;
  /** How many samples have become too old since they came, and are left out. */
  old: number;
  /** All samples of the head. */
  points: Points;
  /** Those that stay in it. */
  rest: Points;
};
