import { type Buckets, bucketColumnNames } from "./buckets.ts";
import type { Points } from "./points.ts";

type Columns = { -readonly [Name in keyof Buckets]: Float64Array };

/** What some samples amount to, as a row of a table has it. */
export type Summary = {
  readonly count: number;
} & {
  readonly [Column in (typeof summaryColumns)[number]]: number | null;
};

export const summaryColumns = [
  "sum",
  "min",
  "min_time",
  "max",
  "max_time",
  "first",
  "first_time",
  "last",
  "last_time",
  "drops",
  "absent_time",
] as const;

const none = Number.NaN;
const leastRoom = 64;
/** A counter begins anew when its process does; what drops more often is none. */
const fewDrops = 2;

/**
 * Puts samples and finer buckets, given in the order of time, into buckets of one width. Reuse one
 * for many: it keeps its memory. A width of Infinity makes one bucket of all.
 */
export class BucketBuilder {
  readonly width: number;
  length = 0;
  #columns: Columns;
  /** End of the last bucket. */
  #end = Number.NEGATIVE_INFINITY;

  /** Has room for so many buckets, and grows when they are more. */
  constructor(width: number, room = leastRoom) {
    this.width = width;
    this.#columns = newColumns(room);
  }

  reset(): void {
    for (const name of bucketColumnNames) this.#columns[name].fill(none, 0, this.length);
    this.length = 0;
    this.#end = Number.NEGATIVE_INFINITY;
  }

  /** Adds the samples at `from` up to before `to`; none may be earlier than what was added before. */
  addPoints({ times, values }: Points, from = 0, to = times.length): void {
    let i = from;
    while (i < to) {
      const bucket = this.#bucketAt(times[i]!);
      const end = this.#end;
      let last = i;
      while (last < to && times[last]! < end) last++;
      this.#summarize(bucket, times, values, i, last);
      i = last;
    }
  }

  /** Adds buckets whose width divides ours. */
  addBuckets(b: Buckets, from = 0, to = b.starts.length): void {
    for (let i = from; i < to; ) {
      const bucket = this.#bucketAt(b.starts[i]!);
      let last = i + 1;
      while (last < to && b.starts[last]! < this.#end) last++;
      this.#addRun(bucket, b, i, last);
      i = last;
    }
  }

  /** Adds samples by their summary alone; all of them must lie in one bucket, that of `time`. */
  addSummary(time: number, s: Summary): void {
    this.#merge(
      this.#bucketAt(time),
      s.count,
      s.sum ?? 0,
      s.min ?? none,
      s.min_time ?? none,
      s.max ?? none,
      s.max_time ?? none,
      s.first ?? none,
      s.first_time ?? none,
      s.last ?? none,
      s.last_time ?? none,
      s.drops ?? none,
      s.absent_time ?? none,
    );
  }

  /**
   * What was added, as views that are good until the next `reset`. Sums are rounded to `digits`
   * decimals, which all values have; -1: not.
   */
  view(digits = -1): Buckets {
    const { length } = this;
    const views = {} as Columns;
    for (const name of bucketColumnNames) views[name] = this.#columns[name].subarray(0, length);
    if (digits >= 0) roundSums(views.sums, digits);
    return views;
  }

  /** Index of the bucket that a time falls into, which is the last one or a new one. */
  #bucketAt(time: number): number {
    if (time < this.#end) return this.length - 1;
    const { width } = this;
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
    let [minAt, maxAt, first, last] = [-1, -1, -1, -1];
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
    this.#merge(
      at,
      count,
      sum,
      b.mins[minAt] ?? none,
      b.minTimes[minAt] ?? none,
      b.maxs[maxAt] ?? none,
      b.maxTimes[maxAt] ?? none,
      b.firsts[first] ?? none,
      b.firstTimes[first] ?? none,
      b.lasts[last] ?? none,
      b.lastTimes[last] ?? none,
      drops,
      absent,
    );
  }

  #summarize(
    at: number,
    times: Float64Array,
    values: Float64Array,
    from: number,
    to: number,
  ): void {
    let count = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let absent = none;
    let drops = 0;
    let dropped = 0;
    let before = none;
    let [minAt, maxAt, first, last] = [-1, -1, -1, -1];
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        absent = times[i]!;
        continue;
      }
      if (first < 0) first = i;
      last = i;
      count++;
      if (value < before) {
        drops += before;
        dropped++;
      }
      before = value;
      sum += value;
      if (value < min) {
        min = value;
        minAt = i;
      }
      if (value > max) {
        max = value;
        maxAt = i;
      }
    }
    this.#merge(
      at,
      count,
      sum,
      min,
      times[minAt] ?? none,
      max,
      times[maxAt] ?? none,
      values[first] ?? none,
      times[first] ?? none,
      values[last] ?? none,
      times[last] ?? none,
      dropped <= fewDrops ? drops : none,
      absent,
    );
  }

  /** Adds to a bucket what comes after all that is in it. NaN is for what there is none of. */
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
    absent: number,
  ): void {
    const c = this.#columns;
    if (!Number.isNaN(absent)) c.absentTimes[at] = absent;
    if (count === 0) return;
    if (c.counts[at] === 0) {
      c.sums[at] = 0;
      c.drops[at] = 0;
      c.firsts[at] = first;
      c.firstTimes[at] = firstTime;
    }
    // Compares false with the NaN of an empty bucket.
    const dropsBetween = first < c.lasts[at]! ? c.lasts[at]! : 0;
    c.drops[at] = c.drops[at]! + dropsBetween + drops;
    c.lasts[at] = last;
    c.lastTimes[at] = lastTime;
    // Written so that a bucket without values, where these are NaN, takes them.
    if (!(c.mins[at]! <= min)) {
      c.mins[at] = min;
      c.minTimes[at] = minTime;
    }
    if (!(c.maxs[at]! >= max)) {
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

function newColumns(room: number): Columns {
  return Object.fromEntries(
    bucketColumnNames.map((name) => [name, new Float64Array(room).fill(none)]),
  ) as Columns;
}

function grown(columns: Columns): Columns {
  const larger = newColumns(columns.starts.length * 2);
  for (const name of bucketColumnNames) larger[name].set(columns[name]);
  return larger;
}

/** Index of the first of some ascending numbers that is at least `least`. */
export function lowerBound(numbers: Float64Array, least: number, from = 0): number {
  let [low, high] = [from, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
