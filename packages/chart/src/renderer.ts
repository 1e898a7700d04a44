/** A rectangle in device pixels, from the top left of the canvas. */
export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/**
 * How the points of a series become a picture. `step`: a value holds until the next. `area`: filled
 * down to `Line.bases`, or to zero (the bottom on a logarithmic axis) without them. `bars`: one from
 * the base to each point, as wide as the points are apart. `points`: marks alone.
 */
export type Draw = "line" | "step" | "area" | "bars" | "points";

/** How a series is drawn. Colours are resolved: renderers know no CSS. */
export type LineStyle = {
  readonly series: string;
  readonly color: string;
  /** Lengths of strokes and spaces in CSS pixels; empty: one unbroken stroke. */
  readonly dash: readonly number[];
  /** CSS pixels. */
  readonly width: number;
  readonly draw: Draw;
  /** Which of `Frame.scales` its values are on. */
  readonly scale: number;
};

/** What changes rarely: told by `configure`, before the first frame that needs it. */
export type ChartSpec = {
  readonly lines: readonly LineStyle[];
  /** Colours of labels, of the lines behind the data, and of the axis itself. */
  readonly ink: string;
  readonly grid: string;
  readonly axis: string;
  /** A CSS font family, and its size in CSS pixels. */
  readonly fontFamily: string;
  readonly fontSize: number;
};

/**
 * The points of one series: ascending, no NaN, at most a few per pixel. One point may lie beyond each
 * edge of the view, so that the line enters and leaves. The arrays may be longer than `length`.
 */
export type Line = {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Where stacked: the lower edge at each point. */
  readonly bases?: Float64Array;
  /** Not 0: this point is not joined to the one before it. Always so for the first. */
  readonly starts: Uint8Array;
  readonly length: number;
  /** Mark each point; otherwise only those that are joined to no other, which a line cannot show. */
  readonly marked: boolean;
  /**
   * Points before this time are those of the frame before, as far as both had them in view: who keeps
   * pixels need not draw them again. Minus infinity: any may be others.
   */
  readonly changedFrom: number;
};

/** A place on an axis. Without text it has a mark only: there was no room for a label. */
export type Tick = { readonly at: number; readonly text: string };

/** One axis of values. On a logarithmic one, all values of its lines are above zero. */
export type YScale = {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  readonly side: "left" | "right";
  readonly ticks: readonly Tick[];
};

/** Everything one drawing needs. Valid during `draw` only: the arrays are used again. */
export type Frame = {
  /** The plot itself: lines are clipped to it, axes are drawn around it. */
  readonly plot: Rect;
  /** While following, its edges are on whole device pixels of absolute time. */
  readonly view: { readonly from: number; readonly to: number };
  /** The first one has the lines behind the data. None without axes (`size="spark"`): no ticks. */
  readonly scales: readonly YScale[];
  readonly xTicks: readonly Tick[];
  /** In the order of `ChartSpec.lines`. */
  readonly lines: readonly Line[];
};

/**
 * Draws what it is handed, and nothing else: it does not fetch, schedule, decimate, choose ranges or
 * listen to anyone. All calls come from one animation frame of the page. What is behind and above the
 * lines (gaps, thresholds, crosshair) is not its business: the host is transparent.
 */
export interface Renderer {
  configure(spec: ChartSpec): void;
  /** Of the host, in device pixels; `ratio` of them make a CSS pixel. May be a fraction. */
  resize(width: number, height: number, ratio: number): void;
  /** Synchronous: pixels have changed when it returns. Does not keep the frame. */
  draw(frame: Frame): void;
}

/** Puts a renderer into `host`, an empty element in a shadow root. Abort frees all it has. */
export type CreateRenderer = (host: HTMLElement, signal: AbortSignal) => Renderer;

/** From a time to a place across, in device pixels. */
export function xOf({ plot, view }: Pick<Frame, "plot" | "view">, time: number): number {
  return plot.left + (plot.width * (time - view.from)) / (view.to - view.from);
}

/** From a value to a place down, in device pixels. */
export function yOf(plot: Rect, scale: YScale, value: number): number {
  return plot.top + plot.height * (1 - fractionOf(scale, value));
}

/** How far up a scale a value is: 0 at its lower end, 1 at its upper. */
export function fractionOf({ min, max, log }: YScale, value: number): number {
  // Not of quotients, which leave the range of numbers before their logarithms do.
  if (log) return (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min));
  // Halves, because the difference of two large numbers is infinite.
  return (value / 2 - min / 2) / (max / 2 - min / 2);
}
