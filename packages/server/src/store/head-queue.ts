import type { Heads } from "./heads.ts";
import type { StoredSeries } from "./stored-series.ts";

/** The log keeps 15 minutes; what waits longer here would hold it up. */
const sealAfterMs = 10 * 60_000;
/**
 * Samples of all series since the first of a head. All of them are in the log until then, and are read
 * again by a start after a crash: 5 s at 0.2 µs each.
 */
const maxBehind = 24_000_000;
/** With fewer, chunks would be short where there are many series. */
const leastBehind = 1_000_000;
/** What the log takes for one: it must not have to hold more than its share because one series is slow. */
const logBytesEach = 20;

/** How far behind heads may be where the log may hold that many bytes. */
export function behindWithin(logBytes: number): number {
  return Math.min(maxBehind, Math.max(leastBehind, Math.floor(logBytes / logBytesEach)));
}

/** Which heads wait to become chunks: those that are full, and then the old ones. */
export class HeadQueue {
  readonly #heads: Heads;
  readonly #clock: () => number;
  readonly #sealAfterMs: number;
  readonly #maxBehind: number;
  /**
   * Samples in all heads, which bounds their memory. Above it the oldest go: that leaves heads of all ages,
   * where a bound on their age would have all of them due at once. Of series of one rate none comes as
   * far behind as it may: the oldest that there can be is e times as far, when the first of them are
   * sealed for the first time.
   */
  readonly #maxUnsealed: number;
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

  /** `within`: samples must be in a chunk by then, in ms; `maxBehind`: and before so many have come. */
  constructor(heads: Heads, clock: () => number, within: number, maxBehind: number) {
    this.#heads = heads;
    this.#clock = clock;
    this.#sealAfterMs = Math.min(sealAfterMs, within);
    this.#maxBehind = maxBehind;
    this.#maxUnsealed = Math.floor(maxBehind / 3);
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
    return Math.max(this.#heads.total - this.#maxUnsealed, this.#seen - seen - this.#maxBehind);
  }

  #oldest(): StoredSeries | undefined {
    let series = this.#first;
    while (series?.sealing) series = series.after;
    return series;
  }
}
