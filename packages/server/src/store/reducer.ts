import type { SeriesHistory } from "./store.ts";

/** What a bucket keeps of its samples, each with its time. Nothing extreme is lost. */
type Bucket = {
  first: Point;
  last: Point;
  min: Point;
  max: Point;
  /** The latest known absence, so that a line is not drawn across it. */
  absent: number | undefined;
};
type Point = { readonly time: number; readonly value: number };

/**
 * Collects one series' samples, in the order of the log, into at most about `maxPoints` points.
 *
 * As long as they fit, they are kept as they are. From then on each falls into its bucket, and the
 * ones so far with it: memory depends on the screen that asked, not on how much was stored.
 */
export class Reducer {
  readonly #maxPoints: number;
  readonly #bucketMs: number;
  #raw: Map<number, number | null> | undefined = new Map();
  readonly #buckets = new Map<number, Bucket>();

  constructor(maxPoints: number, bucketMs: number) {
    this.#maxPoints = maxPoints;
    this.#bucketMs = bucketMs;
  }

  add(time: number, value: number | null): void {
    if (!this.#raw) {
      this.#reduce(time, value);
      return;
    }
    this.#raw.set(time, value);
    if (this.#raw.size <= this.#maxPoints) return;
    const raw = this.#raw;
    this.#raw = undefined;
    for (const [t, v] of raw) this.#reduce(t, v);
  }

  result(): SeriesHistory {
    const points: Iterable<readonly [number, number | null]> = this.#raw
      ? [...this.#raw].sort(([a], [b]) => a - b)
      : this.#extremes();
    const times: number[] = [];
    const values: (number | null)[] = [];
    for (const [time, value] of points) {
      times.push(time);
      values.push(value);
    }
    return { bucketMs: this.#raw ? 0 : this.#bucketMs, times, values };
  }

  #reduce(time: number, value: number | null): void {
    const key = Math.floor(time / this.#bucketMs);
    const bucket = this.#buckets.get(key);
    if (value === null) {
      if (bucket) bucket.absent = Math.max(time, bucket.absent ?? time);
      // A bucket of absences alone; NaN compares false with everything, so any value replaces it.
      else this.#buckets.set(key, { ...bucketOf({ time, value: Number.NaN }), absent: time });
      return;
    }
    const point = { time, value };
    if (!bucket || Number.isNaN(bucket.min.value)) {
      this.#buckets.set(key, { ...bucketOf(point), absent: bucket?.absent });
      return;
    }
    if (time < bucket.first.time) bucket.first = point;
    if (time >= bucket.last.time) bucket.last = point;
    if (value < bucket.min.value) bucket.min = point;
    if (value > bucket.max.value) bucket.max = point;
  }

  *#extremes(): Generator<readonly [number, number | null]> {
    for (const key of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      const { first, last, min, max, absent } = this.#buckets.get(key)!;
      const points = new Map<number, number | null>();
      for (const { time, value } of [first, min, max, last]) {
        if (!Number.isNaN(value)) points.set(time, value);
      }
      if (absent !== undefined && !points.has(absent)) points.set(absent, null);
      yield* [...points].sort(([a], [b]) => a - b);
    }
  }
}

function bucketOf(point: Point): Omit<Bucket, "absent"> {
  return { first: point, last: point, min: point, max: point };
}
