import type { Points } from "./points.ts";

const empty = new Float64Array(0);
const leastRoom = 8;
/** Beyond this it grows by halves: it is about to become a chunk. */
const usualRoom = 1280;

/**
 * Samples of one series that are in no chunk yet, in the order in which they came. Grows with what it
 * holds: most series of a large server say little.
 */
export class Head {
  length = 0;
  /** How many were added since it was empty; of these, later writes may have replaced some. */
  added = 0;
  /** Offset of the batch that its first sample came with. */
  firstOffset = 0;
  /** When that was, by a monotonic clock, and how many samples of all series had come by then. */
  since = 0;
  seen = 0;
  /** Time, value, time, value: of thousands of heads, the processor has to fetch only one place each. */
  #pairs: Float64Array = empty;
  #last = Number.NEGATIVE_INFINITY;
  /** Whether each sample is later than the one before it. */
  #ordered = true;

  add(time: number, value: number): void {
    const at = 2 * this.length;
    if (at === this.#pairs.length) this.#grow();
    const pairs = this.#pairs;
    if (!(time > this.#last)) this.#ordered = false;
    this.#last = time;
    pairs[at] = time;
    pairs[at + 1] = value;
    this.length++;
    this.added++;
  }

  /** By time, the later write of two at one time. */
  points(): Points {
    const { times, values } = this.#unpaired();
    if (this.#ordered) return { times, values };
    const sorted = sortPoints(times, values);
    this.length = sorted.times.length;
    for (let i = 0; i < this.length; i++) {
      this.#pairs[2 * i] = sorted.times[i]!;
      this.#pairs[2 * i + 1] = sorted.values[i]!;
    }
    this.#ordered = true;
    this.#last = sorted.times[this.length - 1]!;
    return sorted;
  }

  clear(): void {
    this.length = 0;
    this.added = 0;
    this.#ordered = true;
    this.#last = Number.NEGATIVE_INFINITY;
    this.#pairs = empty;
  }

  #unpaired(): Points {
    const { length } = this;
    const pairs = this.#pairs;
    const times = new Float64Array(length);
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      times[i] = pairs[2 * i]!;
      values[i] = pairs[2 * i + 1]!;
    }
    return { times, values };
  }

  #grow(): void {
    const room = this.#pairs.length / 2;
    const wanted =
      room < usualRoom ? Math.min(Math.max(leastRoom, room * 4), usualRoom) : room * 1.5;
    const pairs = new Float64Array(2 * Math.ceil(wanted));
    pairs.set(this.#pairs);
    this.#pairs = pairs;
  }
}

/** Puts samples, given in the order of the log, in that of time; the later write of two stays. */
export function sortPoints(times: Float64Array, values: Float64Array): Points {
  // Stable, so that of equal times the last is the one that was written last.
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const sorted = { times: new Float64Array(order.length), values: new Float64Array(order.length) };
  let n = 0;
  for (const at of order) {
    const time = times[at]!;
    if (n > 0 && sorted.times[n - 1] === time) n--;
    sorted.times[n] = time;
    sorted.values[n] = values[at]!;
    n++;
  }
  return { times: sorted.times.subarray(0, n), values: sorted.values.subarray(0, n) };
}
