import { lowerBound } from "../data/ring.ts";
import type { Scene, SceneSeries } from "../scene.ts";
import { durationText } from "../text/format.ts";
import type { View } from "../window.ts";

/** More series than this nobody keeps in mind who hears them. */
const maxSpoken = 4;
/** Nothing is called late earlier: senders pause for breath. */
const patienceMs = 5000;
/** Part of the range in view that a series must have moved by lately to be rising or falling. */
const noticeable = 0.05;

/** What a chart shows, in a few sentences for someone who hears it. */
export function summaryOf({ series, frame, now }: Scene): string {
  const shown = series.filter(({ off }) => !off);
  if (shown.length === 0) return "No series.";
  const spoken = shown.slice(0, maxSpoken).map((one) => describe(one, frame.view, now));
  const others = shown.length - spoken.length;
  if (others > 0) spoken.push(`And ${others} more series.`);
  return spoken.join(" ");
}

function describe({ name, ring, track, text }: SceneSeries, view: View, now: number): string {
  const stretch = stretchOf(ring.times, ring.values, view);
  if (!stretch) return `${name}: nothing in view.`;
  const age = now - track.seenAt;
  const late = age > Math.max(ring.cadence.silenceMs, patienceMs);
  const when = late ? `, last seen ${durationText(age)} ago` : `, ${stretch.trend}`;
  const { last, min, max } = stretch;
  return `${name} ${text(last)}${when}; minimum ${text(min)}, maximum ${text(max)} in view.`;
}

type Stretch = {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly trend: "rising" | "falling" | "steady";
};

function stretchOf(times: Float64Array, values: Float64Array, view: View): Stretch | undefined {
  const end = lowerBound(times, view.to);
  const until = times[end] === view.to ? end + 1 : end;
  let [min, max, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  const from = lowerBound(times, view.from);
  const quarter = (times[until - 1]! - times[from]!) / 4;
  const lately = { sum: 0, count: 0 };
  const before = { sum: 0, count: 0 };
  for (let i = from; i < until; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    last = value;
    const age = times[until - 1]! - times[i]!;
    const part = age <= quarter ? lately : age <= 2 * quarter ? before : undefined;
    if (!part) continue;
    part.sum += value;
    part.count++;
  }
  if (min > max) return undefined;
  const moved = before.count > 0 ? lately.sum / lately.count - before.sum / before.count : 0;
  const least = (max - min) * noticeable;
  const trend = moved > least ? "rising" : moved < -least ? "falling" : "steady";
  return { last, min, max, trend };
}
