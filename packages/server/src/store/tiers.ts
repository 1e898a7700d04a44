import type { Database, Statement } from "../sqlite/database.ts";

/** 0: samples, in chunks. 1: buckets of a minute. 2: of an hour. */
export type Level = 0 | 1 | 2;

type Tier = { rows: number; samples: number; bytes: number; since: number };

/** What each tier holds, kept up to date with every row, since counting them would take minutes. */
export class Tiers {
  readonly #update: Statement;
  readonly #select: Statement;
  readonly #tiers: Tier[] = [];
  #changed = false;

  constructor(db: Database) {
    this.#update = db.prepare(
      "UPDATE tier SET rows = ?, samples = ?, bytes = ?, since = ? WHERE level = ?",
    );
    this.#select = db.prepare("SELECT rows, samples, bytes, since FROM tier ORDER BY level");
    this.reload();
  }

  get(level: Level): Readonly<Tier> {
    return this.#tiers[level]!;
  }

  /** Of all rows, without what a file needs besides. */
  get bytes(): number {
    return this.#tiers.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(level: Level, { rows, samples, bytes }: Omit<Tier, "since">): void {
    const tier = this.#tiers[level]!;
    tier.rows += rows;
    tier.samples += samples;
    tier.bytes += bytes;
    this.#changed = true;
  }

  /** All from before a time has been dropped, and what comes from there is no longer taken. */
  setSince(level: Level, since: number): void {
    this.#tiers[level]!.since = since;
    this.#changed = true;
  }

  /** Writes what has changed, in the transaction that changed it. */
  save(): void {
    if (!this.#changed) return;
    for (const [level, { rows, samples, bytes, since }] of this.#tiers.entries()) {
      this.#update.run(rows, samples, bytes, since, level);
    }
    this.#changed = false;
  }

  /** Takes back what a transaction changed that has failed. */
  reload(): void {
    this.#tiers.splice(0, 3, ...(this.#select.all() as Tier[]));
    this.#changed = false;
  }
}
