import { type Buckets, bucketColumnNames, bucketsFrom, sliceBuckets } from "./buckets.ts";
import type { Points } from "./points.ts";

const none = Number.NaN;
const leastRoom = 64;
/** Room for more buckets than these, 1.7 MB, is given back: it is seldom needed. */
const mostKept = 16_384;
/** A counter begins anew when its process does; what drops more often is none. */
const fewDrops = 2;

/**
 * Puts samples and finer buckets, given in the order of time, into buckets of one width. Reuse one
 * for many: it keeps its memory. A width of Infinity makes one bucket of all.
 */
export class BucketBuilder {
  length = 0;
  #width: number;
  #columns = newColumns(leastRoom);
  /** End of the last bucket. */
  #end = Number.NEGATIVE_INFINITY;

  constructor(width: number) {
    this.#width = width;
  }

  /** Begins anew, with buckets of the same width as before or of another. */
  reset(width = this.#width): void {
    this.#width = width;
    if (this.#columns.starts.length > mostKept) this.#columns = newColumns(leastRoom);
    for (const name of bucketColumnNames) this.#columns[name].fill(none, 0, this.length);
    this.length = 0;
    this.#end = Number.NEGATIVE_INFINITY;
  }

  /** Adds the samples at `from` up to before `to`; none may be earlier than what was added before. */
  addPoints({ times, values }: Points, from = 0, to = times.length): void {
    for (let i = from; i < to; ) {
      i = this.#summarize(this.#bucketAt(times[i]!), times, values, i, to);
    }
  }

  /** Adds buckets each of which lies in one of ours. */
  addBuckets(b: Buckets, from = 0, to = b.starts.length): void {
    for (let i = from; i < to; ) {
      const bucket = this.#bucketAt(b.starts[i]!);
      let last = i + 1;
      while (last < to && b.starts[last]! < this.#end) last++;
      this.#addRun(bucket, b, i, last);
      i = last;
    }
  }

  /** Adds buckets of our own width, all of them after those that are here. */
  copyBuckets(b: Buckets, from = 0, to = b.starts.length): void {
    if (from >= to) return;
    const length = this.length + to - from;
    while (length > this.#columns.starts.length) this.#columns = grown(this.#columns);
    for (const name of bucketColumnNames) {
      this.#columns[name].set(b[name].subarray(from, to), this.length);
    }
    this.length = length;
    this.#end = b.starts[to - 1]! + this.#width;
  }

  /**
   * What was added, as views that are good until the next `reset`. Sums are rounded to `digits`
   * decimals, which all values have; -1: not.
   */
  view(digits = -1): Buckets {
    const all = sliceBuckets(this.#columns, 0, this.length);
    if (digits >= 0) roundSums(all.sums, digits);
    return all;
  }

  /** Index of the bucket that a time falls into, which is the last one or a new one. */
  #bucketAt(time: number): number {
    if (time < this.#end) return this.length - 1;
    const width = this.#width;
    const start = width === Number.POSITIVE_INFINITY ? time : Math.floor(time / width) * width;
    this.#end = start + width;
    const at = this.length++;
    if (at === this.#columns.starts.length) this.#columns = grown(this.#columns);
    this.#columns.starts[at] = start;
    this.#columns.counts[at] = 0;
    return at;
  }

  /** Adds buckets that all lie in one of ours. */
  #addRun(at: number, b: Buckets, from: number, to: number): void {
    let count = 0;
    let sum = 0;
    let drops = 0;
    let absent = none;
    let minAt = -1;
    let maxAt = -1;
    let first = -1;
    let last = -1;
    for (let i = from; i < to; i++) {
      if (!Number.isNaN(b.absentTimes[i]!)) absent = b.absentTimes[i]!;
      if (b.counts[i] === 0) continue;
      if (first < 0) first = minAt = maxAt = i;
      else if (b.firsts[i]! < b.lasts[last]!) drops += b.lasts[last]!;
      last = i;
      count += b.counts[i]!;
      sum += b.sums[i]!;
      drops += b.drops[i]!;
      if (b.mins[i]! < b.mins[minAt]!) minAt = i;
      if (b.maxs[i]! > b.maxs[maxAt]!) maxAt = i;
    }
    if (!Number.isNaN(absent)) this.#columns.absentTimes[at] = absent;
    if (count === 0) return;
    this.#merge(
      at,
      count,
      sum,
      b.mins[minAt]!,
      b.minTimes[minAt]!,
      b.maxs[maxAt]!,
      b.maxTimes[maxAt]!,
      b.firsts[first]!,
      b.firstTimes[first]!,
      b.lasts[last]!,
      b.lastTimes[last]!,
      drops,
    );
  }

  /** Adds the samples from `from` on that lie in a bucket; returns the index of the first that does not. */
  #summarize(
    at: number,
    times: Float64Array,
    values: Float64Array,
    from: number,
    to: number,
  ): number {
    const end = this.#end;
    let count = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let minAt = -1;
    let maxAt = -1;
    let first = -1;
    let last = -1;
    let absentAt = -1;
    let drops = 0;
    let dropped = 0;
    let before = none;
    let i = from;
    for (; i < to && times[i]! < end; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        absentAt = i;
        continue;
      }
      if (first < 0) first = i;
      last = i;
      count++;
      sum += value;
      // Nobody can predict whether a gauge falls, and once it did too often it does not matter.
      if (dropped <= fewDrops && value < before) {
        drops += before;
        dropped++;
      }
      before = value;
      if (value < min) {
        min = value;
        minAt = i;
      }
      if (value > max) {
        max = value;
        maxAt = i;
      }
    }
    if (absentAt >= 0) this.#columns.absentTimes[at] = times[absentAt]!;
    if (count === 0) return i;
    this.#merge(
      at,
      count,
      sum,
      min,
      times[minAt]!,
      max,
      times[maxAt]!,
      values[first]!,
      times[first]!,
      values[last]!,
      times[last]!,
      dropped <= fewDrops ? drops : none,
    );
    return i;
  }

