const remembered = 32;
/** Fewer intervals than this say nothing: with two samples, any distance is the usual one. */
const enough = 3;
/** Jitter of senders, networks and collections of garbage; shorter silences are no news. */
const floorMs = 1000;

/** Samples that came at once, without a time, are put side by side: that is no rhythm of theirs. */
const leastMs = 0.01;

/** How often a series has samples, learnt from its last intervals. */
export class Cadence {
  readonly #intervals = new Float64Array(remembered);
  #count = 0;
  #medianMs = Number.NaN;

  /** How many intervals were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The running median interval; NaN while unknown. */
  get medianMs(): number {
    return this.#medianMs;
  }

  /** Two samples further apart than this are not joined. */
  get silenceMs(): number {
    return Number.isNaN(this.#medianMs)
      ? Number.POSITIVE_INFINITY
      : Math.max(3 * this.#medianMs, floorMs);
  }

  record(intervalMs: number): void {
    if (intervalMs < leastMs) return;
    this.#intervals[this.#count % remembered] = intervalMs;
    this.#count++;
    // Sorting for every sample would cost more than everything else a fast series does.
    if (this.#count > remembered && this.#count % 16 !== 0) return;
    if (this.#count < enough) return;
    const sorted = this.#intervals.slice(0, Math.min(this.#count, remembered)).sort();
    this.#medianMs = sorted[sorted.length >> 1]!;
  }
}
