import { type Frame, type Line, type LineStyle, xOf, type YScale, yOf } from "../renderer.ts";
import { barShare, baseOf, isAlone, isBare } from "./marking.ts";

/*
 * Lines as paths in device pixels: what libraries are handed that draw for us. They have ideas of
 * their own about NaN, steps, bars, stacks and logarithms; a finished path leaves no room for them.
 */

/** Where a path goes; `Path2D` is one. */
export type Pen = Pick<Path2D, "moveTo" | "lineTo" | "arc" | "closePath">;

/** Beyond this a canvas draws with too few digits. */
const maxPixels = 1e6;

/** A line without points. */
export const emptyLine: Line = {
  times: new Float64Array(),
  values: new Float64Array(),
  starts: new Uint8Array(),
  length: 0,
  marked: false,
  changedFrom: Number.NEGATIVE_INFINITY,
};

/** What is drawn when a library draws by itself: by then the frame is gone, and ours is on its way. */
export const emptyFrame: Frame = {
  plot: { left: 0, top: 0, width: 1, height: 1 },
  view: { from: 0, to: 1 },
  scales: [{ min: 0, max: 1, log: false, side: "left", ticks: [] }],
  xTicks: [],
  lines: [],
};

/** Which axes a frame has; empty: none. With others, libraries must begin anew. */
export function axesOf(frame: Frame): string {
  return isBare(frame) ? "" : `x ${frame.scales.map(({ side }) => side)}`;
}

/** Takes a canvas off the page, and its pixels out of memory: browsers have room for only so many. */
export function freeCanvas(canvas: HTMLCanvasElement): void {
  canvas.remove();
  canvas.width = 0;
  canvas.height = 0;
}

/**
 * One line of a frame as paths, whatever it is drawn as: for renderers that draw on a canvas. Of
 * use with a `Path2D`, or with whatever a library has for one.
 */
export class Trace {
  readonly #frame: Frame;
  readonly #line: Line;
  readonly #style: LineStyle;

  constructor(frame: Frame, index: number, style: LineStyle) {
    this.#frame = frame;
    this.#line = frame.lines[index] ?? emptyLine;
    this.#style = style;
  }

  /** Leads a pen along what is stroked, and returns it. Bars and points have nothing of the kind. */
  stroke<P extends Pick<Pen, "moveTo" | "lineTo">>(pen: P): P {
    const { draw } = this.#style;
    if (draw === "bars" || draw === "points") return pen;
    const { starts, length } = this.#line;
    let before = 0;
    for (let i = 0; i < length; i++) {
      const x = this.#x(i);
      const y = this.#y(i);
      if (i > 0 && starts[i] === 0) {
        if (draw === "step") pen.lineTo(x, before);
        pen.lineTo(x, y);
      } else {
        pen.moveTo(x, y);
      }
      before = y;
    }
    return pen;
  }

  /** Around what is filled, areas and bars. `widest`: of a bar that has no neighbour. */
  fill<P extends Pen>(pen: P, widest: number): P {
    const { draw } = this.#style;
    if (draw === "area") this.#fillArea(pen);
    if (draw === "bars") this.#fillBars(pen, widest);
    return pen;
  }

  /** Where marks are. None beyond the plot, so that they can be drawn in full at its edges. */
  marks(mark: (x: number, y: number) => void): void {
    const { draw } = this.#style;
    if (draw === "bars") return;
    const { times, length, marked } = this.#line;
    const { from, to } = this.#frame.view;
    const { top, height } = this.#frame.plot;
    for (let i = 0; i < length; i++) {
      if (!(marked || isAlone(this.#line, i) || draw === "points")) continue;
      if (times[i]! < from || times[i]! > to) continue;
      const y = this.#y(i);
      if (y >= top && y <= top + height) mark(this.#x(i), y);
    }
  }

  #fillArea(pen: Pen): void {
    const { bases, starts, length } = this.#line;
    for (let first = 0, end = 1; first < length; first = end, end = first + 1) {
      while (end < length && starts[end] === 0) end++;
      if (end - first === 1) continue; // an area of no width
      pen.moveTo(this.#x(first), this.#base(first));
      for (let i = first; i < end; i++) pen.lineTo(this.#x(i), this.#y(i));
      // Back along the lower edge, which is straight where nothing is below.
      for (let i = end - 1; i >= (bases ? first : end - 1); i--) {
        pen.lineTo(this.#x(i), this.#base(i));
      }
      pen.closePath();
    }
  }

  #fillBars(pen: Pen, widest: number): void {
    const { starts, length } = this.#line;
    for (let i = 0; i < length; i++) {
      const x = this.#x(i);
      // Each as wide as its own neighbours allow: one that is close must not make all bars thin.
      const before = i > 0 && starts[i] === 0 ? x - this.#x(i - 1) : Number.POSITIVE_INFINITY;
      const after =
        i + 1 < length && starts[i + 1] === 0 ? this.#x(i + 1) - x : Number.POSITIVE_INFINITY;
      const apart = Math.min(before, after);
      const half = (Number.isFinite(apart) ? Math.max(1, apart * barShare) : widest) / 2;
      const [y, base] = [this.#y(i), this.#base(i)];
      pen.moveTo(x - half, base);
      pen.lineTo(x - half, y);
      pen.lineTo(x + half, y);
      pen.lineTo(x + half, base);
      pen.closePath();
    }
  }

  get #scale(): YScale {
    return this.#frame.scales[this.#style.scale]!;
  }

  #x(i: number): number {
    return within(xOf(this.#frame, this.#line.times[i]!));
  }

  #y(i: number): number {
    return this.#down(this.#line.values[i]!);
  }

  #base(i: number): number {
    return this.#down(baseOf(this.#line, this.#scale, i));
  }

  #down(value: number): number {
    return within(yOf(this.#frame.plot, this.#scale, value));
  }
}

/** A round mark. */
export function traceMark(pen: Pen, x: number, y: number, radius: number): void {
  pen.moveTo(x + radius, y);
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

function within(pixels: number): number {
  return Math.max(-maxPixels, Math.min(maxPixels, pixels));
}
