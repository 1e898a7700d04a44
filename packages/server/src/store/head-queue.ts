import type { Heads } from "./heads.ts";
import type { StoredSeries } from "./stored-series.ts";

/** The log keeps 15 minutes; what waits longer here would hold it up. */
const sealAfterMs = 10 * 60_000;
/**
 * Bounds the memory of heads: 16 bytes for each sample. Above it the oldest go, one by one as samples
 * come: that leaves heads of all ages, where a bound on their age would have all of them due at once.
 */
const maxUnsealed = 8_000_000;
/**
 * Samples of all series since the first of a head: bounds how long a start takes that has to read the log
 * again, 0.2 µs for each. Of series of one rate none comes so far: the oldest that there can be among 8
 * million is e times as far behind, when the first of them are sealed for the first time.
 */
const maxBehind = 24_000_000;

/** Which heads wait to become chunks: those that are full, and then the old ones. */
export class HeadQueue {
  readonly #heads: Heads;
  readonly #clock: () => number;
  readonly #sealAfterMs: number;
  readonly #full = new Set<StoredSeries>();
  /**
   * All that are not empty, by the age of what is in them: each knows the one after it. A set would
   * pass over all that were deleted from its beginning each time the first is asked for.
   */
  #first: StoredSeries | undefined;
  #last: StoredSeries | undefined;
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
    return Math.max(this.#excess, oldest ? this.#tooMany(oldest) : 0);
  }

  *waiting(): Generator<StoredSeries> {
    for (let series = this.#first; series; series = series.after) yield series;
  }

  /** So many more samples have come. */
  count(samples: number): void {
    this.#seen += samples;
  }

  /** A head has its first sample. */
  begin(series: StoredSeries): void {
    series.since = this.#clock();
    series.seen = this.#seen;
    series.before = this.#last;
    if (this.#last) this.#last.after = series;
    else this.#first = series;
    this.#last = series;
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
    const old = this.#clock() - oldest.since >= this.#sealAfterMs;
    return all || old || this.#tooMany(oldest) > 0 ? oldest : undefined;
  }

  /** The head of a series is about to be emptied. */
  remove(series: StoredSeries): void {
    const { id, before, after } = series;
    // What is not in the line has neither, and is not the first.
    if (before) before.after = after;
    else if (this.#first === series) this.#first = after;
    if (after) after.before = before;
    else if (this.#last === series) this.#last = before;
    series.before = undefined;
    series.after = undefined;
    this.#full.delete(series);
    this.#excess -= Math.max(0, this.#heads.length(id) - this.#heads.fullAt(id));
  }

  /** How many samples there are too many of, in all heads or since the oldest began. */
  #tooMany({ seen }: StoredSeries): number {
    return Math.max(this.#heads.total - maxUnsealed, this.#seen - seen - maxBehind);
  }

  #oldest(): StoredSeries | undefined {
    let series = this.#first;
    while (series?.sealing) series = series.after;
    return series;
  }
}
