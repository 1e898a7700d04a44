import type { Line } from "./renderer.ts";
import { joined, lowerBound, type Ring } from "./ring.ts";
import type { View } from "./window.ts";

/** More samples per device pixel than this are thinned to the extremes of buckets. */
const densest = 2;

/** A line whose arrays are used again from frame to frame. */
export class LineBuffer implements Line {
  times = new Float64Array(256);
  values = new Float64Array(256);
  starts = new Uint8Array(256);
  length = 0;
  marked = false;
  /** Of the points inside the view; infinite when there are none. */
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  clear(): void {
    this.length = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
  }

  push(time: number, value: number, start: boolean, view: View): void {
    if (this.length === this.times.length) this.#grow();
    this.times[this.length] = time;
    this.values[this.length] = value;
    this.starts[this.length] = start ? 1 : 0;
    this.length++;
    if (time < view.from || time > view.to) return;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  #grow(): void {
    const length = this.length * 2;
    const [times, values, starts] = [this.times, this.values, this.starts];
    this.times = new Float64Array(length);
    this.values = new Float64Array(length);
    this.starts = new Uint8Array(length);
    this.times.set(times);
    this.values.set(values);
    this.starts.set(starts);
  }
}

/**
 * The width of the buckets for a view: a power of two of milliseconds, at least a pixel; 0 if the
 * samples are few enough to be drawn as they are.
 */
export function bucketWidth(samples: number, view: View, pixels: number): number {
  if (samples <= densest * pixels) return 0;
  return 2 ** Math.ceil(Math.log2((view.to - view.from) / pixels));
}

/**
 * Fills `line` with the samples of `ring` in `view`, and one beyond each edge.
 *
 * When denser than the pixels, each bucket gives its smallest and its largest sample, so that spikes
 * survive. Buckets begin at multiples of their width in absolute time: as the window slides, every
 * bucket keeps its samples and so its two points, and nothing shimmers.
 *
 * An interruption that is narrower than a pixel, or that a bucket of history hides, interrupts nothing:
 * a single absence among a thousand samples would tear the line apart where nobody can see why.
 */
export function fillLine(line: LineBuffer, ring: Ring, view: View, pixels: number): void {
  line.clear();
  const { times, values, starts } = ring;
  const inside = lowerBound(times, view.to) - lowerBound(times, view.from);
  const width = bucketWidth(inside, view, pixels);
  const begin = width > 0 ? Math.floor(view.from / width) * width : view.from;
  const from = Math.max(0, lowerBound(times, begin) - 1);
  const to = Math.min(times.length, lowerBound(times, view.to) + 1);
  const pixelMs = (view.to - view.from) / pixels;
  const bucket = new Bucket(line, times, values, view);
  let key = Number.NaN;
  let before = -1;
  let broken = true;
  for (let i = from; i < to; i++) {
    if (starts[i] !== joined) broken = true;
    if (Number.isNaN(values[i])) {
      broken = true;
      continue;
    }
    if (broken && before >= 0) {
      const least = Math.max(pixelMs, ring.bucketMsAt(times[before]!));
      broken = times[i]! - times[before]! > least;
    }
    if (broken) bucket.flush(true);
    const next = width > 0 ? Math.floor(times[i]! / width) : i;
    if (next !== key) bucket.flush(false);
    key = next;
    bucket.take(i, broken);
    before = i;
    broken = false;
  }
  bucket.flush(true);
}

/** The samples of one bucket that are joined to each other, by index. */
class Bucket {
  readonly #line: LineBuffer;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  readonly #view: View;
  #first = -1;
  #last = -1;
  #lowest = -1;
  #highest = -1;
  #starts = false;

  constructor(line: LineBuffer, times: Float64Array, values: Float64Array, view: View) {
    this.#line = line;
    this.#times = times;
    this.#values = values;
    this.#view = view;
  }

  take(index: number, starts: boolean): void {
    this.#last = index;
    if (this.#first < 0) {
      this.#first = this.#lowest = this.#highest = index;
      this.#starts = starts;
    } else if (this.#values[index]! < this.#values[this.#lowest]!) {
      this.#lowest = index;
    } else if (this.#values[index]! > this.#values[this.#highest]!) {
      this.#highest = index;
    }
  }

  /** `ends`: the line is interrupted after this, so that its last sample must be shown too. */
  flush(ends: boolean): void {
    if (this.#first < 0) return;
    const early = Math.min(this.#lowest, this.#highest);
    const late = Math.max(this.#lowest, this.#highest);
    let from = -1;
    if (this.#starts) from = this.#emit(this.#first, from);
    from = this.#emit(early, from);
    from = this.#emit(late, from);
    if (ends) this.#emit(this.#last, from);
    this.#first = -1;
  }

  /** Once each: the same sample may be first, lowest and last. */
  #emit(index: number, after: number): number {
    if (index <= after) return after;
    const start = this.#starts && after < 0;
    this.#line.push(this.#times[index]!, this.#values[index]!, start, this.#view);
    return index;
  }
}
