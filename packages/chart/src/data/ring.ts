import { Cadence } from "./cadence.ts";
import { Revisions } from "./revisions.ts";
import { thin, thinnedWidth } from "./thin.ts";

/** How a sample stands to the one before it. */
export const joined = 0;
/** The series was silent for longer than its own cadence allows. */
export const afterSilence = 1;
/** Samples between the two were lost, and nobody can say which. */
export const afterCut = 2;

const initialCapacity = 64;
/** At this many judged intervals the first ones, which nobody could judge yet, are judged too. */
const warmUp = 5;
/** Stretches of buckets that are told apart at most, so that years of outages cost neither memory nor time. */
const maxStretches = 64;

/** A stretch of time whose samples are what buckets of this width have kept of theirs. */
type Coarse = { readonly from: number; until: number; readonly bucketMs: number };

/**
 * The samples of one series, ascending in time, in typed arrays. Absence is NaN.
 *
 * The arrays are at most twice as long as what is held, and what is held is always one contiguous
 * stretch of them: readers get plain views and need no logic for wrapping round. Samples usually
 * arrive in order and are then appended in constant time; a late one is inserted where it belongs.
 */
export class Ring {
  readonly cadence = new Cadence();
  /** What was changed of samples that were there before. What is appended is not told, nor what is pruned. */
  readonly revisions = new Revisions();
  readonly #maxSamples: number;
  #times = new Float64Array(initialCapacity);
  #values = new Float64Array(initialCapacity);
  #starts = new Uint8Array(initialCapacity);
  #from = 0;
  #to = 0;
  #cutPending = false;
  #epoch = 0;
  // Where samples are those of buckets: of history, of what was missed for long, of what was thinned.
  #coarse: Coarse[] = [];

  /** `maxSamples` protects the page's memory from a series that is faster than anyone planned for. */
  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Views of what is held; valid until the next change. */
  get times(): Float64Array {
    return this.#times.subarray(this.#from, this.#to);
  }

  get values(): Float64Array {
    return this.#values.subarray(this.#from, this.#to);
  }

  /** `joined`, `afterSilence` or `afterCut` for each sample. */
  get starts(): Uint8Array {
    return this.#starts.subarray(this.#from, this.#to);
  }

  /** Grows when samples were taken away other than from the old end: what was made of them is void. */
  get epoch(): number {
    return this.#epoch;
  }

  get newestTime(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.#times[this.#to - 1]!;
  }

  /** The width of the buckets that a sample at this time stands for; 0: for itself. */
  bucketMsAt(time: number): number {
    let width = 0;
    for (const { from, until, bucketMs } of this.#coarse) {
      if (from <= time && time <= until && bucketMs > width) width = bucketMs;
    }
    return width;
  }

  /** Whether every sample stands for itself from one time to another, both included. */
  isExact(from: number, to: number): boolean {
    return this.#coarse.every((stretch) => stretch.until < from || stretch.from > to);
  }

  /**
   * Adds one sample. At a time already held, the later value wins. `bucketMs`: the sample is the first,
   * the last or an extreme of a bucket of that width, and others of it may be missing.
   */
  add(time: number, value: number | null, bucketMs = 0): void {
    const number = value ?? Number.NaN;
    if (time > this.newestTime) this.#append(time, number, bucketMs);
    else this.#insert(time, number);
  }

  /** The next newer sample will not be joined to what is held now. */
  cut(): void {
    this.#cutPending = this.length > 0;
  }

  /**
   * Drops what is older than `keepFrom`, except its last sample: the line enters from there. If that
   * leaves many, the older half of them is thinned to what can be seen.
   */
  prune(keepFrom: number, keepSamples: number): void {
    const older = lowerBound(this.times, keepFrom) - 1;
    const drop = Math.min(older, this.length - keepSamples - 1);
    if (drop > 0) {
      this.#from += drop;
      if (this.#coarse.length > 0) {
        const oldest = this.#times[this.#from]!;
        this.#coarse = this.#coarse.filter(({ until }) => until >= oldest);
      }
    }
    if (this.length > this.#maxSamples / 2) this.#thin(keepFrom, keepSamples);
  }

  clear(): void {
    this.#epoch++;
    this.#from = this.#to = 0;
    this.#cutPending = false;
    this.#coarse = [];
  }

  #append(time: number, value: number, bucketMs: number): void {
    const before = this.newestTime;
    const first = this.length === 0;
    this.#makeRoom();
    const at = this.#to++;
    this.#times[at] = time;
    this.#values[at] = value;
    this.#starts[at] = this.#cutPending ? afterCut : joined;
    if (bucketMs > 0) this.#coarsen(time, before, bucketMs);
    if (!this.#cutPending && !first) {
      this.#judge(at);
      if (areNeighbours(before, time, value, bucketMs)) this.cadence.record(time - before);
      if (this.cadence.count === warmUp) this.#judgeAll();
    }
    this.#cutPending = false;
  }

