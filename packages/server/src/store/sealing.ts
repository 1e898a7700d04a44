import { type ChunkRow, type Chunks, fullChunk } from "./chunks.ts";
import { lowerBound, type Points, slicePoints } from "./points.ts";
import type { Rollups } from "./rollups.ts";
import type { StoredSeries } from "./stored-series.ts";

/** What is merged into the chunk before it rather than be a short one of its own. */
const mergedUpTo = fullChunk + fullChunk / 4;

/** Puts samples into chunks and rollups. To be called in a transaction. */
export class Sealing {
  readonly #chunks: Chunks;
  readonly #rollups: Rollups;

  constructor(chunks: Chunks, rollups: Rollups) {
    this.#chunks = chunks;
    this.#rollups = rollups;
  }

  /**
   * The samples are by time; where a chunk has one of the same time, these win. If they are too many for
   * one chunk they become several of `each`.
   */
  seal(series: StoredSeries, points: Points, each: number): void {
    const { times } = points;
    const last = times[times.length - 1]!;
    for (let from = 0; from < times.length; ) {
      const before = this.#chunkBefore(series, points, from);
      const next =
        times[from]! > series.sealedTo
          ? Number.POSITIVE_INFINITY
          : this.#chunks.nextStart(series.id, times[from]!);
      const to = lowerBound(times, next, from);
      this.#insert(series, before, slicePoints(points, from, to), each);
      from = to;
    }
    series.sealedTo = Math.max(series.sealedTo, last);
    this.#rollups.update(series, points, (from, to) => this.#chunks.samples(series.id, from, to));
  }

  /** The chunk that the next samples may have to be merged into. */
  #chunkBefore(series: StoredSeries, { times }: Points, from: number): ChunkRow | undefined {
    // Nothing there yet, or enough for a chunk of its own after all others: most seals are these.
    if (series.sealedTo === Number.NEGATIVE_INFINITY) return undefined;
    if (times[from]! > series.sealedTo && times.length - from > mergedUpTo / 2) return undefined;
    return this.#chunks.at(series.id, times[from]!);
  }

  #insert(series: StoredSeries, before: ChunkRow | undefined, points: Points, each: number): void {
    let all = points;
    const overlaps = before !== undefined && points.times[0]! <= before.t1;
    if (before && (overlaps || before.n + points.times.length <= mergedUpTo)) {
      const old = this.#chunks.read(before.id);
      // One that cannot be read is left where it is: somebody may still save what is in it.
      if (old.times.length > 0) {
        all = mergePoints(old, points);
        this.#chunks.delete(before.id);
      }
    }
    const { digits, fitting } = this.#chunks.insert(series.id, all, each);
    series.fitting = fitting;
    series.digits = digits < 0 || series.digits < 0 ? -1 : Math.max(series.digits, digits);
  }
}

/** Both by time; where both have a sample of the same time, that of `newer` stays. */
export function mergePoints(older: Points, newer: Points): Points {
  const room = older.times.length + newer.times.length;
  const times = new Float64Array(room);
  const values = new Float64Array(room);
  let [i, j, n] = [0, 0, 0];
  while (i < older.times.length || j < newer.times.length) {
    const [a, b] = [older.times[i] ?? Infinity, newer.times[j] ?? Infinity];
    times[n] = Math.min(a, b);
    values[n] = b <= a ? newer.values[j]! : older.values[i]!;
    if (a <= b) i++;
    if (b <= a) j++;
    n++;
  }
  return { times: times.subarray(0, n), values: values.subarray(0, n) };
}
