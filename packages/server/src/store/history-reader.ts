import { BucketBuilder, lowerBound } from "./bucket-builder.ts";
import type { Buckets } from "./buckets.ts";
import type { Chunks, SummaryRow } from "./chunks.ts";
import type { Heads } from "./heads.ts";
import { bucketWidth } from "./ladder.ts";
import { joinPoints, type Points, slicePoints } from "./points.ts";
import { RateBuilder } from "./rate-builder.ts";
import { levels, type Rollups } from "./rollups.ts";
import type { HistoryRequest, SeriesHistory } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { Tiers } from "./tiers.ts";

/** First, least, greatest and last of a bucket: so many points it takes to draw one. */
const pointsPerBucket = 4;
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
  /** How many buckets the range has; what lies after it is seldom more than one. */
  readonly room: number;
};

/** Reads series whose late samples are settled: a head holds only what comes after its chunks. */
export class HistoryReader {
  readonly #heads: Heads;
  readonly #chunks: Chunks;
  readonly #rollups: Rollups;
  readonly #tiers: Tiers;

  constructor(heads: Heads, chunks: Chunks, rollups: Rollups, tiers: Tiers) {
    this.#heads = heads;
    this.#chunks = chunks;
    this.#rollups = rollups;
    this.#tiers = tiers;
  }

