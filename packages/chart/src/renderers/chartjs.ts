import {
  BasicPlatform,
  Chart,
  type ChartDataset,
  type ChartOptions,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  type Point,
  PointElement,
  type Scale,
  type ScaleOptions,
} from "chart.js";
import {
  type ChartSpec,
  type CreateRenderer,
  type Frame,
  type LineStyle,
  type Renderer,
  type Tick,
  xOf,
  yOf,
} from "../renderer.ts";
import { areaAlpha, isBare, markRadius } from "./marking.ts";
import { axesOf, emptyFrame, freeCanvas, Trace } from "./trace.ts";

/*
 * Chart.js, and it looks like it: its figures, its grid both ways, its marks and its strong lines.
 * Only colours are ours, so that lines and legend agree.
 *
 * - Its scales are in device pixels, as the plot is. So logarithms and large numbers are none of its
 *   business, and all lines are on one scale; further axes of values have labels only.
 * - It would measure the page and listen to it. `BasicPlatform`, made for places without a page, does
 *   neither.
 * - Each line is two data sets: what is stroked, with a point without a value where it is interrupted,
 *   and what is marked. Areas and bars are filled paths behind them.
 */

Chart.register(LineController, LineElement, LinearScale, PointElement);

/** Chart.js's own sizes, in CSS pixels. Its lines are half as wide again as ours. */
const look = { font: 12, radius: 3, width: 1.5, gap: 3, timeTick: 8, valueTick: 4 };

/** Of the canvas: as large as its host, whatever it measures in device pixels. */
const style = "display: block; width: 100%; height: 100%";

/** Draws with Chart.js 4. */
export const createChartjsRenderer: CreateRenderer = (host, signal) =>
  new ChartjsRenderer(host, signal);

class ChartjsRenderer implements Renderer {
  readonly #canvas = document.createElement("canvas");
  #spec: ChartSpec | undefined;
  #lines: Drawn[] = [];
  #chart: Chart<"line", Point[]> | undefined;
  #frame = emptyFrame;
  #size = { width: 0, height: 0 };
  #ratio = 1;
  /** Which axes the chart was made with. */
  #axes = "";

