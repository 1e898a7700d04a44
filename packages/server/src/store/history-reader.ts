import { bucketWidth } from "@plotcast/protocol";
import { BucketBuilder } from "./bucket-builder.ts";
import type { Buckets } from "./buckets.ts";
import { maxCached } from "./chunk-cache.ts";
import type { Chunks, Summaries } from "./chunks.ts";
import type { Heads } from "./heads.ts";
import {
  between,
  betweenBoth,
  joinPoints,
  justAfter,
  lowerBound,
  type Points,
  slicePoints,
  upperBound,
} from "./points.ts";
import { RateBuilder } from "./rate-builder.ts";
import { levels, type Rollups } from "./rollups.ts";
import type { HistoryRequest, SeriesHistory } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { Tiers } from "./tiers.ts";

/** First, least, greatest and last of a bucket: so many points it takes to draw one. */
const pointsPerBucket = 4;
/** What is in memory at once where rates need samples, 16 bytes for each. */
const samplesAtOnce = 100_000;
/** A screen has no more columns, and a request must not ask for a bucket per millisecond. */
const maxPx = 8192;

export type Range = Pick<HistoryRequest, "from" | "to" | "andLater" | "px" | "as">;

/** A range as it is read: samples of `from` to `end`, or buckets that hold it, all of them whole. */
type Plan = {
  readonly from: number;
  /** The last time that belongs to it. */
  readonly to: number;
  readonly width: number;
  readonly level: 0 | 1 | 2;
  /** A series with no more samples is told as it is. */
  readonly maxSamples: number;
};

/** Reads series whose late samples are settled: a head holds only what comes after its chunks. */
export class HistoryReader {
  readonly #heads: Heads;
  readonly #chunks: Chunks;
  readonly #rollups: Rollups;
  readonly #tiers: Tiers;
  readonly #builder = new BucketBuilder(1);

  constructor(heads: Heads, chunks: Chunks, rollups: Rollups, tiers: Tiers) {
    this.#heads = heads;
    this.#chunks = chunks;
    this.#rollups = rollups;
    this.#tiers = tiers;
  }

