import { bucketWidth } from "@plotcast/protocol";
import type { View } from "../window.ts";
import {
  type Buckets,
  brokenAfter,
  brokenBefore,
  brokenOf,
  countOf,
  firstOf,
  highestOf,
  lastOf,
  lowestOf,
  omittedOf,
  size,
  sumOf,
} from "./buckets.ts";
import { bridges, type FillOptions, fillSamples, inView, isDense, near } from "./fill.ts";
import { type Basis, LineBuffer } from "./line-buffer.ts";
import { bucketKey, indexOfKey, pyramidOf } from "./pyramid.ts";
import type { Ring } from "./ring.ts";

export { LineBuffer };

/** Buckets per device pixel at most: with the widths there are, one is 0.8 to 2 pixels wide (of days, 2.8). */
const bucketsPerPixel = 1.25;

/**
 * The width of the buckets for a view, at most `bucketsPerPixel`: one of those that the server has too,
 * or below them a power of two of milliseconds.
 */
export function bucketsFor({ from, to }: View, pixels: number): number {
  // A hair of tolerance: the difference of two times is not the same for each view of one span.
  const span = (to - from) * 0.9999;
  const least = span / (bucketsPerPixel * pixels);
  return least > 0.5
    ? bucketWidth(span, bucketsPerPixel * pixels)
    : 2 ** Math.ceil(Math.log2(least));
}

/**
 * Fills `line` with the samples of `ring` in `view`, and one beyond each edge.
 *
 * When denser than the pixels, each bucket gives its smallest and its largest sample, so that spikes
 * survive. Buckets begin at multiples of their width in absolute time: as the window slides, every
 * bucket keeps its samples and so its two points, and nothing shimmers. What it costs depends on the
 * number of pixels and of new samples, not on how many there are.
 *
 * An interruption that is narrower than a bucket (or a pixel, without buckets), or that a bucket of
 * history hides, interrupts nothing: a single absence among a thousand samples would tear the line
 * apart where nobody can see why.
 */
export function fillLine(
  line: LineBuffer,
  ring: Ring,
  view: View,
  pixels: number,
  options: FillOptions = {},
): void {
  if (!isDense(line, ring, view, pixels)) {
    fillSamples(line, ring, view, pixels, options);
    return;
  }
  const { from, to, floor } = inView(ring, view, options);
  const basis = { ring, floor, bucketMs: bucketsFor(view, pixels) };
  line.begin(basis, view, pixels);
  fillBuckets(line, basis, view, from, to);
  line.end();
}

function fillBuckets(line: LineBuffer, basis: Basis, view: View, from: number, to: number): void {
  const { ring, bucketMs, floor } = basis;
  const { times } = ring;
  const first = bucketKey(view.from, bucketMs);
  const last = bucketKey(view.to, bucketMs);
  const begin = indexOfKey(times, first, bucketMs);
  const end = indexOfKey(times, last + 1, bucketMs);
  const enter = bucketKey(times[near(ring, floor, begin, -1)]!, bucketMs);
  const leave = bucketKey(times[near(ring, floor, end - 1, 1)]!, bucketMs);
  const buckets = pyramidOf(ring).buckets(bucketMs, floor, enter, leave);
  pushBuckets(line, basis, buckets, buckets.find(enter), buckets.find(leave + 1));

  // Buckets that the edges of the view cut are looked into, and the oldest, of which some has gone:
  // what they say is true of all their samples.
  const wholeFrom = begin > 0 && begin === from ? first : first + 1;
  const wholeTo = end === to ? last : last - 1;
  const inner = Math.min(to, indexOfKey(times, wholeFrom, bucketMs));
  const outer = Math.max(inner, indexOfKey(times, wholeTo + 1, bucketMs));
  tallySamples(line, ring, from, inner);
  tallyBuckets(line, buckets, buckets.find(wholeFrom), buckets.find(wholeTo + 1));
  tallySamples(line, ring, outer, to);
}

/**
 * Of each bucket the lowest and the highest sample, in their order; where the line begins also the
 * first, and where it ends the last.
 */
function pushBuckets(line: LineBuffer, basis: Basis, { data }: Buckets, from: number, to: number) {
  const { ring, bucketMs } = basis;
  let before = -1;
  let pushed = -1;
  let broken = true;
  const push = (at: number, starts: boolean) => {
    if (pushed >= 0 && data[at]! <= data[pushed]!) return; // it may be first, lowest and last
    line.copy(data, at, data, at + 1, starts);
    pushed = at;
  };
  for (let at = from; at < to; at += size) {
    const flags = data[at + brokenOf]!;
    if (data[at + countOf] === 0) {
      broken = true;
      continue;
    }
    if ((flags & brokenBefore) !== 0) broken = true;
    if (broken && before >= 0) {
      broken = !bridges(ring, data[before + lastOf]!, data[at + firstOf]!, bucketMs);
      if (broken) push(before + lastOf, false);
    }
    if (broken) push(at + firstOf, true);
    const lowestIsFirst = data[at + lowestOf]! < data[at + highestOf]!;
    push(at + (lowestIsFirst ? lowestOf : highestOf), false);
    push(at + (lowestIsFirst ? highestOf : lowestOf), false);
    broken = (flags & brokenAfter) !== 0;
    before = at;
  }
  if (before >= 0) push(before + lastOf, false);
}

function tallySamples(line: LineBuffer, { values }: Ring, from: number, to: number): void {
  for (let i = from; i < to; i++) line.tally(values[i]!);
}

function tallyBuckets(line: LineBuffer, { data }: Buckets, from: number, to: number): void {
  for (let at = from; at < to; at += size) {
    line.unloggable += data[at + omittedOf]!;
    const count = data[at + countOf]!;
    if (count === 0) continue;
    const min = data[at + lowestOf + 1]!;
    const max = data[at + highestOf + 1]!;
    line.tallyAll(count, data[at + sumOf]!, min, max, data[at + lastOf + 1]!);
  }
}
