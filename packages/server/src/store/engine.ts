import { type Database, failureOf, openForWriting, valueIn } from "../sqlite/database.ts";
import { Arrivals } from "./arrivals.ts";
import { Chunks } from "./chunks.ts";
import { Damage } from "./damage.ts";
import { historyFile } from "./history-file.ts";
import { HistoryReader } from "./history-reader.ts";
import { Retention } from "./retention.ts";
import { Rollups } from "./rollups.ts";
import { Sealing } from "./sealing.ts";
import type { SeriesAbout, StoreStats } from "./store.ts";
import { StoredSeries } from "./stored-series.ts";
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

/** How long each tier is kept, in ms. */
export type Keep = {
  readonly samplesMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
};

/** Samples of one batch of the log. */
export type Arrived = {
  readonly offset: number;
  readonly at: number;
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

/** The log keeps 15 minutes; what waits longer here would hold it up. */
const sealAfterMs = 10 * 60_000;
/** Bounds how long a start takes that has to read the log again: 0.2 µs for each sample. */
const maxUnsealed = 8_000_000;

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
  readonly reader: HistoryReader;
  readonly damage = new Damage();
  /** By the ids of the log. */
  readonly #series: StoredSeries[] = [];
  readonly #byName = new Map<string, StoredSeries>();
  /** Have no row yet. */
  readonly #unsaved: StoredSeries[] = [];
  readonly #full = new Set<StoredSeries>();
  /** Those with samples in their heads, by the age of these. */
  readonly #waiting = new Set<StoredSeries>();
  readonly #insertSeries;
  readonly #updateSeries;
  readonly #setMeta;
  #seen = 0;
  #outside = 0;
  #excess = 0;
  #offset = 0;
  #applied = 0;

  constructor({ dir, keep, maxBytes, now = Date.now, clock }: EngineOptions) {
    this.#now = now;
    this.#clock = clock ?? (() => performance.now());
    // Never more than a sixth of what there is: what is left is for pages.
    const walBytes = Math.min(64_000_000, Math.floor(maxBytes / 6));
    const db = openForWriting(historyFile, dir, { walBytes, cacheBytes: 32_000_000 });
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
    });
    this.reader = new HistoryReader(this.#chunks, rollups, this.#tiers);
    this.#insertSeries = db.prepare("INSERT INTO series (id, name) VALUES (?, ?)");
    this.#updateSeries = db.prepare("UPDATE series SET digits = ?, mark = ? WHERE id = ?");
    this.#setMeta = db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
    this.#loadSeries();
  }

  /** Up to this offset everything is in the file. */
  get applied(): number {
    return this.#applied;
  }

  /** Up to this offset everything can be read here. */
  get offset(): number {
    return this.#offset;
  }

  get keptFrom(): number {
    return this.#tiers.get(0).since;
  }

  /** How many samples came for heads that were full already. */
  get excess(): number {
    return this.#excess;
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
    const before = valueIn(this.#db, "SELECT value FROM meta WHERE key = 'epoch'");
    const applied = Number(valueIn(this.#db, "SELECT value FROM meta WHERE key = 'applied'") ?? 0);
    this.#applied = before === epoch ? Math.min(applied, head) : 0;
    this.#offset = this.#applied;
    if (before === epoch && applied <= head) return;
    // Offsets mean something else from here on. What is in the chunks stays.
    this.#transaction(() => {
      this.#setMeta.run("epoch", epoch);
      if (before !== epoch) this.#arrivals.clear();
      this.#db.prepare("UPDATE series SET mark = min(mark, ?)").run(this.#applied);
      for (const series of this.#byName.values()) {
        series.mark = Math.min(series.mark, this.#applied);
      }
    });
  }

  /** Series that have samples here, but are none of these of the log. */
  missingIn(names: readonly string[]): string[] {
    const known = new Set(names);
    return [...this.#byName.keys()].filter((name) => !known.has(name));
  }

  /** Makes known the names of series; the first has the id `firstId` in the log. */
  name(firstId: number, names: readonly string[]): void {
    for (const [index, name] of names.entries()) {
      let series = this.#byName.get(name);
      if (!series) {
        series = new StoredSeries(this.#byName.size + 1, name);
        this.#byName.set(name, series);
        this.#unsaved.push(series);
      }
      this.#series[firstId + index] = series;
    }
  }

  get(id: number): StoredSeries | undefined {
    return this.#series[id];
  }

  /** What is known of series besides their names, by the ids of the log. */
  *abouts(): Generator<readonly [id: number, SeriesAbout]> {
    for (const [id, series] of this.#series.entries()) {
      if (series && Object.keys(series.about).length > 0) yield [id, series.about];
    }
  }

  /** Takes in a batch. With `replay` it may have been taken in before, in part. */
  apply({ offset, at, ids, times, values }: Arrived, replay: boolean): void {
    const { since } = this.#tiers.get(0);
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ids.length; i++) {
      const time = times[i]!;
      const series = this.#series[ids[i]!]!;
      if (time < earliest) earliest = time;
      if (replay && offset <= series.mark) continue;
      if (time < since) this.#outside++;
      else this.#add(series, time, values[i]!, offset);
    }
    this.#seen += ids.length;
    this.#offset = offset;
    this.#arrivals.add(at, offset, earliest);
  }

  /** Seals what is due, or all there is, for about so long. Returns whether there is more. */
  sealDue(budgetMs: number, all = false): boolean {
    if (!this.#nextDue(all)) return false;
    this.#sealAll(() => this.#nextDue(all), this.#clock() + budgetMs);
    return this.#nextDue(all) !== undefined;
  }

  /** Seals late samples of some series: readers then find in a head only what is newest. */
  settle(all: Iterable<StoredSeries>): void {
    const late = [...all].filter(
      ({ head, sealedTo }) => head.length > 0 && head.points().times[0]! <= sealedTo,
    );
    if (late.length > 0) this.#sealAll(() => late.pop());
  }

  /** Drops a slice of what is too old or too much. Returns whether there is more. */
  retain(): boolean {
    return this.#transaction(() => this.#retention.slice(this.#now()), false);
  }

  describe(id: number, about: SeriesAbout): void {
    const series = this.#series[id];
    if (!series) throw new Error(`BUG: no series has the id ${id}`);
    const all = { ...series.about, ...about };
    const { unit = null, kind = null, decimals = null } = all;
    this.#transaction(() =>
      this.#db
        .prepare("UPDATE series SET unit = ?, kind = ?, decimals = ? WHERE id = ?")
        .run(unit, kind, decimals, series.id),
    );
    series.about = all;
  }

  /** Times of the first and the last sample of a series that are kept. */
  bounds({ id, head }: StoredSeries): { first?: number; last?: number } {
    const sealed = this.#chunks.bounds(id);
    const { times } = head.points();
    const first = Math.min(sealed?.first ?? Infinity, times[0] ?? Infinity);
    const last = Math.max(sealed?.last ?? -Infinity, times.at(-1) ?? -Infinity);
    return first === Infinity ? {} : { first, last };
  }

  stats(): StoreStats {
    let unsealed = 0;
    for (const { head } of this.#waiting) unsealed += head.length;
    const tiers = (["samples", "minutes", "hours"] as const).map((tier, level) => {
      const { rows, samples, bytes, since } = this.#tiers.get(level as 0 | 1 | 2);
      return { tier, rows, samples, bytes, from: since };
    });
    const stored = valueIn(this.#db, "SELECT min(t0) FROM chunk");
    let oldest = typeof stored === "number" ? stored : Number.POSITIVE_INFINITY;
    for (const { head } of this.#waiting) oldest = Math.min(oldest, head.points().times[0]!);
    return {
      series: this.#byName.size,
      unsealed,
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

  #add(series: StoredSeries, time: number, value: number, offset: number): void {
    const { head } = series;
    if (head.length === 0) {
      head.firstOffset = offset;
      head.since = this.#clock();
      head.seen = this.#seen;
      this.#waiting.add(series);
    }
    head.add(time, value);
    if (head.added > series.fullAt) this.#excess++;
    else if (head.added === series.fullAt) this.#full.add(series);
  }

  #nextDue(all: boolean): StoredSeries | undefined {
    for (const series of this.#full) if (!series.sealing) return series;
    const oldest = this.#oldest();
    if (!oldest) return undefined;
    const { since, seen } = oldest.head;
    const old = this.#clock() - since >= sealAfterMs || this.#seen - seen >= maxUnsealed;
    return all || old ? oldest : undefined;
  }

  #oldest(): StoredSeries | undefined {
    for (const series of this.#waiting) if (!series.sealing) return series;
    return undefined;
  }

  /** Seals the series that `next` gives, until there is none or `end`, in one commit. */
  #sealAll(next: () => StoredSeries | undefined, end = Number.POSITIVE_INFINITY): void {
    const before: Sealed[] = [];
    try {
      this.#transaction(() => {
        for (let series = next(); series; series = next()) {
          const { digits, mark, sealedTo } = series;
          before.push({ series, digits, mark, sealedTo });
          series.sealing = true;
          this.#seal(series);
          if (this.#clock() >= end) break;
        }
        const oldest = this.#oldest();
        this.#applied = oldest ? oldest.head.firstOffset - 1 : this.#offset;
      });
      for (const { series } of before) this.#clear(series);
    } catch (error) {
      for (const { series, ...was } of before) Object.assign(series, was);
      throw error;
    } finally {
      for (const { series } of before) series.sealing = false;
    }
  }

  #seal(series: StoredSeries): void {
    this.#sealing.seal(series, series.head.points());
    series.mark = this.#offset;
    this.#updateSeries.run(series.digits, series.mark, series.id);
  }

  #clear(series: StoredSeries): void {
    this.#waiting.delete(series);
    this.#full.delete(series);
    this.#excess -= Math.max(0, series.head.added - series.fullAt);
    series.head.clear();
  }

  #loadSeries(): void {
    const rows = this.#db
      .prepare(
        `SELECT id, name, unit, kind, decimals, digits, mark,
         (SELECT t1 FROM chunk WHERE series = series.id ORDER BY t0 DESC LIMIT 1) AS sealedTo
         FROM series ORDER BY id`,
      )
      .iterate();
    for (const row of rows) {
      const { id, name, unit, kind, decimals, digits, mark, sealedTo } = row as SeriesRow;
      const series = new StoredSeries(id, name);
      series.about = {
        ...(unit === null ? {} : { unit }),
        ...(kind === null ? {} : { kind }),
        ...(decimals === null ? {} : { decimals }),
      };
      series.digits = digits;
      series.mark = mark;
      series.sealedTo = sealedTo ?? Number.NEGATIVE_INFINITY;
      this.#byName.set(name, series);
    }
  }

  /** Runs `act` and commits, with all that memory knows and the file does not. */
  #transaction<T>(act: () => T, withApplied = true): T {
    const applied = this.#applied;
    const unsaved = this.#unsaved.length;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      for (const { id, name } of this.#unsaved) this.#insertSeries.run(id, name);
      const result = act();
      if (withApplied) {
        this.#arrivals.save();
        this.#setMeta.run("applied", this.#applied);
      }
      this.#tiers.save();
      this.#db.exec("COMMIT");
      this.#unsaved.splice(0, unsaved);
      if (withApplied) this.#arrivals.saved();
      return result;
    } catch (error) {
      this.#applied = applied;
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#tiers.reload();
      // Ids that were given out will be given out again.
      this.#chunks.cache.clear();
      throw failureOf("write the history", error, historyFile);
    }
  }
}

/** What a series was before its samples were sealed. */
type Sealed = Pick<StoredSeries, "digits" | "mark" | "sealedTo"> & {
  readonly series: StoredSeries;
};

type SeriesRow = {
  readonly id: number;
  readonly name: string;
  readonly unit: string | null;
  readonly kind: "gauge" | "counter" | null;
  readonly decimals: number | null;
  readonly digits: number;
  readonly mark: number;
  readonly sealedTo: number | null;
};
