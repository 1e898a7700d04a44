import type { Ring } from "../data/ring.ts";
import { Track } from "../data/track.ts";
import type { ChartSpec, Draw, Line, YScale } from "../renderer.ts";
import type { Band, Figures, Scene, SceneSeries } from "../scene.ts";

export type FakeSeries = {
  readonly name: string;
  readonly samples: readonly (readonly [time: number, value: number | null])[];
  readonly unit?: string;
  readonly scale?: number;
  readonly off?: boolean;
  /** Every how many samples one is drawn; 1: each. */
  readonly drawn?: number;
  readonly bases?: readonly number[];
};

/** A drawing of 600 × 200 CSS pixels as a chart hands it to its parts, made of samples. */
export function fakeScene(
  series: readonly FakeSeries[],
  more: Partial<Pick<Scene, "now" | "bands" | "ratio">> & {
    view?: { from: number; to: number };
    scales?: readonly YScale[];
  } = {},
): Scene {
  const { ratio = 1, bands = [] as readonly Band[], view = { from: 0, to: 60_000 } } = more;
  const px = (css: number) => css * ratio;
  const drawn = series.map((one, i) => fakeSeries(one, i));
  return {
    now: more.now ?? view.to,
    ratio,
    bands,
    series: drawn,
    frame: {
      plot: { left: px(48), top: px(8), width: px(536), height: px(162) },
      view,
      scales: more.scales ?? [fakeScale()],
      xTicks: [{ at: view.from / 2 + view.to / 2, text: "middle" }],
      lines: drawn.map(({ line }) => line),
    },
    moment: (time) => `at ${time}`,
  };
}

export function fakeScale(more: Partial<YScale> = {}): YScale {
  const ticks = [0, 50, 100].map((at) => ({ at, text: String(at) }));
  return { min: 0, max: 100, log: false, side: "left", ticks, ...more };
}

export function fakeSpec(series: readonly string[], draw: Draw = "line"): ChartSpec {
  const colors = ["rgb(69, 89, 210)", "rgb(231, 90, 10)"];
  return {
    lines: series.map((name, i) => ({
      ...{ series: name, color: colors[i % 2]!, dash: i === 0 ? [] : [7, 3] },
      ...{ width: 2, draw, scale: 0 },
    })),
    ...{ ink: "rgb(90, 101, 112)", grid: "rgb(228, 232, 236)", axis: "rgb(179, 188, 197)" },
    ...{ fontFamily: '"Noto Sans", sans-serif', fontSize: 11 },
  };
}

function fakeSeries(given: FakeSeries, place: number): SceneSeries {
  const { name, samples, unit, scale = 0, off = false, drawn = 1, bases } = given;
  const track = new Track(name);
  track.unit = unit;
  for (const [time, value] of samples) track.ring.add(time, value);
  track.seenAt = track.ring.newestTime;
  const line = lineOf(track.ring, drawn, bases);
  const figures = figuresOf(track.ring);
  const text = (value: number) => (unit === undefined ? String(value) : `${value}\u00a0${unit}`);
  const look = { color: place % 8, dash: 0 };
  return { series: name, name, look, track, ring: track.ring, line, figures, scale, off, text };
}

function lineOf(ring: Ring, drawn: number, bases?: readonly number[]): Line {
  const present = [...ring.values.keys()].filter((i) => !Number.isNaN(ring.values[i]));
  const kept = present.filter((_, n) => n % drawn === 0);
  const isStart = (i: number, n: number) =>
    n === 0 || ring.starts[i] !== 0 || (drawn === 1 && kept[n - 1] !== i - 1);
  const base = bases === undefined ? undefined : Float64Array.from(bases);
  const line = {
    times: Float64Array.from(kept, (i) => ring.times[i]!),
    values: Float64Array.from(kept, (i, n) => ring.values[i]! + (base?.[n] ?? 0)),
    starts: Uint8Array.from(kept, (i, n) => (isStart(i, n) ? 1 : 0)),
    length: kept.length,
    marked: false,
    changedFrom: Number.NEGATIVE_INFINITY,
  };
  return { ...line, ...(base ? { bases: base } : {}) };
}

function figuresOf(ring: Ring): Figures {
  const values = [...ring.values].filter((value) => !Number.isNaN(value));
  return {
    min: Math.min(...values),
    max: Math.max(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    last: values.at(-1) ?? Number.NaN,
  };
}
