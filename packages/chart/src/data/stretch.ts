import type { View } from "../window.ts";
import { type Asked, liveRoom, type Told } from "./history.ts";
import { afterCut, lowerBound, type Ring } from "./ring.ts";

/** One series as it is drawn while nothing older is asked for. */
export type Shown = Asked & { readonly live: Ring };

/** What is asked for, or was: `msPerPx` is how fine. */
export type Plan = View & {
  readonly px: number;
  readonly msPerPx: number;
  readonly asked: readonly Asked[];
};

/** What was fetched for a plan. */
export type Stretch = Plan &
  Told & {
    /** It reaches to now: what came after `askedAt` is added. */
    readonly open: boolean;
    readonly askedAt: number;
    /** Something in it is known to be missing: shown until there is a better one. */
    stale: boolean;
  };

/** Buckets asked for at once, of all series together: about 20 MB of rings. */
const maxBuckets = 200_000;
/** The server's own limit for one series. */
const maxPx = 8192;
/** Fetched a little less finely than it would be now, it still looks the same. */
const tolerance = 1.5;

/** Aligned, so that the same part of the past is asked for in the same words: caches know it then. */
export function planFor(view: View, pixels: number, shown: readonly Asked[]): Plan {
  const span = view.to - view.from;
  const step = 2 ** Math.floor(Math.log2(span / 2));
  const from = Math.max(0, Math.floor((view.from - span) / step) * step);
  const to = Math.max(from + step, Math.ceil((view.to + span) / step) * step);
  const asked = shown.map(({ series, rates }) => ({ series, rates }));
  const most = Math.min(maxPx, Math.floor(maxBuckets / Math.max(1, asked.length)));
  const px = Math.min(most, Math.ceil((pixels * (to - from)) / span / 200) * 200);
  return { from, to, px, msPerPx: (to - from) / px, asked };
}

/** Adds what came live since. */
export function catchUp(stretch: Stretch, { series, live }: Shown): void {
  const ring = stretch.rings.get(series);
  if (!stretch.open || stretch.stale || !ring || live.length === 0) return;
  const { times, values, starts } = live;
  const newest = Math.max(ring.newestTime, stretch.from);
  // What was between is held by nobody here: no line may be drawn across it.
  if (times[0]! > Math.max(newest, stretch.askedAt)) {
    stretch.stale = true;
    return;
  }
  const exact = live.isExact(newest, live.newestTime);
  for (let i = lowerBound(times, newest); i < times.length; i++) {
    const time = times[i]!;
    if (time <= ring.newestTime) continue;
    if (starts[i] === afterCut) ring.cut();
    ring.add(time, values[i]!, exact ? 0 : live.bucketMsAt(time));
  }
  // From there on it would lose its oldest samples.
  if (ring.length - lowerBound(ring.times, stretch.askedAt) > liveRoom / 2) stretch.stale = true;
}

/** How long two stretches have in common; negative: they are so far apart. */
export function overlap(a: View, b: View): number {
  return Math.min(a.to, b.to) - Math.max(a.from, b.from);
}

/** The time from which on all that is shown is held live. */
export function liveFrom(shown: readonly Shown[]): number {
  const begins = ({ live }: Shown) =>
    live.length === 0 ? Number.POSITIVE_INFINITY : live.times[0]!;
  return Math.max(Number.NEGATIVE_INFINITY, ...shown.map(begins));
}

/** Whether there is something of each series, in the form in which it is shown. */
export function hasAll({ asked }: Plan, shown: readonly Asked[]): boolean {
  return shown.every(({ series, rates }) =>
    asked.some((one) => one.series === series && one.rates === rates),
  );
}

/** Whether what was fetched for one plan is fine enough for another, and of all its series. */
export function isFine(stretch: Stretch, plan: Plan): boolean {
  const fine = stretch.bucketMs === 0 || stretch.msPerPx <= tolerance * plan.msPerPx;
  return fine && hasAll(stretch, plan.asked);
}

/** Whether what is under way is worth waiting for: some of it is in view, and about as fine as needed. */
export function isUseful(flight: Plan, view: View, plan: Plan): boolean {
  const fine = flight.msPerPx <= 4 * plan.msPerPx;
  return fine && overlap(flight, view) > 0 && hasAll(flight, plan.asked);
}
