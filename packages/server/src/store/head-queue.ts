import type { Heads } from "./heads.ts";
import type { StoredSeries } from "./stored-series.ts";

/** The log keeps 15 minutes; what waits longer here would hold it up. */
const sealAfterMs = 10 * 60_000;
/** Bounds how long a start takes that has to read the log again: 0.2 µs for each sample. */
const maxUnsealed = 8_000_000;

/** Which heads wait to become chunks: those that are full, and then the old ones. */
export class HeadQueue {
  readonly #heads: Heads;
  readonly #clock: () => number;
  readonly #sealAfterMs: number;
  readonly #full = new Set<StoredSeries>();
  /** All that are not empty, by the age of what is in them. */
  readonly #waiting = new Set<StoredSeries>();
  /** How many samples of all series have come. */
  #seen = 0;
  #excess = 0;

  /** `within`: samples must be in a chunk by then, in ms. */
  constructor(heads: Heads, clock: () => number, within: number) {
    this.#heads = heads;
    this.#clock = clock;
    this.#sealAfterMs = Math.min(sealAfterMs, within);
  }

  /** How many samples came for heads that were full, or old, already. */
  get excess(): number {
    const oldest = this.#oldest();
    return this.#excess + Math.max(0, oldest ? this.#seen - oldest.seen - maxUnsealed : 0);
  }

  get waiting(): Iterable<StoredSeries> {
    return this.#waiting;
  }

  /** So many more samples have come. */
  count(samples: number): void {
    this.#seen += samples;
  }

  /** A head has its first sample. */
  begin(series: StoredSeries): void {
    series.since = this.#clock();
    series.seen = this.#seen;
    this.#waiting.add(series);
  }

  /** A head is full, or more than that. */
  fill(series: StoredSeries, length: number, offset: number): void {
    if (length > this.#heads.fullAt(series.id)) this.#excess++;
    else {
      series.fullOffset = offset;
      this.#full.add(series);
    }
  }

  /** The next that is due, or else any; undefined if there is none. */
  next(all: boolean): StoredSeries | undefined {
    for (const series of this.#full) if (!series.sealing) return series;
    const oldest = this.#oldest();
    if (!oldest) return undefined;
    const old =
      this.#clock() - oldest.since >= this.#sealAfterMs || this.#seen - oldest.seen >= maxUnsealed;
    return all || old ? oldest : undefined;
  }

  /** The head of a series is about to be emptied. */
  remove(series: StoredSeries): void {
    this.#waiting.delete(series);
    this.#full.delete(series);
    const { id } = series;
    this.#excess -= Math.max(0, this.#heads.length(id) - this.#heads.fullAt(id));
  }

  #oldest(): StoredSeries | undefined {
    for (const series of this.#waiting) if (!series.sealing) return series;
    return undefined;
  }
}
