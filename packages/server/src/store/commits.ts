import {
  checkpoint,
  type Database,
  failureOf,
  type Statement,
  valueIn,
} from "../sqlite/database.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ChunkCache } from "./chunk-cache.ts";
import { historyFile } from "./history-file.ts";
import type { SeriesRegistry } from "./series-registry.ts";
import type { Tiers } from "./tiers.ts";

/** What memory knows and the file does not: written with every commit, forgotten once it is through. */
export type Unsaved = {
  readonly series: SeriesRegistry;
  readonly arrivals: Arrivals;
  readonly tiers: Tiers;
  readonly cache: ChunkCache;
};

/** The commits of the store, and how far along the log they reach. */
export class Commits {
  readonly #db: Database;
  readonly #unsaved: Unsaved;
  readonly #setMeta: Statement;
  #applied = 0;
  #durable = 0;

  constructor(db: Database, unsaved: Unsaved) {
    this.#db = db;
    this.#unsaved = unsaved;
    this.#setMeta = db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  }

  /** Up to this offset everything is in the file. */
  get applied(): number {
    return this.#applied;
  }

  /** Up to this offset everything is in the file even after a power cut. */
  get durable(): number {
    return this.#durable;
  }

  /** Begins, or goes on, with a log. What comes after `applied` is to be handed over again. */
  begin(epoch: string, head: number): void {
    const before = this.#meta("epoch");
    const applied = Number(this.#meta("applied") ?? 0);
    this.#applied = before === epoch ? Math.min(applied, head) : 0;
    // Until the next checkpoint: what is in the write-ahead log may be there in memory only.
    this.#durable = 0;
    const known = before === epoch ? head : 0;
    const newest = Number(valueIn(this.#db, "SELECT max(mark) FROM series") ?? 0);
    if (before === epoch && Math.max(applied, newest) <= head) return;
    // Offsets mean something else from here on. What is in the chunks stays.
    const { series, arrivals } = this.#unsaved;
    this.run(() => {
      this.#setMeta.run("epoch", epoch);
      if (before !== epoch) arrivals.clear();
      series.lowerMarks(known);
      arrivals.lower(known);
    });
  }

  /** Runs `act`, and commits what it wrote. */
  run<T>(act: () => T): T {
    return this.#commit(act, () => this.#applied);
  }

  /** Runs `act`, which puts samples into chunks and tells up to which offset all of them are. */
  apply(act: () => number): void {
    this.#commit(act, (applied) => applied);
  }

  /** Makes durable what was committed. Commits alone do not: nobody waits for them. */
  checkpoint(): void {
    const applied = this.#applied;
    try {
      if (checkpoint(this.#db)) this.#durable = applied;
    } catch (error) {
      throw failureOf("write the history", error, historyFile);
    }
  }

  #commit<T>(act: () => T, appliedBy: (result: T) => number): T {
    const { series, arrivals, tiers, cache } = this.#unsaved;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      series.save();
      const result = act();
      const applied = appliedBy(result);
      arrivals.save();
      this.#setMeta.run("applied", applied);
      tiers.save();
      this.#db.exec("COMMIT");
      series.saved();
      arrivals.saved();
      this.#applied = applied;
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      tiers.reload();
      // Ids that were given out will be given out again.
      cache.clear();
      throw failureOf("write the history", error, historyFile);
    }
  }

  #meta(key: string): unknown {
    return valueIn(this.#db, `SELECT value FROM meta WHERE key = '${key}'`);
  }
}
