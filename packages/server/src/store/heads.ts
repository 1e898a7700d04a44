import { noPoints, type Points } from "./points.ts";

/** Samples of a page: time, value, time, value. Short, since most series of a large server say little. */
const pageSamples = 32;
const pageNumbers = 2 * pageSamples;
/** 8 MB; of a segment only the pages that are written to take memory. */
const segmentPages = 16_384;
const none = -1;

/**
 * Samples that are in no chunk yet, of each series in the order in which they came.
 *
 * A batch has a sample of each of thousands of series, so what counts is how many places in memory each
 * of them touches. Here that is one, the end of its page; what else there is to know of the heads is in
 * columns, by the number of the series, which a batch walks in order.
 */
export class Heads {
  readonly #segments: Float64Array[] = [];
  /** Of each page: the one after it in its head, or in the list of those that are free. */
  #after = new Int32Array(0);
  #free = none;
  #pages = 0;
  #lengths = new Int32Array(0);
  #firstPages = new Int32Array(0);
  #lastPages = new Int32Array(0);
  #lastTimes = new Float64Array(0);
  #earliest = new Float64Array(0);
  #firstOffsets = new Float64Array(0);
  /** 1: each sample is later than the one before it. */
  #ordered = new Uint8Array(0);
  /** How many a head should have at most, before it becomes a chunk. */
  #fullAt = new Int32Array(0);
  #total = 0;

  /** Samples of all series. */
  get total(): number {
    return this.#total;
  }

  /** Makes room for a series, which are numbered from 1. */
  open(series: number, fullAt: number): void {
    if (series >= this.#lengths.length) this.#makeRoom(Math.max(64, 2 * series));
    this.#fullAt[series] = fullAt;
    this.#empty(series);
  }

  /** How many were added since it was empty. */
  length(series: number): number {
    return this.#lengths[series]!;
  }

  setFullAt(series: number, length: number): void {
    this.#fullAt[series] = length;
  }

  fullAt(series: number): number {
    return this.#fullAt[series]!;
  }

  /** Time of its earliest sample; Infinity if it has none. */
  earliest(series: number): number {
    return this.#earliest[series] ?? Number.POSITIVE_INFINITY;
  }

  /** Time of its latest sample; -Infinity if it has none. */
  latest(series: number): number {
    if (this.#ordered[series] === 1) return this.#lastTimes[series]!;
    return this.points(series).times.at(-1)!;
  }

  /** Whether each sample is later than the one before it. */
  isOrdered(series: number): boolean {
    return this.#ordered[series] === 1;
  }

  /** Offset of the batch that the first sample of a head came with; Infinity if it is empty. */
  firstOffset(series: number): number {
    return this.#firstOffsets[series]!;
  }

  /** The least of all. */
  oldestOffset(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const offset of this.#firstOffsets) if (offset < oldest) oldest = offset;
    return oldest;
  }

  setFirstOffset(series: number, offset: number): void {
    this.#firstOffsets[series] = offset;
  }

  /** Returns how many were added now since it was empty. */
  add(series: number, time: number, value: number, offset: number): number {
    const length = this.#lengths[series]!;
    const at = length % pageSamples;
    if (at === 0) this.#addPage(series, length);
    if (length === 0) this.#firstOffsets[series] = offset;
    const page = this.#lastPages[series]!;
    const numbers = this.#segments[Math.floor(page / segmentPages)]!;
    const place = (page % segmentPages) * pageNumbers + 2 * at;
    numbers[place] = time;
    numbers[place + 1] = value;
    if (!(time > this.#lastTimes[series]!)) this.#ordered[series] = 0;
    this.#lastTimes[series] = time;
    if (time < this.#earliest[series]!) this.#earliest[series] = time;
    this.#lengths[series] = length + 1;
    this.#total++;
    return length + 1;
  }

  /** By time, the later write of two at one time. */
  points(series: number): Points {
    const length = this.#lengths[series]!;
    if (length === 0) return noPoints;
    const times = new Float64Array(length);
    const values = new Float64Array(length);
    let page = this.#firstPages[series]!;
    for (let from = 0; from < length; from += pageSamples) {
      const numbers = this.#segments[Math.floor(page / segmentPages)]!;
      let place = (page % segmentPages) * pageNumbers;
      const to = Math.min(length, from + pageSamples);
      for (let i = from; i < to; i++) {
        times[i] = numbers[place++]!;
        values[i] = numbers[place++]!;
      }
      page = this.#after[page]!;
    }
    return this.#ordered[series] === 1 ? { times, values } : sortPoints(times, values);
  }

  clear(series: number): void {
    if (this.#lengths[series] === 0) return;
    this.#after[this.#lastPages[series]!] = this.#free;
    this.#free = this.#firstPages[series]!;
    this.#total -= this.#lengths[series]!;
    this.#empty(series);
  }

  #empty(series: number): void {
    this.#lengths[series] = 0;
    this.#ordered[series] = 1;
    this.#lastTimes[series] = Number.NEGATIVE_INFINITY;
    this.#earliest[series] = Number.POSITIVE_INFINITY;
    this.#firstOffsets[series] = Number.POSITIVE_INFINITY;
  }

  #addPage(series: number, length: number): void {
    const page = this.#takePage();
    this.#after[page] = none;
    if (length === 0) this.#firstPages[series] = page;
    else this.#after[this.#lastPages[series]!] = page;
    this.#lastPages[series] = page;
  }

  #takePage(): number {
    if (this.#free !== none) {
      const page = this.#free;
      this.#free = this.#after[page]!;
      return page;
    }
    if (this.#pages % segmentPages === 0) {
      this.#segments.push(new Float64Array(segmentPages * pageNumbers));
      this.#after = copied(this.#after, new Int32Array(this.#pages + segmentPages));
    }
    return this.#pages++;
  }

  #makeRoom(room: number): void {
    this.#lengths = copied(this.#lengths, new Int32Array(room));
    this.#firstPages = copied(this.#firstPages, new Int32Array(room));
    this.#lastPages = copied(this.#lastPages, new Int32Array(room));
    this.#earliest = copied(this.#earliest, new Float64Array(room));
    // Series that are not open have nothing to wait for.
    const offsets = new Float64Array(room).fill(Number.POSITIVE_INFINITY);
    this.#firstOffsets = copied(this.#firstOffsets, offsets);
    this.#lastTimes = copied(this.#lastTimes, new Float64Array(room));
    this.#ordered = copied(this.#ordered, new Uint8Array(room));
    this.#fullAt = copied(this.#fullAt, new Int32Array(room));
  }
}

type Numbers = Int32Array | Float64Array | Uint8Array;

function copied<T extends Numbers>(from: T, to: T): T {
  to.set(from);
  return to;
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
