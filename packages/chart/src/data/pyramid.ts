import { Buckets } from "./buckets.ts";
import { joined, type Ring, upperBound } from "./ring.ts";

/** Kept of a series at most: charts of a few widths beside each other, and some memory of zooming. */
const maxLevels = 6;
/** Kept of a width at most, or what is in view if that is more: 1.7 MB for each level of each series. */
const maxBuckets = 16_384;
/** A level that was not used while others were so often is dropped: nobody looks there any more. */
const maxIdle = 600;
/** More samples than this between what is kept and what is asked for are not worth connecting them. */
const maxSkipped = 4096;

const pyramids = new WeakMap<Ring, Pyramid>();

/** The one pyramid of a ring, for all charts that show it. It goes with the ring. */
export function pyramidOf(ring: Ring): Pyramid {
  let pyramid = pyramids.get(ring);
  if (!pyramid) {
    pyramid = new Pyramid(ring);
    pyramids.set(ring, pyramid);
  }
  return pyramid;
}

/** In which bucket of a width a time is. Buckets begin at multiples of their width. */
export function bucketKey(time: number, width: number): number {
  return Math.floor(time / width);
}

/** The index of the first time that is in the bucket `key` or a later one. */
export function indexOfKey(times: Float64Array, key: number, width: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Math.floor(times[middle]! / width) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The buckets of a ring by their width, made when they are asked for and kept while they are used.
 * Between two questions only what is new is read: drawing costs the same, however much is in view.
 */
class Pyramid {
  readonly #ring: Ring;
  #levels: Level[] = [];
  #uses = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /**
   * The buckets of this width, up to date, of all samples with keys from `first` to `last` and perhaps
   * of more; valid until the next question. Values that are not above `floor` count as absent.
   */
  buckets(width: number, floor: number, first: number, last: number): Buckets {
    const now = ++this.#uses;
    const fits = (level: Level) =>
      level.width === width && level.floor === floor && level.reaches(first, last);
    const level = this.#levels.find(fits) ?? new Level(this.#ring, width, floor);
    level.used = now;
    if (level !== this.#levels[0] || now % maxIdle === 0) {
      const others = this.#levels.filter((other) => other !== level && now - other.used < maxIdle);
      this.#levels = [level, ...others.slice(0, maxLevels - 1)];
    }
    level.cover(first, last);
    return level.buckets;
  }
}

/** The buckets of one width: all of those that have samples from `#begin` to the time `#seen`. */
class Level {
  readonly buckets = new Buckets();
  readonly width: number;
  readonly floor: number;
  used = 0;
  readonly #ring: Ring;
  #begin = 0;
  #seen = Number.NEGATIVE_INFINITY;
  /** Of the ring, when it was last read; none before. */
  #epoch = Number.NaN;
  #revision = 0;

  constructor(ring: Ring, width: number, floor: number) {
    this.#ring = ring;
    this.width = width;
    this.floor = floor;
  }

  /** Whether it takes no more to cover these buckets than to read what lies between. */
  reaches(first: number, last: number): boolean {
    if (this.#epoch !== this.#ring.epoch) return true;
    const { times } = this.#ring;
    const ahead = this.#index(first) - upperBound(times, this.#seen);
    const behind = this.#index(this.#begin) - this.#index(last + 1);
    return ahead <= maxSkipped && behind <= maxSkipped;
  }

  cover(first: number, last: number): void {
    if (this.#epoch === this.#ring.epoch) {
      this.#forget();
      this.#correct();
      this.#extendBack(first);
    } else {
      this.#restart(first);
    }
    this.#advance(last);
    if (this.buckets.length > maxBuckets) this.#keep(first, last);
  }

  #restart(first: number): void {
    this.#epoch = this.#ring.epoch;
    this.#revision = this.#ring.revisions.count;
    this.#begin = first;
    this.#seen = Number.NEGATIVE_INFINITY;
    this.buckets.clear();
  }

  // A bucket goes when all of its samples have gone: until then it gives the same points as ever.
  #forget(): void {
    const { times } = this.#ring;
    const oldest = times.length > 0 ? bucketKey(times[0]!, this.width) : Number.POSITIVE_INFINITY;
    this.buckets.begin = this.buckets.find(oldest);
  }

  #correct(): void {
    const { revisions } = this.#ring;
    revisions.since(this.#revision, (from, until) => {
      const last = bucketKey(Math.min(until, this.#seen), this.width);
      this.#readAgain(Math.max(this.#begin, bucketKey(from, this.width)), last);
    });
    this.#revision = revisions.count;
  }

  #extendBack(first: number): void {
    if (first >= this.#begin) return;
    const last = this.#begin - 1;
    this.#begin = first;
    // What nothing was read of yet is still ahead.
    if (this.#seen !== Number.NEGATIVE_INFINITY) this.#readAgain(first, last);
  }

  #advance(last: number): void {
    const { times } = this.#ring;
    const from = Math.max(this.#index(this.#begin), upperBound(times, this.#seen));
    const to = this.#index(last + 1);
    if (from >= to) return;
    this.#read(this.buckets, from, to);
    this.#seen = times[to - 1]!;
  }

  #readAgain(first: number, last: number): void {
    if (!(first <= last)) return;
    const to = Math.min(this.#index(last + 1), upperBound(this.#ring.times, this.#seen));
    again.clear();
    this.#read(again, this.#index(first), to);
    this.buckets.replace(this.buckets.find(first), this.buckets.find(last + 1), again);
  }

  #read(into: Buckets, from: number, to: number): void {
    const { times, values, starts } = this.#ring;
    const { width, floor } = this;
    for (let i = from; i < to; i++) {
      const time = times[i]!;
      into.take(Math.floor(time / width), time, values[i]!, starts[i] !== joined, floor);
    }
  }

  /** Drops what is before these buckets, and if that is not enough, what is after them. */
  #keep(first: number, last: number): void {
    this.#begin = first;
    this.buckets.begin = this.buckets.find(first);
    if (this.buckets.length <= maxBuckets) return;
    this.buckets.end = this.buckets.find(last + 1);
    const end = this.#index(last + 1);
    this.#seen = this.#ring.times[end - 1] ?? Number.NEGATIVE_INFINITY;
  }

  #index(key: number): number {
    return indexOfKey(this.#ring.times, key, this.width);
  }
}

/** Used again each time: what is read again is a bucket or two, but for the first time. */
const again = new Buckets();