  /** Undefined if the series has nothing in the range. */
  history(series: StoredSeries, range: Range): SeriesHistory | undefined {
    const plan = this.#plan(range);
    if (range.as === "rates") return this.#rates(series, plan);
    if (plan.level > 0) {
      const buckets = this.#fromRollups(series, plan);
      const { points } = this.#mayBeSamples(buckets, plan) ? this.#few(series, plan) : {};
      return points ? samplesOf(points) : bucketsOf(buckets, plan.width);
    }
    const { points, rows } = this.#few(series, plan);
    if (points) return samplesOf(points);
    return bucketsOf(this.#fromChunks(series, plan, rows), plan.width);
  }

  /** The samples of a series from one time up to before another. */
  samples(series: StoredSeries, from: number, end: number): Points {
    const since = Math.max(from, this.#tiers.get(0).since);
    return joinPoints([
      this.#sealed(series, since, end),
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
    for (const { t0, t1, n } of this.#chunks.summaries(series.id, from, end)) {
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
    const room = Math.ceil((to - from) / width) + 2;
    return { from, to: end, width, level, maxSamples: pointsPerBucket * columns, room };
  }

  #narrowest(from: number): number {
    if (from >= this.#tiers.get(0).since || this.#tiers.get(1).rows === 0) return 0;
    return from >= this.#tiers.get(1).since ? levels[1].bucketMs : levels[2].bucketMs;
  }

  /** Whether the samples behind some buckets are few, and all of them kept. Absences are not counted. */
  #mayBeSamples({ starts, counts }: Buckets, { maxSamples }: Plan): boolean {
    if (starts.length > 0 && starts[0]! < this.#tiers.get(0).since) return false;
    let count = 0;
    for (const each of counts) count += each;
    return count <= maxSamples;
  }

  /** All samples of the range if they are few, and the chunks of its buckets. */
  #few(series: StoredSeries, plan: Plan): { points?: Points; rows: readonly SummaryRow[] } {
    const { from, to, level, maxSamples } = plan;
    const since = Math.max(from, this.#tiers.get(0).since);
    const whole = level === 0 ? wholeBuckets(plan) : { from, end: to };
    const first = Math.max(whole.from, this.#tiers.get(0).since);
    const rows = this.#chunks.summaries(series.id, first, whole.end);
    const head = cut(this.#headOf(series), since, to);
    let inside = head.times.length;
    for (const { t0, t1, n } of rows) if (t0 >= since && t1 <= to) inside += n;
    if (inside > maxSamples) return { rows };
    const parts = rows.map(({ id }) => cut(this.#chunks.read(id), since, to));
    const points = joinPoints([...parts, head]);
    return points.times.length <= maxSamples ? { points, rows } : { rows };
  }

  #fromRollups(series: StoredSeries, plan: Plan): Buckets {
    const { width, level } = plan;
    const { from, end } = wholeBuckets(plan);
    const builder = new BucketBuilder(width, plan.room);
    const since = Math.max(from, this.#tiers.get(level).since);
    for (const row of this.#rollups.read(series.id, level as 1 | 2, since, end)) {
      builder.addBuckets(row, lowerBound(row.starts, since), lowerBound(row.starts, end));
    }
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.view();
  }

  #fromChunks(series: StoredSeries, plan: Plan, rows: readonly SummaryRow[]): Buckets {
    const { from, end } = wholeBuckets(plan);
    const { width } = plan;
    const since = Math.max(from, this.#tiers.get(0).since);
    const builder = new BucketBuilder(width, plan.room);
    for (const row of rows) {
      const isInside = row.t0 >= since && row.t1 < end;
      if (isInside && Math.floor(row.t0 / width) === Math.floor(row.t1 / width)) {
        builder.addSummary(row.t0, row);
      } else builder.addPoints(between(this.#chunks.read(row.id), since, end));
    }
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.view();
  }

  #rates(series: StoredSeries, plan: Plan): SeriesHistory | undefined {
    const few =
      plan.level === 0 || this.#mayBeSamples(this.#fromRollups(series, plan), plan)
        ? this.#few(series, plan)
        : { rows: [] };
    const { points, rows } = few;
    const builder = new RateBuilder(points ? 0 : plan.width);
    if (points) {
      builder.begin(this.#lastBefore(series, Math.max(plan.from, this.#tiers.get(0).since)));
      builder.addPoints(points);
      return builder.take();
    }
    const { from, end } = wholeBuckets(plan);
    const since = Math.max(from, this.#tiers.get(plan.level).since);
    builder.begin(this.#lastBefore(series, since));
    if (plan.level === 0) {
      for (const row of rows) {
        const isInside = row.t0 >= since && row.t1 < end;
        if (!(isInside && builder.addSteady(row.t0, row.t1, row))) {
          builder.addPoints(between(this.#chunks.read(row.id), since, end));
        }
      }
    } else this.#addRollupRates(series, plan.level, builder, [since, end]);
    builder.addPoints(between(this.#headOf(series), since, end));
    return builder.take();
  }

  /** Where a bucket may hide that the counter began anew, its samples tell. */
  #addRollupRates(
    series: StoredSeries,
    level: 1 | 2,
    builder: RateBuilder,
    [from, end]: readonly [number, number],
  ): void {
    const { bucketMs } = levels[level];
    for (const row of this.#rollups.read(series.id, level, from, end)) {
      const last = lowerBound(row.starts, end);
      for (let i = lowerBound(row.starts, from); i < last; i++) {
        const start = row.starts[i]!;
        if (builder.addBucket(row, i)) continue;
        if (start < this.#tiers.get(0).since) builder.addEstimate(row, i);
        else builder.addPoints(this.#sealed(series, start, start + bucketMs));
      }
    }
  }

  /** The samples in chunks from one time up to before another. */
  #sealed(series: StoredSeries, from: number, end: number): Points {
    const rows = this.#chunks.summaries(series.id, from, end);
    return joinPoints(rows.map(({ id }) => between(this.#chunks.read(id), from, end)));
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

/** The samples from one time to another, both included. */
function cut(points: Points, from: number, to: number): Points {
  const first = lowerBound(points.times, from);
  return slicePoints(points, first, upperBound(points.times, to));
}

/** The samples from one time up to before another. */
function between(points: Points, from: number, end: number): Points {
  const first = lowerBound(points.times, from);
  return slicePoints(points, first, lowerBound(points.times, end, first));
}

/** How many of some ascending numbers are at most `most`. */
function upperBound(numbers: Float64Array, most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