  /** Undefined if the series has nothing in the range. Buckets are good until the next call. */
  history(series: StoredSeries, range: Range): SeriesHistory | undefined {
    const plan = this.#plan(range);
    if (range.as === "rates") return this.#rates(series, plan);
    if (plan.level > 0) {
      const buckets = this.#fromRollups(series, plan);
      const { points } = this.#mayBeSamples(buckets, plan) ? this.#few(series, plan) : {};
      return points ? samplesOf(points) : bucketsOf(buckets, plan.width);
    }
    const { points, chunks } = this.#few(series, plan);
    if (points) return samplesOf(points);
    return bucketsOf(this.#fromChunks(series, plan, chunks), plan.width);
  }

  /** The samples of a series from one time up to before another. */
  samples(series: StoredSeries, from: number, end: number): Points {
    const since = Math.max(from, this.#tiers.get(0).since);
    return joinPoints([
      this.#chunks.samples(series.id, since, end),
      between(this.#headOf(series), since, end),
    ]);
  }

  /** When a series has its first sample at or after a time, or a little before that. */
  nextTime(series: StoredSeries, time: number): number {
    const from = Math.max(time, this.#tiers.get(0).since);
    const before = this.#chunks.at(series.id, from);
    if (before && before.t1 >= from) return from;
    const { times } = this.#headOf(series);
    const head = times[lowerBound(times, from)] ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#chunks.nextStart(series.id, from), head);
  }

  /** About how many samples lie between two times. */
  estimate(series: StoredSeries, from: number, end: number): number {
    let count = between(this.#headOf(series), from, end).times.length;
    const { buckets, ends, lengths } = this.#chunks.summaries(series.id, from, end);
    for (const [i, t0] of buckets.starts.entries()) {
      const [t1, n] = [ends[i]!, lengths[i]!];
      const part = (Math.min(t1, end) - Math.max(t0, from)) / (t1 - t0 || 1);
      count += n * Math.min(1, Math.max(part, 1 / n));
    }
    return count;
  }

  /** What came after the chunks. Late samples are not here: `settle` puts them there, unless it fails. */
  #headOf({ id, sealedTo }: StoredSeries): Points {
    const points = this.#heads.points(id);
    return slicePoints(points, upperBound(points.times, sealedTo), points.times.length);
  }

  #plan({ from, to, andLater, px }: Range): Plan {
    const columns = Math.min(px, maxPx);
    const asked = bucketWidth(Math.max(1, to - from), columns);
    // Where samples are no longer kept there are only buckets, and these are not made narrower.
    const width = Math.max(asked, this.#narrowest(from));
    const level = width % levels[2].bucketMs === 0 ? 2 : width % levels[1].bucketMs === 0 ? 1 : 0;
    const end = andLater ? Number.POSITIVE_INFINITY : to;
    return { from, to: end, width, level, maxSamples: pointsPerBucket * columns };
  }

  #narrowest(from: number): number {
    if (from >= this.#tiers.get(0).since || this.#tiers.get(1).rows === 0) return 0;
    return from >= this.#tiers.get(1).since ? levels[1].bucketMs : levels[2].bucketMs;
  }

  /** Whether the samples behind some buckets are few, and all of them kept. Absences are not counted. */
  #mayBeSamples({ starts, counts }: Buckets, { maxSamples }: Plan): boolean {
    if (starts.length > 0 && starts[0]! < this.#tiers.get(0).since) return false;
    return sumOf(counts) <= maxSamples;
  }

  /** All samples of the range if they are few, and the chunks of its buckets. */
  #few(series: StoredSeries, plan: Plan): { points?: Points; chunks: Summaries } {
    const { from, to, level, maxSamples } = plan;
    const since = Math.max(from, this.#tiers.get(0).since);
    const whole = level === 0 ? wholeBuckets(plan) : { from, end: justAfter(to) };
    const first = Math.max(whole.from, this.#tiers.get(0).since);
    const chunks = this.#chunks.summaries(series.id, first, whole.end);
    const head = betweenBoth(this.#headOf(series), since, to);
    let inside = head.times.length;
    for (const [i, n] of chunks.lengths.entries()) {
      if (chunks.buckets.starts[i]! >= since && chunks.ends[i]! <= to) inside += n;
    }
    if (inside > maxSamples) return { chunks };
    const parts = Array.from(chunks.ids, (id) => betweenBoth(this.#chunks.read(id), since, to));
    const points = joinPoints([...parts, head]);
    return points.times.length <= maxSamples ? { points, chunks } : { chunks };
  }

  #fromRollups(series: StoredSeries, plan: Plan): Buckets {
    const { width, level } = plan;
    const { from, end } = wholeBuckets(plan);
    const builder = this.#builder;
    builder.reset(width);
    const since = Math.max(from, this.#tiers.get(level).since);
    const rows = this.#rollups.read(series.id, level as 1 | 2, since, end, width);
    for (const { bucketMs, buckets } of rows) {
      const [first, last] = [lowerBound(buckets.starts, since), lowerBound(buckets.starts, end)];
      if (bucketMs === width) builder.copyBuckets(buckets, first, last);
      else builder.addBuckets(buckets, first, last);
    }
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.view();
  }

  /** Chunks that lie in one bucket are not even read: what they amount to is known. */
  #fromChunks(series: StoredSeries, plan: Plan, chunks: Summaries): Buckets {
    const { from, end } = wholeBuckets(plan);
    const since = Math.max(from, this.#tiers.get(0).since);
    const builder = this.#builder;
    builder.reset(plan.width);
    const isLong = sumOf(chunks.lengths) > maxCached / 2;
    for (const [i, id] of chunks.ids.entries()) {
      if (liesInOne(chunks, i, since, plan.width)) builder.addBuckets(chunks.buckets, i, i + 1);
      else {
        const points = isLong ? this.#chunks.glance(id) : this.#chunks.read(id);
        builder.addPoints(between(points, since, end));
      }
    }
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.view();
  }

  #rates(series: StoredSeries, plan: Plan): SeriesHistory | undefined {
    const few = this.#mayBeFew(series, plan) ? this.#few(series, plan) : undefined;
    const builder = new RateBuilder(few?.points ? 0 : plan.width);
    if (few?.points) {
      builder.begin(this.#lastBefore(series, Math.max(plan.from, this.#tiers.get(0).since)));
      builder.addPoints(few.points);
      return builder.take();
    }
    const { from, end } = wholeBuckets(plan);
    const since = Math.max(from, this.#tiers.get(plan.level).since);
    builder.begin(this.#lastBefore(series, since));
    if (plan.level > 0) this.#addRollupRates(series, plan, builder, [since, end]);
    else if (few) this.#addChunkRates(few.chunks, builder, plan.width, [since, end]);
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.take();
  }

  /** Reads all rollups of the range only if they do not tell at a glance that there is too much. */
  #mayBeFew(series: StoredSeries, plan: Plan): boolean {
    if (plan.level === 0) return true;
    const { from, end } = wholeBuckets(plan);
    const atLeast = this.#rollups.valuesWithin(series.id, plan.level, from, end);
    return atLeast <= plan.maxSamples && this.#mayBeSamples(this.#fromRollups(series, plan), plan);
  }

  #addChunkRates(
    chunks: Summaries,
    builder: RateBuilder,
    width: number,
    [from, end]: readonly [number, number],
  ): void {
    for (const [i, id] of chunks.ids.entries()) {
      const isSteady = liesInOne(chunks, i, from, width) && builder.addBucket(chunks.buckets, i);
      if (!isSteady) builder.addPoints(between(this.#chunks.read(id), from, end));
    }
  }

  /** Where buckets may hide that the counter began anew, their samples tell. */
  #addRollupRates(
    { id }: StoredSeries,
    { level, width }: Plan,
    builder: RateBuilder,
    [from, end]: readonly [number, number],
  ): void {
    const { since } = this.#tiers.get(0);
    const rows = this.#rollups.read(id, level as 1 | 2, from, end, width);
    for (const { bucketMs, buckets } of rows) {
      const { starts } = buckets;
      const last = lowerBound(starts, end);
      for (let i = lowerBound(starts, from); i < last; i++) {
        if (builder.addBucket(buckets, i)) continue;
        const start = starts[i]!;
        if (start < since) builder.addEstimate(buckets, i);
        else {
          i = lastInDoubt(buckets, i, last);
          builder.addPoints(this.#chunks.samples(id, start, starts[i]! + bucketMs));
        }
      }
    }
  }

  /** The value that a counter had just before a time; NaN if there is none. */
  #lastBefore(series: StoredSeries, time: number): { time: number; value: number } {
    const head = this.#headOf(series);
    const row = this.#chunks.before(series.id, time);
    const parts = row ? [this.#chunks.read(row.id), head] : [head];
    const { times, values } = joinPoints(parts);
    for (let i = lowerBound(times, time) - 1; i >= 0; i--) {
      if (!Number.isNaN(values[i])) return { time: times[i]!, value: values[i]! };
    }
    return { time: Number.NaN, value: Number.NaN };
  }
}

/** The last of some buckets in a row, from one on, that hide drops; of a gauge nearly all do. */
function lastInDoubt({ counts, drops }: Buckets, from: number, end: number): number {
  let last = from;
  let samples = counts[from]!;
  while (last + 1 < end && Number.isNaN(drops[last + 1])) {
    samples += counts[last + 1]!;
    if (samples > samplesAtOnce) break;
    last++;
  }
  return last;
}

function sumOf(numbers: Float64Array): number {
  let sum = 0;
  for (const each of numbers) sum += each;
  return sum;
}

/** Whether a chunk begins at `since` or later, and ends in the bucket of this width it begins in. */
function liesInOne({ buckets, ends }: Summaries, i: number, since: number, width: number): boolean {
  const start = buckets.starts[i]!;
  return start >= since && Math.floor(start / width) === Math.floor(ends[i]! / width);
}

/** Buckets are told whole, also at both ends: the same ones to everyone, whatever the range. */
function wholeBuckets({ from, to, width }: Plan): { from: number; end: number } {
  return { from: Math.floor(from / width) * width, end: Math.floor(to / width) * width + width };
}

function samplesOf(points: Points): SeriesHistory | undefined {
  return points.times.length === 0 ? undefined : { kind: "samples", ...points };
}

function bucketsOf(buckets: Buckets, bucketMs: number): SeriesHistory | undefined {
  return buckets.starts.length === 0 ? undefined : { kind: "buckets", bucketMs, buckets };
}
