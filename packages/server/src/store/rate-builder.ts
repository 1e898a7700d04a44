import type { Buckets } from "./buckets.ts";
import type { Points } from "./points.ts";
import type { SeriesHistory } from "./store.ts";

/**
 * Turns what a counter counted into its rate: the increase per second, of each bucket, or with a width
 * of 0 since the sample before. A counter that is less than before has begun anew at 0.
 */
export class RateBuilder {
  readonly #width: number;
  readonly #times: number[] = [];
  readonly #rates: number[] = [];
  #last = Number.NaN;
  #lastTime = Number.NaN;

  constructor(width: number) {
    this.#width = width;
  }

  /** The sample before all others; NaN if there is none. */
  begin({ time, value }: { readonly time: number; readonly value: number }): void {
    this.#last = value;
    this.#lastTime = time;
  }

  addPoints({ times, values }: Points): void {
    for (const [i, value] of values.entries()) {
      if (!Number.isNaN(value)) this.#add(times[i]!, value);
    }
  }

  /** Adds a bucket that lies in one of ours, if it tells how often the counter began anew. */
  addBucket(b: Buckets, i: number): boolean {
    if (b.counts[i] === 0) return true;
    if (Number.isNaN(b.drops[i])) return false;
    this.#add(b.firstTimes[i]!, b.firsts[i]!);
    if (b.counts[i]! > 1) this.#rise(b.firstTimes[i]!, b.lasts[i]!, b.drops[i]!);
    return true;
  }

  /** Adds a finer bucket whose samples are gone, as if the counter had begun anew once at most. */
  addEstimate(b: Buckets, i: number): void {
    const [last, max] = [b.lasts[i]!, b.maxs[i]!];
    this.#add(b.firstTimes[i]!, b.firsts[i]!);
    this.#rise(b.firstTimes[i]!, last, last < max ? max : 0);
  }

  take(): SeriesHistory | undefined {
    if (this.#times.length === 0) return undefined;
    const times = Float64Array.from(this.#times);
    return { kind: "rates", bucketMs: this.#width, times, values: Float64Array.from(this.#rates) };
  }

  /** Goes on to a later value in the bucket of a time, by way of what was dropped in between. */
  #rise(time: number, value: number, drops: number): void {
    this.#grow(time, value - this.#last + drops);
    this.#last = value;
  }

  #add(time: number, value: number): void {
    const increase = value < this.#last ? value : value - this.#last;
    if (!Number.isNaN(increase)) this.#grow(time, increase);
    this.#last = value;
    this.#lastTime = time;
  }

  /** Adds an increase to the bucket of a time. */
  #grow(time: number, increase: number): void {
    const width = this.#width;
    const start = width === 0 ? time : Math.floor(time / width) * width;
    const rate = increase / ((width || time - this.#lastTime) / 1000);
    const at = this.#times.length - 1;
    if (this.#times[at] === start) this.#rates[at]! += rate;
    else {
      this.#times.push(start);
      this.#rates.push(rate);
    }
  }
}
