import { afterCut, lowerBound, type Ring } from "../data/ring.ts";
import type { Line } from "../renderer.ts";
import type { Band, SceneSeries } from "../scene.ts";
import { durationText } from "../text/format.ts";
import type { View } from "../window.ts";

/** The time of the present sample in view that is nearest to `at`. */
export function nearestTime(ring: Ring, at: number, view: View): number | undefined {
  const { times, values } = ring;
  const inView = Math.max(view.from, Math.min(view.to, at));
  const middle = lowerBound(times, inView);
  let before = middle - 1;
  let after = middle;
  while (before >= 0 && times[before]! >= view.from && Number.isNaN(values[before])) before--;
  while (after < times.length && times[after]! <= view.to && Number.isNaN(values[after])) after++;
  const early = before >= 0 ? times[before]! : Number.NEGATIVE_INFINITY;
  const late = after < times.length ? times[after]! : Number.POSITIVE_INFINITY;
  const inEarly = early >= view.from;
  const inLate = late <= view.to;
  if (inEarly && (!inLate || inView - early <= late - inView)) return early;
  return inLate ? late : undefined;
}

/** The sample of a series that stands for `time`: near enough to have been taken with it; else -1. */
export function sampleNear(ring: Ring, time: number): number {
  const { times } = ring;
  const index = nearestIndex(times, time);
  if (index < 0) return -1;
  const interval = ring.cadence.medianMs;
  // Of a bucket of history few samples are here, each when it was taken.
  const usual = Number.isNaN(interval) ? 1000 : interval;
  const allowed = Math.max(usual, ring.bucketMsAt(times[index]!));
  return Math.abs(times[index]! - time) <= allowed ? index : -1;
}

/** What a series says at a time: a value and when it was taken, or why there is none. */
export type Reading = {
  readonly text: string;
  /** NaN: there is none. */
  readonly value: number;
  readonly time: number;
};

/** The value of a series at a time, or why there is none. Of what a band explains nothing is said. */
export function readingAt(
  { ring, text }: Pick<SceneSeries, "ring" | "text">,
  time: number,
  bands: readonly Band[],
): Reading {
  const index = sampleNear(ring, time);
  const value = index < 0 ? Number.NaN : ring.values[index]!;
  if (!Number.isNaN(value)) return { text: text(value), value, time: ring.times[index]! };
  if (index >= 0) return { text: "no value", value, time };
  const explained = bandAt(bands, time);
  const silence = explained && explained.kind !== "silent" ? 0 : silenceAt(ring, time);
  return { text: silence > 0 ? `silent for ${durationText(silence)}` : "–", value, time };
}

/** How long the silence is that `time` lies in, as far as it is known then; 0: in none. */
function silenceAt(ring: Ring, time: number): number {
  const { times, starts } = ring;
  const next = lowerBound(times, time);
  if (next === 0 || starts[next] === afterCut) return 0;
  const lasted = (next < times.length ? times[next]! : time) - times[next - 1]!;
  return lasted > ring.cadence.silenceMs ? lasted : 0;
}

/** What explains that nothing is there; what is only reduced is there. */
export function bandAt(bands: readonly Band[], time: number): Band | undefined {
  return bands.find(({ kind, from, to }) => kind !== "reduced" && from < time && time < to);
}

/** Where only the extremes of buckets are held. */
export function reducedAt(bands: readonly Band[], time: number): readonly Band[] {
  return bands.filter(({ kind, from, to }) => kind === "reduced" && from <= time && time <= to);
}

/** Where on the screen the value of a reading is: stacked, that is not the value itself. */
export function heightOf({ line }: Pick<SceneSeries, "line">, { time, value }: Reading): number {
  if (!line.bases) return value;
  const index = nearestIndex(line.times.subarray(0, line.length), time);
  return index < 0 ? Number.NaN : line.values[index]!;
}

/**
 * The drawn point that is `by` points from the one nearest to `from`, not beyond those in view: its
 * index. From nowhere one comes to the newest. -1: none is in view.
 */
export function stepFrom(line: Line, view: View, from: number | undefined, by: number): number {
  const times = line.times.subarray(0, line.length);
  const first = lowerBound(times, view.from);
  let last = lowerBound(times, view.to);
  if (last === times.length || times[last]! > view.to) last--;
  if (first > last) return -1;
  if (from === undefined) return last;
  const here = nearestIndex(times, from);
  return Math.max(first, Math.min(last, here + by));
}

/** -1 if there is none. */
function nearestIndex(times: Float64Array, time: number): number {
  const after = lowerBound(times, time);
  const nearer =
    after > 0 && (after === times.length || time - times[after - 1]! < times[after]! - time);
  const index = nearer ? after - 1 : after;
  return index < times.length ? index : -1;
}