  /** Adds to a bucket values that come after all that are in it. */
  #merge(
    at: number,
    count: number,
    sum: number,
    min: number,
    minTime: number,
    max: number,
    maxTime: number,
    first: number,
    firstTime: number,
    last: number,
    lastTime: number,
    drops: number,
  ): void {
    const c = this.#columns;
    c.lastTimes[at] = lastTime;
    if (c.counts[at] === 0) {
      c.counts[at] = count;
      c.sums[at] = sum;
      c.mins[at] = min;
      c.minTimes[at] = minTime;
      c.maxs[at] = max;
      c.maxTimes[at] = maxTime;
      c.firsts[at] = first;
      c.firstTimes[at] = firstTime;
      c.lasts[at] = last;
      c.drops[at] = drops;
      return;
    }
    const before = c.lasts[at]!;
    c.drops[at] = c.drops[at]! + (first < before ? before : 0) + drops;
    c.lasts[at] = last;
    if (min < c.mins[at]!) {
      c.mins[at] = min;
      c.minTimes[at] = minTime;
    }
    if (max > c.maxs[at]!) {
      c.maxs[at] = max;
      c.maxTimes[at] = maxTime;
    }
    c.counts[at] = c.counts[at]! + count;
    c.sums[at] = c.sums[at]! + sum;
  }
}

/** Exact where all values are decimals, in whatever order they were added; and short to store. */
function roundSums(sums: Float64Array, digits: number): void {
  const scale = 10 ** digits;
  for (let i = 0; i < sums.length; i++) {
    const whole = Math.round(sums[i]! * scale);
    if (Math.abs(whole) <= Number.MAX_SAFE_INTEGER) sums[i] = whole / scale;
  }
}

function newColumns(room: number): Buckets {
  return bucketsFrom(() => new Float64Array(room).fill(none));
}

function grown(columns: Buckets): Buckets {
  const larger = newColumns(columns.starts.length * 2);
  for (const name of bucketColumnNames) larger[name].set(columns[name]);
  return larger;
}
