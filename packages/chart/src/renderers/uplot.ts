import uPlot from "uplot";
import {
  type ChartSpec,
  type CreateRenderer,
  type Frame,
  fractionOf,
  type LineStyle,
  type Rect,
  type Renderer,
} from "../renderer.ts";
import { areaAlpha, isBare, markRadius } from "./marking.ts";
import { axesOf, emptyFrame, freeCanvas, Trace, traceMark } from "./trace.ts";

/*
 * uPlot as a painter of lines and axes, nothing more. Its own ideas are kept out:
 *
 * - It draws in a microtask after every change, so each message would be a drawing. Everything here
 *   happens inside `batch`, which draws at once, and only when we are told to.
 * - It takes NaN in a typed array for a number, which bridges gaps or blanks the chart. Lines reach
 *   it as finished paths; the data it is given are two zeros.
 * - It ignores a range smaller than 1e-16, and its ticks are wrong on days of 23 and 25 hours. Both
 *   its scales are 0 to 1, and ticks come with the frame.
 * - It listens for the pointer, has a legend and a style sheet. Only its canvas is put on the page.
 */

/** Draws with uPlot. */
export const createUplotRenderer: CreateRenderer = (host, signal) =>
  new UplotRenderer(host, signal);

class UplotRenderer implements Renderer {
  readonly #host: HTMLElement;
  #spec: ChartSpec | undefined;
  #plot: uPlot | undefined;
  #frame = emptyFrame;
  #size = { width: 0, height: 0 };
  #ratio = 1;
  #resized = false;
  /** Which axes the plot was made with. */
  #axes = "";

  constructor(host: HTMLElement, signal: AbortSignal) {
    this.#host = host;
    signal.addEventListener("abort", () => this.#discard(), { once: true });
  }

  configure(spec: ChartSpec): void {
    this.#spec = spec;
    this.#discard();
  }

  resize(width: number, height: number, ratio: number): void {
    if (ratio !== this.#ratio) this.#discard();
    this.#ratio = ratio;
    this.#size = { width: width / ratio, height: height / ratio };
    this.#resized = true;
  }

  draw(frame: Frame): void {
    if (!this.#spec) return;
    this.#frame = frame;
    const axes = axesOf(frame);
    if (axes !== this.#axes) this.#discard();
    this.#axes = axes;
    if (this.#plot) {
      this.#plot.batch((plot: uPlot) => {
        // Only then: it makes a new canvas of it every time.
        if (this.#resized) plot.setSize(this.#size);
        plot.redraw(true, true);
      });
    } else {
      this.#plot = this.#create(this.#spec);
    }
    this.#resized = false;
    this.#frame = emptyFrame;
  }

  #create(spec: ChartSpec): uPlot {
    const options = optionsOf(spec, {
      frame: () => this.#frame,
      ratio: () => this.#ratio,
      size: () => this.#size,
    });
    const data: uPlot.AlignedData = [[0, 1], ...spec.lines.map(() => [0, 0])];
    return new uPlot(options, data, (self, init) => {
      const { canvas } = self.ctx;
      canvas.style.cssText = "display: block; width: 100%; height: 100%";
      this.#host.append(canvas);
      // Otherwise it would draw after `draw` has returned and the frame is gone.
      self.batch(() => init());
    });
  }

  #discard(): void {
    const canvas = this.#plot?.ctx.canvas;
    this.#plot?.destroy();
    this.#plot = undefined;
    if (canvas) freeCanvas(canvas);
  }
}

/** What changes from drawing to drawing, while the options of uPlot do not. */
type Now = {
  readonly frame: () => Frame;
  readonly ratio: () => number;
  /** CSS pixels. */
  readonly size: () => { readonly width: number; readonly height: number };
};

function optionsOf(spec: ChartSpec, now: Now): uPlot.Options {
  const css = (pick: (plot: Rect) => number) => pick(now.frame().plot) / now.ratio();
  return {
    ...now.size(),
    padding: [
      () => css(({ top }) => top),
      () => now.size().width - css(({ left, width }) => left + width),
      () => now.size().height - css(({ top, height }) => top + height),
      () => css(({ left }) => left),
    ],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, auto: false, range: () => [0, 1] },
      y: { auto: false, range: () => [0, 1] },
    },
    series: [{}, ...spec.lines.map((line, i) => seriesOf(line, i, now))],
    hooks: {
      drawSeries: [(plot, i) => drawMarks(plot.ctx, spec.lines[i - 1]!, i - 1, now)],
    },
    // Left out, and not without ticks: what it is not given, it adds.
    axes: isBare(now.frame())
      ? [{ show: false }, { show: false }]
      : [timeAxis(spec, now), ...now.frame().scales.map((_, i) => valueAxis(spec, i, now))],
  };
}

function seriesOf(line: LineStyle, index: number, now: Now): uPlot.Series {
  const { color, draw, width, dash } = line;
  return {
    scale: "y",
    auto: false,
    stroke: color,
    fill: draw === "area" ? `color-mix(in srgb, ${color} ${areaAlpha * 100}%, transparent)` : color,
    width,
    dash: dash.map((length) => length * now.ratio()),
    cap: "butt",
    pxAlign: 0,
    points: { show: false },
    paths: () => {
      const trace = new Trace(now.frame(), index, line);
      const widest = 2 * markRadius(line) * now.ratio();
      return {
        stroke: trace.stroke(new Path2D()),
        fill: trace.fill(new Path2D(), widest),
        clip: null,
        flags: 0,
      };
    },
  };
}

/** Drawn by us, because uPlot would cut the marks at the edges of the plot in half. */
function drawMarks(context: CanvasRenderingContext2D, line: LineStyle, index: number, now: Now) {
  const path = new Path2D();
  const radius = markRadius(line) * now.ratio();
  new Trace(now.frame(), index, line).marks((x, y) => traceMark(path, x, y, radius));
  context.save(); // uPlot remembers what it has set
  context.fillStyle = line.color;
  context.fill(path);
  context.restore();
}

function timeAxis(spec: ChartSpec, now: Now): uPlot.Axis {
  const mark = { show: true, stroke: spec.axis, width: 1 / now.ratio() };
  return {
    ...axisOf(spec),
    scale: "x",
    side: 2,
    gap: 6,
    splits: () => {
      const { xTicks, view } = now.frame();
      return xTicks.map(({ at }) => (at - view.from) / (view.to - view.from));
    },
    values: () => now.frame().xTicks.map(({ text }) => text),
    // Across, only values have lines: time runs where the data are, and needs no cage.
    grid: { show: false },
    ticks: { ...mark, size: 4 },
    border: mark,
  };
}

function valueAxis(spec: ChartSpec, index: number, now: Now): uPlot.Axis {
  const scale = () => now.frame().scales[index] ?? emptyFrame.scales[0]!;
  return {
    ...axisOf(spec),
    scale: "y",
    side: scale().side === "left" ? 3 : 1,
    gap: 8,
    splits: () => scale().ticks.map(({ at }) => fractionOf(scale(), at)),
    values: () => scale().ticks.map(({ text }) => text),
    grid: { show: index === 0, stroke: spec.grid, width: 1 / now.ratio() },
    ticks: { show: false },
    border: { show: false },
  };
}

function axisOf(spec: ChartSpec): uPlot.Axis {
  return {
    size: 0, // the frame says where the plot is; `padding` has told uPlot
    stroke: spec.ink,
    font: `${spec.fontSize}px ${spec.fontFamily}`,
    incrs: [5], // any one will do, as long as uPlot believes that there is room for it
  };
}
