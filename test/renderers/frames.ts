import type {
  ChartSpec,
  Draw,
  Frame,
  Line,
  LineStyle,
  Rect,
  Tick,
  YScale,
} from "../../packages/chart/src/renderer.ts";

/** A minute is in view; it ends now, as times go. */
export const from = 1_790_000_000_000;
export const to = from + 60_000;

/** Seconds after `from`, which may be beyond the view. */
export function at(seconds: number): number {
  return from + seconds * 1000;
}

/** Far enough apart that each pixel tells whose it is. */
export const colors = {
  red: "rgb(220, 0, 0)",
  blue: "rgb(0, 0, 230)",
  ink: "rgb(0, 140, 0)",
  grid: "rgb(200, 190, 0)",
  axis: "rgb(0, 170, 170)",
};

/** CSS pixels: of the host, and of the plot in it. */
export const size = { width: 400, height: 200 };
const plot: Rect = { left: 56, top: 16, width: 280, height: 140 };

/** The plot in device pixels. */
export function plotAt(ratio: number, css: Rect = plot): Rect {
  const { left, top, width, height } = css;
  return { left: left * ratio, top: top * ratio, width: width * ratio, height: height * ratio };
}

export function styleOf(draw: Draw, others: Partial<LineStyle> = {}): LineStyle {
  const plain = { series: "a", color: colors.red, dash: [], width: 2, scale: 0 };
  return { ...plain, draw, ...others };
}

export function specOf(...lines: LineStyle[]): ChartSpec {
  const { ink, grid, axis } = colors;
  return { lines, ink, grid, axis, fontFamily: "sans-serif", fontSize: 11 };
}

export type Point = { readonly seconds: number; readonly value: number };

/** Runs of points that are joined: `0:20 10:80 | 25:40` is two of them. */
export function runsOf(text: string): Point[][] {
  return text.split("|").map((run) =>
    [...run.matchAll(/(\S+):(\S+)/g)].map(([, seconds, value]) => ({
      seconds: Number(seconds),
      value: Number(value),
    })),
  );
}

type LineOptions = { readonly marked?: boolean; readonly bases?: readonly number[] };

export function lineOf(text: string, { marked = false, bases }: LineOptions = {}): Line {
  const runs = runsOf(text);
  const points = runs.flat();
  // Longer than what is in them, as a ring's are. What is beyond must never be seen.
  const room = points.length + 3;
  const times = new Float64Array(room).fill(at(30));
  const values = new Float64Array(room).fill(99);
  const starts = new Uint8Array(room);
  times.set(points.map(({ seconds }) => at(seconds)));
  values.set(points.map(({ value }) => value));
  let first = 0;
  for (const { length } of runs) {
    starts[first] = 1;
    first += length;
  }
  const { length } = points;
  const line = { times, values, starts, length, marked, changedFrom: Number.NEGATIVE_INFINITY };
  return bases ? { ...line, bases: Float64Array.of(...bases, 77, 77, 77) } : line;
}

export function scaleOf(min: number, max: number, others: Partial<YScale> = {}): YScale {
  return { min, max, log: false, side: "left", ticks: [], ...others };
}

export function ticksAt(...places: readonly number[]): Tick[] {
  return places.map((place) => ({ at: place, text: String(place).slice(-3) }));
}

/** From 0 to 100 unless it is said otherwise, with a few ticks. */
export function frameOf(ratio: number, lines: readonly Line[], others: Partial<Frame> = {}): Frame {
  return {
    plot: plotAt(ratio),
    view: { from, to },
    scales: [scaleOf(0, 100, { ticks: ticksAt(0, 50, 100) })],
    xTicks: ticksAt(at(15), at(45)),
    lines,
    ...others,
  };
}