  constructor(host: HTMLElement, signal: AbortSignal) {
    this.#canvas.style.cssText = style;
    host.append(this.#canvas);
    signal.addEventListener("abort", () => this.#free(), { once: true });
  }

  configure(spec: ChartSpec): void {
    this.#spec = spec;
    this.#discard();
  }

  resize(width: number, height: number, ratio: number): void {
    if (ratio !== this.#ratio) this.#discard();
    this.#ratio = ratio;
    this.#size = { width: Math.round(width), height: Math.round(height) };
  }

  draw(frame: Frame): void {
    if (!this.#spec) return;
    const axes = axesOf(frame);
    if (axes !== this.#axes) this.#discard();
    this.#axes = axes;
    this.#frame = frame;
    if (!this.#chart) this.#lines = this.#spec.lines.map((style) => new Drawn(style));
    for (const [i, line] of this.#lines.entries()) line.take(frame, i);
    if (this.#chart) this.#update(this.#chart);
    else this.#chart = this.#create(this.#spec);
    this.#frame = emptyFrame;
  }

  #update(chart: Chart<"line", Point[]>): void {
    const { width, height } = this.#size;
    if (chart.width !== width || chart.height !== height) {
      chart.resize(width, height);
      this.#canvas.style.cssText = style; // it has set its own
    }
    for (const [id, axis] of Object.entries(chart.options.scales!)) {
      Object.assign(axis!, pixelsOf(this.#frame, id));
    }
    chart.update("none");
  }

  #create(spec: ChartSpec): Chart<"line", Point[]> {
    Object.assign(this.#canvas, this.#size);
    const now: Now = { frame: () => this.#frame, canvas: this.#canvas, ratio: this.#ratio };
    return new Chart(this.#canvas, {
      type: "line",
      data: { datasets: this.#lines.flatMap((line, i) => line.datasets(i, now.ratio)) },
      options: optionsOf(spec, now),
      plugins: [fillsOf(spec, now)],
      platform: BasicPlatform,
    });
  }

  #discard(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  #free(): void {
    this.#discard();
    freeCanvas(this.#canvas);
  }
}

/** What changes from drawing to drawing, while the options of Chart.js do not. */
type Now = {
  readonly frame: () => Frame;
  /** As large as the host, in device pixels. */
  readonly canvas: { readonly width: number; readonly height: number };
  readonly ratio: number;
};

/** The data of one line, which Chart.js reads in place. */
class Drawn {
  readonly #style: LineStyle;
  readonly #stroke = new Points();
  readonly #marks = new Points();

  constructor(style: LineStyle) {
    this.#style = style;
  }

  take(frame: Frame, index: number): void {
    const trace = new Trace(frame, index, this.#style);
    this.#stroke.take((pen) => trace.stroke(pen));
    this.#marks.take((pen) => trace.marks((x, y) => pen.lineTo(x, y)));
  }

  datasets(index: number, ratio: number): ChartDataset<"line", Point[]>[] {
    const { color, width, dash } = this.#style;
    const strength = width * look.width * ratio;
    // What it draws last is what comes first in its order.
    const common = { order: -index, borderColor: color, backgroundColor: color };
    const stroked = {
      borderWidth: strength,
      borderDash: dash.map((length) => length * ratio),
      borderJoinStyle: "round" as const, // or a spike would look higher than it is
      clip: strength / 2,
      pointRadius: 0,
      // What is between two points nobody knows.
      ...{ showLine: true, spanGaps: false, stepped: false, tension: 0, fill: false },
      cubicInterpolationMode: "default" as const,
    };
    const marked = { showLine: false, pointRadius: look.radius * ratio, clip: false as const };
    return [
      { ...common, ...stroked, data: this.#stroke.data },
      { ...common, ...marked, data: this.#marks.data },
    ];
  }
}

/** A path as points; where it begins anew, there is one without a value. */
class Points {
  readonly data: Point[] = [];
  #length = 0;

  take(trace: (pen: Pick<Points, "moveTo" | "lineTo">) => void): void {
    this.#length = 0;
    trace(this);
    this.data.length = this.#length;
  }

  moveTo(x: number, y: number): void {
    if (this.#length > 0) this.lineTo(x, Number.NaN);
    this.lineTo(x, y);
  }

  lineTo(x: number, y: number): void {
    const point = this.data[this.#length++];
    if (!point) this.data.push({ x, y });
    else [point.x, point.y] = [x, y];
  }
}

/** All that matters is said, and plugins are off: the page may use Chart.js too, in its own way. */
function optionsOf(spec: ChartSpec, now: Now): ChartOptions<"line"> {
  const frame = now.frame();
  const common = { display: !isBare(frame), bounds: "data" as const };
  const scales: Record<string, AxisOptions> = {
    x: { ...timeAxis(spec, now), ...common, ...pixelsOf(frame, "x") },
  };
  for (const i of frame.scales.keys()) {
    const id = i === 0 ? "y" : `y${i}`;
    scales[id] = { ...valueAxis(spec, i, now), ...common, ...pixelsOf(frame, id) };
  }
  return {
    ...{ responsive: false, maintainAspectRatio: false, devicePixelRatio: 1, indexAxis: "x" },
    ...{ animation: false, parsing: false, normalized: true, events: [] },
    layout: { autoPadding: false, padding: () => paddingOf(now) },
    plugins: Object.fromEntries(Object.keys(Chart.defaults.plugins).map((id) => [id, false])),
    scales,
  };
}

/** The scales are the pixels of the plot. */
function pixelsOf({ plot: { left, top, width, height } }: Frame, id: string) {
  return id === "x" ? { min: left, max: left + width } : { min: top, max: top + height };
}

/** Of the room around the plot, what its axes leave over. */
function paddingOf(now: Now) {
  const padding = roomOf(now);
  for (const { side } of now.frame().scales) padding[side] = 0;
  return { ...padding, bottom: 0 };
}

/** Around the plot. */
function roomOf({ frame, canvas }: Now) {
  const { left, top, width, height } = frame().plot;
  return { left, top, right: canvas.width - left - width, bottom: canvas.height - top - height };
}

function timeAxis(spec: ChartSpec, now: Now): AxisOptions {
  const ticks = () =>
    now.frame().xTicks.map(({ at, text }) => ({ at: xOf(now.frame(), at), text }));
  return {
    ...axisOf(spec, now.ratio, look.timeTick, ticks),
    position: "bottom",
    afterFit: (axis) => fit(axis, "height", roomOf(now).bottom),
  };
}

function valueAxis(spec: ChartSpec, index: number, now: Now): AxisOptions {
  const scale = () => now.frame().scales[index] ?? emptyFrame.scales[0]!;
  const { side } = scale();
  const ticks = () =>
    scale().ticks.map(({ at, text }) => ({ at: yOf(now.frame().plot, scale(), at), text }));
  const axis = axisOf(spec, now.ratio, look.valueTick, ticks);
  return {
    ...axis,
    grid: { ...axis.grid, drawOnChartArea: index === 0 },
    position: side,
    reverse: true,
    afterFit: (axis) => fit(axis, "width", roomOf(now)[side]),
  };
}

/** Makes an axis fill the room beside the plot, and need no other for labels that reach beyond it. */
function fit(axis: Scale, length: "width" | "height", room: number): void {
  axis[length] = room;
  Object.assign(axis, { paddingLeft: 0, paddingRight: 0, paddingTop: 0, paddingBottom: 0 });
}

type AxisOptions = ScaleOptions<"linear">;

/** An axis in device pixels, with our ticks on it. */
function axisOf(
  { ink, grid, fontFamily }: ChartSpec,
  ratio: number,
  tickLength: number,
  ticks: () => readonly Tick[],
): AxisOptions {
  return {
    type: "linear",
    afterBuildTicks: (axis) => {
      axis.ticks = ticks().map(({ at }) => ({ value: at }));
    },
    ticks: {
      callback: (_, i) => ticks()[i]?.text ?? "",
      color: ink,
      font: { family: fontFamily, size: look.font * ratio },
      padding: look.gap * ratio,
      autoSkip: false,
      maxRotation: 0,
    },
    grid: { color: grid, lineWidth: ratio, tickLength: tickLength * ratio, tickWidth: ratio },
    border: { color: grid, width: ratio },
  };
}

/** What is filled, behind what is stroked. */
function fillsOf(spec: ChartSpec, now: Now): Plugin<"line"> {
  return {
    id: "plotcast-fill",
    beforeDatasetDraw: ({ ctx }, { index }) => {
      const style = spec.lines[index / 2];
      if (!style) return; // marks
      const { left, top, width, height } = now.frame().plot;
      const trace = new Trace(now.frame(), index / 2, style);
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, width, height);
      ctx.clip();
      ctx.fillStyle = style.color;
      if (style.draw === "area") ctx.globalAlpha = areaAlpha;
      ctx.fill(trace.fill(new Path2D(), 2 * markRadius(style) * now.ratio));
      ctx.restore();
    },
  };
}
