import { afterCut, lowerBound, Ring, upperBound } from "./ring.ts";

/** What a ring holds. */
type Held = {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly starts: Uint8Array;
};

/**
 * How fast a counter grows, per second: at each of its samples, the mean since the one before. A value
 * that is less than the one before has grown from zero, since counters begin anew with their programs.
 * Where nothing is known of the one before, no rate is known either: absent, as what is lost is.
 *
 * Of buckets of history there are few samples, and the mean is of the time between these.
 */
export class Rates {
  readonly #values: Ring;
  readonly #rates: Ring;
  #epoch = Number.NaN;
  #revision = 0;

  /** `maxSamples`: how many samples `values` may hold. */
  constructor(values: Ring, maxSamples: number) {
    this.#values = values;
    // Thinned when the values are, and not by itself: it holds as many, and one more for a while.
    this.#rates = new Ring(2 * maxSamples + 2);
  }

  /** The rates of what the counter's ring holds now. Only what is new since the last call is reckoned. */
  refreshed(): Ring {
    const held = {
      times: this.#values.times,
      values: this.#values.values,
      starts: this.#values.starts,
    };
    const { revisions, epoch } = this.#values;
    const oldest = held.times[0] ?? Number.POSITIVE_INFINITY;
    const seen = this.#rates.newestTime;
    // What was pruned before it was read leaves a hole that nobody may see bridged.
    if (this.#epoch !== epoch || oldest > seen) this.#rates.clear();
    else {
      this.#rates.prune(oldest, 0);
      revisions.since(this.#revision, (from, until) =>
        this.#correct(held, from, Math.min(until, seen)),
      );
    }
    this.#epoch = epoch;
    this.#revision = revisions.count;
    const from = upperBound(held.times, this.#rates.newestTime);
    for (let i = from; i < held.times.length; i++) this.#put(held, i);
    return this.#rates;
  }

  /** Up to the next value after these: its rate is reckoned from them. */
  #correct(held: Held, from: number, until: number): void {
    const { times, values } = held;
    const end = this.#rates.newestTime;
    let i = lowerBound(times, from);
    for (; i < times.length && times[i]! <= until; i++) this.#put(held, i);
    for (; i < times.length && times[i]! <= end; i++) {
      this.#put(held, i);
      if (!Number.isNaN(values[i])) return;
    }
  }

  #put(held: Held, i: number): void {
    const { times, values, starts } = held;
    const time = times[i]!;
    const bucketMs = this.#values.bucketMsAt(time);
    const before = beforeIn(held, i, bucketMs);
    if (starts[i] === afterCut && time > this.#rates.newestTime) this.#rates.cut();
    const rate = before < 0 ? Number.NaN : rateOf(values, times, before, i);
    this.#rates.add(time, Number.isFinite(rate) ? rate : null, bucketMs);
  }
}

function rateOf(values: Float64Array, times: Float64Array, before: number, i: number): number {
  const value = values[i]!;
  const grown = value < values[before]! ? value : value - values[before]!;
  return grown / ((times[i]! - times[before]!) / 1000);
}

/** The index of the sample that another has grown from; -1 if it is not known. */
function beforeIn({ times, values, starts }: Held, i: number, bucketMs: number): number {
  let before = i;
  do {
    if (starts[before--] === afterCut) return -1;
    // Inside of a bucket there may be an absence between two values that were not beside each other.
  } while (
    before > 0 &&
    Number.isNaN(values[before]) &&
    times[i]! - times[before - 1]! <= bucketMs
  );
  return before;
}
