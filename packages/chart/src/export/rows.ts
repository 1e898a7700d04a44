import { lowerBound } from "../data/ring.ts";
import type { Band, Scene, SceneSeries } from "../scene.ts";
import type { View } from "../window.ts";

/** One series of a table: what is drawn of it, in view. */
export type Column = {
  readonly entry: SceneSeries;
  /** Whether these are all its samples; otherwise others are missing that nothing is drawn of. */
  readonly exact: boolean;
  readonly times: Float64Array;
  /** NaN: known to have been absent. */
  readonly values: Float64Array;
};

/** A row is a moment, or a stretch of time of which something is missing. */
export type Row = { readonly time: number } | { readonly band: Band };

/** What is drawn in view as rows, oldest first; a copy, so that it can be read while data move on. */
export class Rows {
  readonly columns: readonly Column[];
  readonly #times: Float64Array;
  readonly #bands: readonly Band[];
  /** Places in `#times`; below zero, in `#bands`: ~place. */
  readonly #order: Int32Array;

  constructor({ series, frame, bands }: Scene) {
    const { view } = frame;
    this.columns = series.filter(({ off }) => !off).map((entry) => columnOf(entry, view));
    this.#times = merge(this.columns.map(({ times }) => times));
    this.#bands = bands
      .filter(({ from, to }) => from < view.to && to > view.from)
      .map((band) => clip(band, view))
      .sort((a, b) => a.from - b.from);
    this.#order = interleave(this.#times, this.#bands);
  }

  get length(): number {
    return this.#order.length;
  }

  at(index: number): Row {
    const place = this.#order[index]!;
    return place < 0 ? { band: this.#bands[~place]! } : { time: this.#times[place]! };
  }
}

/** The value of a column at a moment: NaN if known to be absent, undefined if nothing was told. */
export function cellOf({ times, values }: Column, time: number): number | undefined {
  const index = lowerBound(times, time);
  return times[index] === time ? values[index] : undefined;
}

function columnOf(entry: SceneSeries, view: View): Column {
  const { ring, line } = entry;
  const points = within(line.times.subarray(0, line.length), view);
  const until = line.times[points.to - 1] ?? Number.NEGATIVE_INFINITY;
  const held = within(ring.times, view);
  let [present, to] = [0, held.from];
  for (let i = held.from; i < held.to; i++) {
    const absent = Number.isNaN(ring.values[i]);
    // What came after the drawing is not shown.
    if (!absent && ring.times[i]! > until) break;
    if (!absent) present++;
    to = i + 1;
  }
  if (present <= points.to - points.from) {
    const times = ring.times.slice(held.from, to);
    // Of what the server had told in buckets, no more is held.
    const exact = ring.isExact(view.from, view.to);
    return { entry, exact, times, values: ring.values.slice(held.from, to) };
  }
  const times = line.times.slice(points.from, points.to);
  return {
    entry,
    exact: false,
    times,
    values: times.map((time, i) => valueAt(entry, time, points.from + i)),
  };
}

/** Stacked, a point is higher up than its value; the sample that it is knows better. */
function valueAt({ ring, line }: SceneSeries, time: number, point: number): number {
  const index = lowerBound(ring.times, time);
  if (ring.times[index] === time) return ring.values[index]!;
  return line.values[point]! - (line.bases?.[point] ?? 0);
}

/** The first place in view, and the one after the last. */
function within(times: Float64Array, view: View): { from: number; to: number } {
  const from = lowerBound(times, view.from);
  let to = lowerBound(times, view.to);
  if (times[to] === view.to) to++;
  return { from, to };
}

/** All times, each once, ascending. */
function merge(columns: readonly Float64Array[]): Float64Array {
  const [first, ...others] = columns;
  if (!first || others.length === 0) return first ?? new Float64Array();
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const times of columns) {
    all.set(times, at);
    at += times.length;
  }
  all.sort();
  return all.filter((time, i) => time !== all[i - 1]);
}

function interleave(times: Float64Array, bands: readonly Band[]): Int32Array {
  const order = new Int32Array(times.length + bands.length);
  let [time, band] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    const isBand = band < bands.length && !(times[time]! <= bands[band]!.from);
    order[i] = isBand ? ~band++ : time++;
  }
  return order;
}

function clip(band: Band, view: View): Band {
  return { ...band, from: Math.max(band.from, view.from), to: Math.min(band.to, view.to) };
}
