import uPlot from "uplot";
import {
  type ChartSpec,
  type CreateRenderer,
  type Frame,
  type Line,
  type Rect,
  type Renderer,
  type Tick,
  xOf,
  yOf,
} from "../renderer.ts";

/*
 * uPlot as a painter of lines and axes, nothing more. Its own ideas are kept out:
 *
 * - It draws in a microtask after every change, so each message would be a drawing. Everything here
 *   happens inside `batch`, which draws at once, and only when we are told to.
 * - It takes NaN in a typed array for a number, which bridges gaps or blanks the chart. Lines reach
 *   it as finished paths; the data it is given are two zeros.
 * - It ignores a range smaller than 1e-16, and its ticks are wrong on days of 23 and 25 hours. Both
 *   its scales are 0 to 1, and ticks come with the frame.
 * - It listens for the pointer, and has a legend. Both are off.
 */

/** What uPlot needs of its style sheet, without the legend and the crosshair. */
export const uplotCss = `
.uplot, .uplot * { box-sizing: border-box; }
.uplot, .u-wrap { position: relative; }
.u-under, .u-over, .u-axis { position: absolute; }
.u-over, .u-axis { pointer-events: none; }
.uplot canvas { display: block; width: 100%; height: 100%; }
/* Paper has another width, and nothing is drawn anew for it. */
@media print {
  .uplot, .u-wrap { width: 100% !important; height: 100% !important; }
}
`;

// uPlot draws by itself when the page is zoomed; by then the frame is gone, and ours is on its way.
const emptyFrame: Frame = {
  plot: { left: 0, top: 0, width: 1, height: 1 },
  view: { from: 0, to: 1 },
  y: { min: 0, max: 1 },
  xTicks: [],
  yTicks: [],
  outlined: [],
  lines: [],
};
const none = new Float64Array();
const emptyLine: Line = {
  times: none,
  values: none,
  starts: new Uint8Array(),
  length: 0,
  marked: false,
};

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

  constructor(host: HTMLElement, signal: AbortSignal) {
    this.#host = host;
    signal.addEventListener("abort", () => this.#plot?.destroy(), { once: true });
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
      this.#host.append(self.root);
      // Otherwise it would draw after `draw` has returned and the frame is gone.
      self.batch(() => init());
    });
  }

  #discard(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
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
      drawClear: [({ ctx }) => hatch(ctx, spec, now)],
      drawSeries: [(plot, i) => markSeries(plot.ctx, spec, i - 1, now)],
    },
    axes: [
      axisOf(spec, "x", now, ({ xTicks, view }) => unit(xTicks, view.from, view.to)),
      axisOf(spec, "y", now, ({ yTicks, y }) => unit(yTicks, y.min, y.max)),
    ],
  };
}

function seriesOf(line: ChartSpec["lines"][number], index: number, now: Now): uPlot.Series {
  return {
    scale: "y",
    auto: false,
    stroke: line.color,
    width: line.width,
    dash: [...line.dash],
    cap: "butt",
    pxAlign: 0,
    points: { show: false },
    paths: () => pathOf(now.frame(), now.frame().lines[index] ?? emptyLine),
  };
}

/** CSS pixels from one stroke to the next. */
const hatchStep = 8;

/** What is shown in outline has slanting strokes behind it, which move with it. */
function hatch(context: CanvasRenderingContext2D, spec: ChartSpec, now: Now): void {
  const frame = now.frame();
  const { left, top, width, height } = frame.plot;
  for (const { from, to } of frame.outlined) {
    const [start, end] = [xOf(frame, from), xOf(frame, to)];
    const [first, last] = [Math.max(left, start), Math.min(left + width, end)];
    const step = hatchStep * now.ratio();
    context.save();
    context.beginPath();
    context.rect(first, top, last - first, height);
    context.clip();
    context.beginPath();
    // From below to the right; the first ones begin outside.
    const skipped = Math.floor((first - start) / step) * step;
    for (let x = start - height + skipped; x < last; x += step) {
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
    }
    context.strokeStyle = spec.axis;
    context.globalAlpha = 0.5;
    context.lineWidth = now.ratio();
    context.stroke();
    context.restore();
  }
}

function markSeries(context: CanvasRenderingContext2D, spec: ChartSpec, index: number, now: Now) {
  const { color, width } = spec.lines[index]!;
  context.save(); // uPlot remembers what it has set
  context.fillStyle = color;
  drawMarks(context, now.frame(), index, Math.max(width * 1.25, 2) * now.ratio());
  context.restore();
}

function axisOf(
  spec: ChartSpec,
  scale: "x" | "y",
  now: Now,
  places: (frame: Frame) => number[],
): uPlot.Axis {
  const ticks = (frame: Frame) => (scale === "x" ? frame.xTicks : frame.yTicks);
  return {
    scale,
    side: scale === "x" ? 2 : 3,
    size: 0, // the frame says where the plot is; `padding` has told uPlot
    gap: scale === "x" ? 6 : 8,
    stroke: spec.ink,
    font: `${spec.fontSize}px ${spec.fontFamily}`,
    incrs: [5], // any one will do, as long as uPlot believes that there is room for it
    splits: () => places(now.frame()),
    values: () => ticks(now.frame()).map(({ text }) => text),
    // Across, only values have lines: time runs where the data are, and needs no cage.
    ticks: { show: scale === "x", size: 4, stroke: spec.axis, width: 1 / now.ratio() },
    grid: { show: scale === "y", stroke: spec.grid, width: 1 / now.ratio() },
    border: { show: scale === "x", stroke: spec.axis, width: 1 / now.ratio() },
  };
}

function unit(ticks: readonly Tick[], min: number, max: number): number[] {
  return ticks.map(({ at }) => (at / 2 - min / 2) / (max / 2 - min / 2));
}

/** Beyond this a canvas draws with too few digits. */
const maxPixels = 1e6;

function pathOf(frame: Frame, { times, values, starts, length }: Line): uPlot.Series.Paths {
  const stroke = new Path2D();
  for (let i = 0; i < length; i++) {
    const x = within(xOf(frame, times[i]!));
    const y = within(yOf(frame, values[i]!));
    if (starts[i] === 0) stroke.lineTo(x, y);
    else stroke.moveTo(x, y);
  }
  return { stroke, fill: null, clip: null, flags: 0 };
}

function within(pixels: number): number {
  return Math.max(-maxPixels, Math.min(maxPixels, pixels));
}

/** Drawn by us, because uPlot would cut the marks at the edges of the plot in half. */
function drawMarks(context: CanvasRenderingContext2D, frame: Frame, index: number, radius: number) {
  const { times, values, starts, length, marked } = frame.lines[index] ?? emptyLine;
  const path = new Path2D();
  for (let i = 0; i < length; i++) {
    const isAlone = starts[i] !== 0 && (i + 1 === length || starts[i + 1] !== 0);
    const isInView = times[i]! >= frame.view.from && times[i]! <= frame.view.to;
    if (!isInView || !(marked || isAlone)) continue;
    const [x, y] = [xOf(frame, times[i]!), yOf(frame, values[i]!)];
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill(path);
}
