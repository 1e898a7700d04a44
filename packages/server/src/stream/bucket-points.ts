import type { Columns } from "@plotcast/protocol";
import type { SeriesHistory } from "../store/store.ts";

export type BucketsHistory = Extract<SeriesHistory, { kind: "buckets" }>;

/** A bucket becomes at most so many points. */
export const pointsPerBucket = 5;

/**
 * Buckets from index `from` to before `to` as the samples that a line needs to look like all of them:
 * first, least, greatest and last, by time, each once; and the latest null, so that no line is drawn
 * across it. A value at the same time wins over that.
 */
export function bucketPoints(
  { buckets }: BucketsHistory,
  from: number,
  to: number,
): { times: number[]; values: (number | null)[] } {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let last = Number.NEGATIVE_INFINITY;
  const add = (time: number, value: number | null) => {
    // Also not for NaN, the times of a bucket without values.
    if (!(time > last)) return;
    times.push(time);
    values.push(value);
    last = time;
  };
  for (let i = from; i < to; i++) {
    const absent = buckets.absentTimes[i]!;
    const addUpTo = (time: number, value: number) => {
      if (absent < time) add(absent, null);
      add(time, value);
    };
    const min = [buckets.minTimes[i]!, buckets.mins[i]!] as const;
    const max = [buckets.maxTimes[i]!, buckets.maxs[i]!] as const;
    const [earlier, later] = min[0] <= max[0] ? [min, max] : [max, min];
    addUpTo(buckets.firstTimes[i]!, buckets.firsts[i]!);
    addUpTo(...earlier);
    addUpTo(...later);
    addUpTo(buckets.lastTimes[i]!, buckets.lasts[i]!);
    add(absent, null);
  }
  return { times, values } satisfies Columns;
}
