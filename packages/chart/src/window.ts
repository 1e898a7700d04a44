import type { Track } from "./data/track.ts";

/** How much a chart shows: the last samples by number, or a stretch of time. */
export type Extent =
  | { readonly kind: "span"; readonly ms: number }
  | { readonly kind: "points"; readonly count: number }
  /** Neither was asked for: a stretch that suits the cadence. */
  | { readonly kind: "auto" };

/** The stretch of time between the edges of a plot, Unix ms on the source's clock. */
export type View = { readonly from: number; readonly to: number };

const spans = [60e3, 300e3, 900e3, 3600e3, 6 * 3600e3, 24 * 3600e3, 7 * 24 * 3600e3];

/** Who wants less motion sees a window move in strides: of a part of the window, at least of a while. */
const calmStride = { part: 1 / 20, leastMs: 1000 };

/**
 * A window of `spanMs` that ends now, or `delayMs` ago, its edges on whole device pixels of absolute
 * time.
 *
 * A window that slid by parts of a pixel would move every point to another place between the pixels
 * in each frame, and a dense line would shimmer. Charts of one width and span step together. `calm`: it
 * moves in strides, with room for what comes until the next.
 */
export function spanView(
  now: number,
  spanMs: number,
  pixels: number,
  delayMs = 0,
  calm = false,
): View {
  const msPerPixel = spanMs / Math.max(1, pixels);
  const stride = calm ? Math.max(calmStride.leastMs, spanMs * calmStride.part) : 0;
  // Not more than half of the window: of a very short one there would be nothing left to see.
  const most = Math.max(1, Math.floor(pixels / 2));
  const stepMs = Math.min(most, Math.max(1, Math.round(stride / msPerPixel))) * msPerPixel;
  const to = (Math.floor((now - delayMs) / stepMs) + 1) * stepMs;
  return { from: to - spanMs, to };
}

/** When `spanView` will next be another one. */
export function nextStep(
  now: number,
  spanMs: number,
  pixels: number,
  delayMs = 0,
  calm = false,
): number {
  return spanView(now, spanMs, pixels, delayMs, calm).to + delayMs;
}

/**
 * A stretch that is held, its edges on whole device pixels of absolute time: dragged about, points move
 * by whole pixels, as they do while the window follows.
 */
export function heldView({ from, to }: View, pixels: number): View {
  const span = to - from;
  const msPerPixel = span / Math.max(1, pixels);
  const snapped = Math.round(from / msPerPixel) * msPerPixel;
  return { from: snapped, to: snapped + span };
}

/** The window of the last `count` samples of whichever series has most of them lately. */
export function pointsView(tracks: readonly Track[], count: number, now: number): View {
  let to = Number.NEGATIVE_INFINITY;
  let from = Number.NEGATIVE_INFINITY;
  for (const { ring } of tracks) to = Math.max(to, ring.newestTime);
  if (to === Number.NEGATIVE_INFINITY) return { from: now - (count - 1) * 1000, to: now };
  for (const { ring } of tracks) {
    if (ring.length === 0) continue;
    const missing = Math.max(0, count - ring.length);
    const oldest = ring.times[Math.max(0, ring.length - count)]!;
    from = Math.max(from, oldest - missing * intervalOf(ring));
  }
  return { from: Math.min(from, to - 1), to };
}

function intervalOf(ring: Track["ring"]): number {
  if (!Number.isNaN(ring.cadence.medianMs)) return ring.cadence.medianMs;
  const { times, length } = ring;
  return length < 2 ? 1000 : (times[length - 1]! - times[0]!) / (length - 1);
}

/** A minute, or the first of the usual stretches that shows about thirty samples. */
export function autoSpan(tracks: readonly Track[]): number {
  let interval = Number.POSITIVE_INFINITY;
  for (const { ring } of tracks) {
    if (ring.cadence.medianMs < interval) interval = ring.cadence.medianMs;
  }
  if (interval === Number.POSITIVE_INFINITY) return spans[0]!;
  return spans.find((span) => span >= 30 * interval) ?? spans.at(-1)!;
}
