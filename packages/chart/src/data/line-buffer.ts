import type { Line } from "../renderer.ts";
import type { View } from "../window.ts";
import { Points } from "./points.ts";
import type { Ring } from "./ring.ts";

/** What a line is made of. When it is another, all of its points may be others. */
export type Basis = {
  readonly ring: Ring;
  /** Width of the buckets; 0: samples as they are. */
  readonly bucketMs: number;
  /** Values that are not above it were left out. */
  readonly floor: number;
};

/** The points of a series and what a legend says of them; its arrays are used again. */
export class LineBuffer extends Points implements Line {
  marked = false;
  changedFrom = Number.NEGATIVE_INFINITY;
  /** Of the samples inside the view that are drawn; infinite when there are none. */
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Of the same; NaN when there are none, or where only the extremes of buckets are held. */
  mean = Number.NaN;
  /** The value of the latest of them; NaN when there are none. */
  last = Number.NaN;
  /** How many they are. Of buckets only the extremes count. */
  count = 0;
  /** How many samples inside the view a logarithmic axis has no place for. */
  unloggable = 0;
  #basis: Basis | undefined;
  #view: View = { from: 0, to: 0 };
  #pixels = 0;
  #isSame = false;
  #sum = 0;

  constructor() {
    super(false);
  }

  /** What it was last filled with. */
  get basis(): Basis | undefined {
    return this.#basis;
  }

  /** Whether this view is as wide as the last one: it slides, and nobody zooms. */
  slides({ from, to }: View, pixels: number): boolean {
    const span = this.#view.to - this.#view.from;
    return pixels === this.#pixels && Math.abs(to - from - span) < span * 1e-6;
  }

  begin(basis: Basis, view: View, pixels: number): void {
    const { ring, bucketMs, floor } = this.#basis ?? {};
    this.#isSame = ring === basis.ring && bucketMs === basis.bucketMs && floor === basis.floor;
    this.#basis = basis;
    this.#view = view;
    this.#pixels = pixels;
    this.turn(view);
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.last = Number.NaN;
    this.count = this.unloggable = this.#sum = 0;
  }

  /** Counts a sample inside the view; NaN counts as nothing. */
  tally(value: number): void {
    const { floor } = this.#basis!;
    if (value > floor) this.tallyAll(1, value, value, value, value);
    else if (value <= floor) this.unloggable++;
  }

  /** Counts samples inside the view that all have values to be drawn. */
  tallyRun(values: Float64Array, from: number, to: number): void {
    if (from >= to) return;
    let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.tallyAll(to - from, sum, min, max, values[to - 1]!);
  }

  /** Counts many that are later than those counted before. */
  tallyAll(count: number, sum: number, min: number, max: number, last: number): void {
    this.count += count;
    this.#sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
    this.last = last;
  }

  end(): void {
    const { ring } = this.#basis!;
    const { from, to } = this.#view;
    const mean = this.count > 0 && ring.isExact(from, to) ? this.#sum / this.count : Number.NaN;
    // The sum of very large numbers is infinite, which is not their mean.
    this.mean = Number.isFinite(mean) ? mean : Number.NaN;
    this.changedFrom = this.#isSame ? this.firstChange() : Number.NEGATIVE_INFINITY;
  }
}
