import { GridComponent } from "echarts/components";
import { type ECharts, graphic, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import {
  type ChartSpec,
  type CreateRenderer,
  type Frame,
  fractionOf,
  type LineStyle,
  type Renderer,
  type Tick,
} from "../renderer.ts";
import { areaAlpha, isBare, markRadius } from "./marking.ts";
import { axesOf, freeCanvas, type Pen, Trace, traceMark } from "./trace.ts";

/*
 * ECharts as a painter of axes and paths. Lines are shapes of ours on its canvas, in device pixels:
 * its own series would keep copies of the data, stack and clip in their own way, and cost several
 * times as much. It is told of axes only when they change. Then and always it draws at once, and the
 * loop in which it would look for more to draw is stopped.
 */

use([GridComponent, CanvasRenderer]);

/** Whatever a pen is led along. */
const Shape = graphic.extendShape({
  shape: { trace: nothing },
  buildPath: (pen, { trace }) => trace(pen),
});
type Shape = InstanceType<typeof Shape>;
/** Which a shape is, but for how strictly we read the types of ECharts. */
type Child = Parameters<InstanceType<typeof graphic.Group>["add"]>[0];

/** Draws with ECharts 6. */
export const createEchartsRenderer: CreateRenderer = (host, signal) =>
  new EchartsRenderer(host, signal);

class EchartsRenderer implements Renderer {
  readonly #canvas = document.createElement("canvas");
  #spec: ChartSpec | undefined;
  #chart: ECharts | undefined;
  #lines: Shapes[] = [];
  #size = { width: 0, height: 0 };
  #ratio = 1;
  /** What it was last told of the axes, and which ones there are. */
  #axes = "";
  #sides = "";

  constructor(host: HTMLElement, signal: AbortSignal) {
    host.append(this.#canvas);
    signal.addEventListener("abort", () => this.#free(), { once: true });
  }

  configure(spec: ChartSpec): void {
    this.#spec = spec;
    this.#discard();
  }

  resize(width: number, height: number, ratio: number): void {
    this.#discard();
    this.#ratio = ratio;
    this.#size = { width: Math.round(width), height: Math.round(height) };
  }

  draw(frame: Frame): void {
    if (!this.#spec) return;
    this.#chart ??= this.#create(this.#spec);
    for (const [i, line] of this.#lines.entries()) line.take(frame, i, this.#ratio);
    this.#place(this.#chart, this.#spec, frame);
    const zr = this.#chart.getZr();
    zr.flush();
    zr.animation.stop();
    for (const line of this.#lines) line.forget();
  }

  #create(spec: ChartSpec): ECharts {
    const chart = init(this.#canvas, null, { ...this.#size, devicePixelRatio: 1 });
    // It has set its own. Nothing of it is to be pointed at.
    this.#canvas.style.cssText = "display: block; width: 100%; height: 100%; pointer-events: none";
    this.#lines = spec.lines.map((style) => new Shapes(style, this.#ratio));
    for (const line of this.#lines) chart.getZr().add(line.group);
    return chart;
  }

  #place(chart: ECharts, spec: ChartSpec, frame: Frame): void {
    const option = optionOf(spec, frame, this.#ratio);
    // Of functions this says nothing; what they depend on, it does.
    const axes = JSON.stringify([option, frame.xTicks, frame.scales]);
    if (axes === this.#axes) return;
    const sides = axesOf(frame);
    chart.setOption(option, { notMerge: sides !== this.#sides, silent: true });
    [this.#axes, this.#sides] = [axes, sides];
  }

  #discard(): void {
    this.#chart?.dispose();
    this.#chart = undefined;
    this.#axes = this.#sides = "";
  }

  #free(): void {
    this.#discard();
    this.#lines = [];
    freeCanvas(this.#canvas);
  }
}

/** What one line is drawn with. */
class Shapes {
  readonly group = new graphic.Group();
  readonly #style: LineStyle;
  readonly #clip = { stroke: new graphic.Rect(), fill: new graphic.Rect() };
  readonly #fill: Shape;
  readonly #stroke: Shape;
  readonly #marks: Shape;

  constructor(style: LineStyle, ratio: number) {
    const { color, width, dash, draw } = style;
    this.#style = style;
    this.#fill = shapeOf({ fill: color, opacity: draw === "area" ? areaAlpha : 1 });
    this.#stroke = shapeOf({
      fill: "none",
      stroke: color,
      lineWidth: width * ratio,
      lineDash: dash.map((length) => length * ratio),
      lineJoin: "round",
    });
    this.#marks = shapeOf({ fill: color });
    this.#fill.setClipPath(this.#clip.fill);
    this.#stroke.setClipPath(this.#clip.stroke);
    for (const shape of [this.#fill, this.#stroke, this.#marks]) this.group.add(shape as Child);
  }

  take(frame: Frame, index: number, ratio: number): void {
    const { plot } = frame;
    const trace = new Trace(frame, index, this.#style);
    const radius = markRadius(this.#style) * ratio;
    const half = (this.#style.width * ratio) / 2;
    const { left, top, width, height } = plot;
    this.#clip.fill.setShape({ x: left, y: top, width, height });
    // What runs along the edge is not cut in half.
    this.#clip.stroke.setShape({
      ...{ x: left - half, y: top - half },
      ...{ width: width + 2 * half, height: height + 2 * half },
    });
    this.#fill.setShape({ trace: (pen: Pen) => trace.fill(pen, 2 * radius) });
    this.#stroke.setShape({ trace: (pen: Pen) => trace.stroke(pen) });
    this.#marks.setShape({
      trace: (pen: Pen) => trace.marks((x, y) => traceMark(pen, x, y, radius)),
    });
  }

  /** Lets go of the frame. What was drawn of it stays. */
  forget(): void {
    for (const { shape } of [this.#fill, this.#stroke, this.#marks]) shape.trace = nothing;
  }
}

function shapeOf(style: NonNullable<ConstructorParameters<typeof Shape>[0]>["style"]): Shape {
  return new Shape({ shape: { trace: nothing }, style: style!, silent: true, z: 10 });
}

function nothing(_pen: Pen): void {}

function optionOf(spec: ChartSpec, frame: Frame, ratio: number) {
  const { plot, scales, xTicks, view } = frame;
  const { left, top, width, height } = plot;
  const show = !isBare(frame);
  const line = { show: true, lineStyle: { color: spec.axis, width: 1 } };
  const across = xTicks.map(({ at, text }) => ({
    ...{ at: (at - view.from) / (view.to - view.from), text },
  }));
  return {
    animation: false,
    grid: { left, top, width, height, outerBoundsMode: "none" },
    xAxis: {
      ...axisOf(spec, ratio, across, 10),
      show,
      axisLine: line,
      axisTick: { ...line, length: 4 * ratio, customValues: across.map(({ at }) => at) },
    },
    yAxis: scales.map((scale, i) => {
      const up = scale.ticks.map(({ at, text }) => ({ at: fractionOf(scale, at), text }));
      return {
        ...axisOf(spec, ratio, up, 8),
        show,
        position: scale.side,
        axisLine: { show: false },
        axisTick: { show: false, customValues: up.map(({ at }) => at) },
        splitLine: { show: i === 0, lineStyle: { color: spec.grid, width: 1 } },
      };
    }),
  };
}

/** An axis from 0 to 1. `margin`: from the plot to its labels, in CSS pixels. */
function axisOf(spec: ChartSpec, ratio: number, ticks: readonly Tick[], margin: number) {
  const { ink, fontFamily, fontSize } = spec;
  const labelled = ticks.filter(({ text }) => text !== "");
  return {
    ...{ type: "value", min: 0, max: 1, silent: true, splitLine: { show: false } },
    axisLabel: {
      customValues: labelled.map(({ at }) => at),
      // By place, because it leaves out those that are beyond the axis.
      formatter: (value: number) => labelled.find(({ at }) => at === value)?.text ?? "",
      ...{ color: ink, fontFamily, fontSize: fontSize * ratio, margin: margin * ratio },
    },
  };
}
