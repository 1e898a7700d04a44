import type { View } from "../window.ts";
import { joined, type Ring } from "./ring.ts";

export type Point = { readonly time: number; readonly value: number; readonly starts: boolean };

type Sample = Point & { readonly key: number };

/** The samples that are there, and which of them the line begins anew at. */
function present(
  ring: Ring,
  visibleMs: number,
  key: (time: number, i: number) => number,
  floor: number,
) {
  const { times, values, starts } = ring;
  const samples: Sample[] = [];
  let broken = true;
  for (const [i, time] of times.entries()) {
    if (starts[i] !== joined || !(values[i]! > floor)) broken = true;
    if (!(values[i]! > floor)) continue;
    const before = samples.at(-1);
    const bridged =
      before && time - before.time <= Math.max(visibleMs, ring.bucketMsAt(before.time));
    samples.push({ time, value: values[i]!, starts: broken && !bridged, key: key(time, i) });
    broken = false;
  }
  return samples;
}

/** Each bucket's points, from all of its samples at once. */
function pointsOf(bucket: readonly Sample[], ends: boolean): Point[] {
  const lowest = bucket.reduce((a, b) => (b.value < a.value ? b : a));
  const highest = bucket.reduce((a, b) => (b.value > a.value ? b : a));
  const [first, last] = [bucket[0]!, bucket.at(-1)!];
  const chosen = new Set([lowest, highest]);
  if (first.starts) chosen.add(first);
  if (ends) chosen.add(last);
  return [...chosen]
    .sort((a, b) => a.time - b.time)
    .map(({ time, value }) => ({ time, value, starts: first.starts && time === first.time }));
}

/**
 * The line that `fillLine` draws of a ring, in as few thoughts as possible: from all samples, each
 * time anew. For tests.
 */
export function naiveLine(ring: Ring, view: View, pixels: number, bucketMs: number, log: boolean) {
  const floor = log ? 0 : Number.NEGATIVE_INFINITY;
  const key = (time: number, i: number) => (bucketMs > 0 ? Math.floor(time / bucketMs) : i);
  const visibleMs = bucketMs > 0 ? bucketMs : (view.to - view.from) / pixels;
  const samples = present(ring, visibleMs, key, floor);
  const buckets = [...Map.groupBy(samples, (sample) => sample.key).values()];
  const all = buckets.flatMap((bucket, i) => pointsOf(bucket, buckets[i + 1]?.[0]?.starts ?? true));
  const begin = Math.max(
    0,
    all.findLastIndex(({ time }) => time < view.from),
  );
  const beyond = all.findIndex(({ time }) => time > view.to);
  const points = all.slice(begin, beyond < 0 ? undefined : beyond + 1);
  return points.map((point, i) => (i === 0 ? { ...point, starts: true } : point));
}

/** What `LineBuffer` says of the samples in a view. For tests. */
export function naiveStats(ring: Ring, { from, to }: View, log: boolean) {
  const floor = log ? 0 : Number.NEGATIVE_INFINITY;
  const values = [...ring.values].filter((_, i) => ring.times[i]! >= from && ring.times[i]! <= to);
  const there = values.filter((value) => value > floor);
  const isCoarse = [...ring.times].some((t) => t >= from && t <= to && ring.bucketMsAt(t) > 0);
  return {
    min: Math.min(...there),
    max: Math.max(...there),
    last: there.at(-1) ?? Number.NaN,
    count: there.length,
    mean: isCoarse ? Number.NaN : there.reduce((a, b) => a + b, 0) / there.length,
    unloggable: values.filter((value) => value <= floor).length,
  };
}
