import type { Frame } from "../../renderer.ts";

/** Parts of a pixel that a place across is rounded to: then all differences are exact. */
const parts = 256;

/**
 * How times become columns of device pixels, counted from the epoch.
 *
 * A point keeps its column to the last bit while the window slides, since the column depends on the
 * time and on the width of a millisecond only, not on where the view begins.
 */
export type Columns = {
  readonly perMs: number;
  /** What is taken from every column so that the edges of the view are whole ones: below 1. */
  readonly phase: number;
  /** The edges of the plot. */
  readonly left: number;
  readonly right: number;
};

/** The columns of a frame. */
export function columnsOf({ plot, view }: Pick<Frame, "plot" | "view">): Columns {
  // The ends are rounded numbers, so their difference changes by a hair as the window slides.
  const span = Math.round((view.to - view.from) * 1024) / 1024 || view.to - view.from;
  const perMs = plot.width / span;
  // A window that steps by pixels does so to a millionth. Nobody sees an eighth of a 16th of one.
  const end = Math.round(view.to * perMs * 64) / 64;
  const right = Math.floor(end);
  return { perMs, phase: end - right, left: right - plot.width, right };
}

/** The column of a time; mostly not a whole one. */
export function columnOf({ perMs, phase }: Columns, time: number): number {
  return Math.round(time * perMs * parts) / parts - phase;
}

/** The first of `length` ascending times that is not before `time`. */
export function firstFrom(times: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
