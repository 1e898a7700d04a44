import type { View } from "../window.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { joined, lowerBound, type Ring, upperBound } from "./ring.ts";

/** More samples per device pixel than this are thinned to the extremes of buckets, until they are fewer by far. */
const densest = { sliding: 1.8, other: 2 };
/** How far from the view a sample is looked for that the line comes from or goes to. */
const maxAbsences = 64;

export type FillOptions = {
  /** Values that are not above zero are absent, and counted. */
  readonly log?: boolean;
};

/** What is in view: from one index up to before another; and above what values have to be to count. */
export function inView(ring: Ring, view: View, { log = false }: FillOptions) {
  return {
    from: lowerBound(ring.times, view.from),
    to: upperBound(ring.times, view.to),
    floor: log ? 0 : Number.NEGATIVE_INFINITY,
  };
}

/** Whether there are more samples in a view than pixels can show: what the buckets of `fillLine` are for. */
export function isDense(line: LineBuffer, ring: Ring, view: View, pixels: number): boolean {
  const { from, to } = inView(ring, view, {});
  return (
    to - from > pixels * (staysDense(line, ring, view, pixels) ? densest.sliding : densest.other)
  );
}

// Otherwise a line could be drawn in two ways in turns, as one more or one less sample is in view.
function staysDense(line: LineBuffer, ring: Ring, view: View, pixels: number): boolean {
  const { basis } = line;
  return basis?.ring === ring && basis.bucketMs > 0 && line.slides(view, pixels);
}

/** As `fillLine` does where there are not too many: with all samples. */
export function fillSamples(
  line: LineBuffer,
  ring: Ring,
  view: View,
  pixels: number,
  options: FillOptions = {},
): void {
  const { from, to, floor } = inView(ring, view, options);
  const pixelMs = (view.to - view.from) / pixels;
  line.begin({ ring, floor, bucketMs: 0 }, view, pixels);
  const { times, values, starts } = ring;
  const end = near(ring, floor, to - 1, 1) + 1;
  let before = Number.NaN;
  let broken = true;
  // In runs of samples that are joined: one by one, handing them over cost more than drawing them.
  for (let i = near(ring, floor, from, -1); i < end; ) {
    if (starts[i] !== joined) broken = true;
    if (!(values[i]! > floor)) {
      broken = true;
      if (i >= from && i < to && values[i]! <= floor) line.unloggable++;
      i++;
      continue;
    }
    let next = i + 1;
    while (next < end && starts[next] === joined && values[next]! > floor) next++;
    const start = broken && !bridges(ring, before, times[i]!, pixelMs);
    line.copyRun(times, values, i, next, start);
    line.tallyRun(values, Math.max(i, from), Math.min(next, to));
    before = times[next - 1]!;
    broken = false;
    i = next;
  }
  line.end();
}

/** Whether an interruption between two samples is too narrow to be seen. */
export function bridges(ring: Ring, before: number, time: number, visibleMs: number): boolean {
  return time - before <= Math.max(visibleMs, ring.bucketMsAt(before));
}

/** The index of the next sample that is there, before or after another; that one's, if none is near. */
export function near({ times, values }: Ring, floor: number, from: number, step: 1 | -1): number {
  for (let n = 0, i = from + step; n < maxAbsences && i >= 0 && i < times.length; n++, i += step) {
    if (values[i]! > floor) return i;
  }
  return from;
}
