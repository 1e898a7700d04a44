/** A rectangle in device pixels, from the top left of the canvas. */
export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** How a series is drawn. Colours are resolved: renderers know no CSS. */
export type LineStyle = {
  readonly series: string;
  readonly color: string;
  /** Lengths of strokes and spaces in CSS pixels; empty: one unbroken stroke. */
  readonly dash: readonly number[];
  /** CSS pixels. */
  readonly width: number;
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
  /** Not 0: this point is not joined to the one before it. Always so for the first. */
  readonly starts: Uint8Array;
  readonly length: number;
  /** Mark each point; otherwise only those that are joined to no other, which a line cannot show. */
  readonly marked: boolean;
};

/** A place on an axis. Without text it has a mark only: there was no room for a label. */
export type Tick = { readonly at: number; readonly text: string };

/** Everything one drawing needs. Valid during `draw` only: the arrays are used again. */
export type Frame = {
  /** The plot itself: lines are clipped to it, axes are drawn around it. */
  readonly plot: Rect;
  readonly view: { readonly from: number; readonly to: number };
  readonly y: { readonly min: number; readonly max: number };
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Stretches of time of which the lines are an outline only. */
  readonly outlined: readonly { readonly from: number; readonly to: number }[];
  /** In the order of `ChartSpec.lines`. */
  readonly lines: readonly Line[];
};

/**
 * Draws what it is handed, and nothing else: it does not fetch, schedule, decimate, choose ranges or
 * listen to anyone. All calls come from one animation frame of the page.
 */
export interface Renderer {
  configure(spec: ChartSpec): void;
  /** Of the host, in device pixels; `ratio` of them make a CSS pixel. */
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

/** From a value to a place down. Halves, because the difference of two large numbers is infinite. */
export function yOf({ plot, y }: Pick<Frame, "plot" | "y">, value: number): number {
  return plot.top + plot.height * (1 - (value / 2 - y.min / 2) / (y.max / 2 - y.min / 2));
}