  #coarsen(time: number, before: number, bucketMs: number): void {
    const last = this.#coarse.at(-1);
    if (last?.until === before && last.bucketMs === bucketMs) last.until = time;
    else this.#coarse.push({ from: time, until: time, bucketMs });
    if (this.#coarse.length <= maxStretches) return;
    const [oldest, next] = this.#coarse.splice(0, 2) as [Coarse, Coarse];
    const widest = Math.max(oldest.bucketMs, next.bucketMs);
    this.#coarse.unshift({ from: oldest.from, until: next.until, bucketMs: widest });
  }

  #insert(time: number, value: number): void {
    const at = this.#from + lowerBound(this.times, time);
    if (this.#times[at] === time) {
      if (Object.is(this.#values[at], value)) return;
      this.#values[at] = value;
      this.revisions.add(time, time);
      return;
    }
    if (this.length >= this.#maxSamples) {
      if (at === this.#from) return; // it would be the first to go
      this.#from++;
    }
    const index = this.#open(at);
    this.#times[index] = time;
    this.#values[index] = value;
    this.#starts[index] = joined;
    this.#judge(index);
    this.#judge(index + 1);
    this.revisions.add(time, this.#times[index + 1]!);
  }

  /** Makes a hole at `at` by moving the shorter side, and says where the hole is. */
  #open(at: number): number {
    if (this.#from > 0 && at - this.#from < this.#to - at) {
      for (const array of this.#arrays) array.copyWithin(this.#from - 1, this.#from, at);
      this.#from--;
      return at - 1;
    }
    const offset = at - this.#from;
    this.#makeRoom();
    const index = this.#from + offset;
    for (const array of this.#arrays) array.copyWithin(index + 1, index, this.#to);
    this.#to++;
    return index;
  }

  #thin(keepFrom: number, keepSamples: number): void {
    const bucketMs = thinnedWidth(this.newestTime - keepFrom);
    const count = Math.min(this.length >> 1, this.length - keepSamples - 1);
    if (!(bucketMs > 0) || count <= 0) return;
    const { times, values, starts } = this;
    let until = times[count - 1]!;
    const gone = thin({ times, values, starts }, count, bucketMs);
    if (gone === 0) return;
    this.#from += gone;
    this.#epoch++;
    const isPart = (stretch: Coarse) => stretch.bucketMs === bucketMs && stretch.from <= until;
    for (const stretch of this.#coarse.filter(isPart)) until = Math.max(until, stretch.until);
    this.#coarse = this.#coarse.filter((stretch) => !isPart(stretch));
    this.#coarse.unshift({ from: this.times[0]!, until, bucketMs });
  }

  #judge(index: number): void {
    if (index <= this.#from || index >= this.#to || this.#starts[index] === afterCut) return;
    const [before, time] = [this.#times[index - 1]!, this.#times[index]!];
    const silent = time - before > this.cadence.silenceMs;
    const isGap = silent && bucketsBetween(before, time, this.bucketMsAt(before)) > 0;
    this.#starts[index] = isGap ? afterSilence : joined;
  }

  #judgeAll(): void {
    for (let i = this.#from + 1; i < this.#to; i++) this.#judge(i);
    this.revisions.add(this.#times[this.#from]!, this.newestTime);
  }

  #makeRoom(): void {
    if (this.length >= this.#maxSamples) this.#from++;
    const { length } = this;
    const capacity = this.#times.length;
    if (this.#to < capacity) return;
    // What was much once is given back: a source that was fast for an hour is not so for ever.
    if (length > capacity / 2) this.#move(Math.min(capacity * 2, this.#maxSamples * 2));
    else if (length < capacity / 8 && capacity > initialCapacity) this.#move(capacity / 2);
    else for (const array of this.#arrays) array.copyWithin(0, this.#from, this.#to);
    this.#to = length;
    this.#from = 0;
  }

  get #arrays(): readonly [Float64Array, Float64Array, Uint8Array] {
    return [this.#times, this.#values, this.#starts];
  }

  #move(capacity: number): void {
    const { times, values, starts } = this;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#starts = new Uint8Array(capacity);
    this.#times.set(times);
    this.#values.set(values);
    this.#starts.set(starts);
  }
}

/** Whole buckets between those of two times; infinite without buckets. */
function bucketsBetween(early: number, late: number, bucketMs: number): number {
  return bucketMs > 0
    ? Math.floor(late / bucketMs) - Math.floor(early / bucketMs) - 1
    : Number.POSITIVE_INFINITY;
}

/**
 * Whether no sample was left out between two: inside of a bucket some were; and of a bucket without
 * values the latest absence is all that there is.
 */
function areNeighbours(before: number, time: number, value: number, bucketMs: number): boolean {
  if (bucketMs === 0) return true;
  return bucketsBetween(before, time, bucketMs) >= 0 && !Number.isNaN(value);
}

/** The first index whose time is not before `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first time that is later than `time`. */
export function upperBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
