import type { Database, Statement } from "../sqlite/database.ts";

const minute = 60_000;

type Arrival = { last: number; earliest: number };

/**
 * What came in each minute: up to which offset, and how far back in time. It tells what a viewer has
 * missed whose position the log no longer has, and whether a range of time has changed.
 */
export class Arrivals {
  readonly #db: Database;
  readonly #upsert: Statement;
  readonly #earliest: Statement;
  readonly #newest: Statement;
  /** Not in the file yet, by minute. */
  readonly #pending = new Map<number, Arrival>();

  constructor(db: Database) {
    this.#db = db;
    this.#upsert = db.prepare(
      `INSERT INTO arrival VALUES (?, ?, ?) ON CONFLICT (minute) DO UPDATE SET
       last = max(last, excluded.last), earliest = min(earliest, excluded.earliest)`,
    );
    this.#earliest = db.prepare("SELECT min(earliest) AS time FROM arrival WHERE last > ?");
    this.#newest = db.prepare("SELECT max(last) AS last FROM arrival WHERE earliest <= ?");
  }

  add(at: number, offset: number, earliest: number): void {
    const key = Math.floor(at / minute);
    const arrival = this.#pending.get(key);
    if (!arrival) {
      this.#pending.set(key, { last: offset, earliest });
      return;
    }
    arrival.last = offset;
    if (earliest < arrival.earliest) arrival.earliest = earliest;
  }

  /** Writes what is new; to be forgotten with `saved` once that is durable. */
  save(): void {
    for (const [key, { last, earliest }] of this.#pending) this.#upsert.run(key, last, earliest);
  }

  saved(): void {
    this.#pending.clear();
  }

  /** Time of the earliest sample after an offset; Infinity if none came, undefined if unknown. */
  earliestSince(offset: number): number | undefined {
    if (offset < this.#meta("forgotten")) return undefined;
    const stored = this.#earliest.get(offset)?.time;
    let earliest = typeof stored === "number" ? stored : Number.POSITIVE_INFINITY;
    for (const arrival of this.#pending.values()) {
      if (arrival.last > offset) earliest = Math.min(earliest, arrival.earliest);
    }
    return earliest;
  }

  /** The newest offset that may have brought a sample with a time up to this one; 0 if none. */
  newestUpTo(time: number): number {
    let newest = Number(this.#newest.get(time)?.last ?? 0);
    for (const { last, earliest } of this.#pending.values()) {
      if (earliest <= time && last > newest) newest = last;
    }
    return newest;
  }

  /** Forgets what came before a time. To be called in a transaction. */
  drop(before: number): void {
    const key = Math.floor(before / minute);
    const last = this.#db
      .prepare("SELECT max(last) AS last FROM arrival WHERE minute < ?")
      .get(key);
    if (typeof last?.last !== "number") return;
    // Not less than before: where our clock was set back, later minutes hold lesser offsets.
    const forgotten = Math.max(last.last, this.#meta("forgotten"));
    this.#db.prepare("INSERT OR REPLACE INTO meta VALUES ('forgotten', ?)").run(forgotten);
    this.#db.prepare("DELETE FROM arrival WHERE minute < ?").run(key);
  }

  /** Nothing came after this offset: the log has lost its end. To be called in a transaction. */
  lower(offset: number): void {
    this.#db.prepare("UPDATE arrival SET last = min(last, ?)").run(offset);
  }

  /** Forgets everything: another log has begun. To be called in a transaction. */
  clear(): void {
    this.#db.exec("DELETE FROM arrival; DELETE FROM meta WHERE key = 'forgotten'");
    this.#pending.clear();
  }

  #meta(key: string): number {
    return Number(this.#db.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.value ?? 0);
  }
}
