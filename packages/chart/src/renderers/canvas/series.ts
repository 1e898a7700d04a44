import {
  type Frame,
  type Line,
  type LineStyle,
  type Rect,
  type YScale,
  yOf,
} from "../../renderer.ts";
import { areaAlpha, barShare, baseOf, isAlone, markRadius } from "../marking.ts";
import { type Columns, columnOf, firstFrom } from "./columns.ts";
import { DashPen, type Pen } from "./dash.ts";
import type { Margin } from "./kept.ts";
import type { Color, Raster } from "./raster.ts";

/** Beyond this, differences of pixels have too few digits. */
const maxPixels = 1e9;

/** The part of a picture that is painted at once. */
export type Part = {
  readonly raster: Raster;
  /** The column that is x = 0. */
  readonly origin: number;
  readonly columns: Columns;
  readonly view: Frame["view"];
  /** The plot in this part, beyond which it may reach. */
  readonly plot: Rect;
  readonly margin: Margin;
  readonly ratio: number;
};

/** Paints one series, as far as it is in a part of the picture. */
export function paintSeries(
  part: Part,
  line: Line,
  scale: YScale,
  style: LineStyle,
  color: Color,
): void {
  new Series(part, line, scale, style).paint(color);
}

class Series implements Pen {
  readonly #part: Part;
  readonly #line: Line;
  readonly #scale: YScale;
  readonly #style: LineStyle;
  /** The points that have a say here, and half of the width of the line. */
  readonly #first: number;
  readonly #end: number;
  readonly #half: number;
  #x0 = 0;
  #y0 = 0;

  constructor(part: Part, line: Line, scale: YScale, style: LineStyle) {
    this.#part = part;
    this.#line = line;
    this.#scale = scale;
    this.#style = style;
    this.#half = (style.width / 2) * part.ratio;
    const { times, length } = line;
    const { raster, origin, margin, columns } = part;
    const time = (column: number) => (column + columns.phase) / columns.perMs;
    // One beyond each side: from there the line comes, and there it goes.
    this.#first = Math.max(0, firstFrom(times, length, time(origin - margin.x)) - 1);
    const end = firstFrom(times, length, time(origin + raster.width + margin.x)) + 1;
    this.#end = Math.min(length, end);
  }

  paint(color: Color): void {
    if (this.#first >= this.#end) return;
    const { raster, plot, margin } = this.#part;
    const { draw } = this.#style;
    const [right, bottom] = [plot.left + plot.width, plot.top + plot.height];
    raster.clip(plot.left, plot.top, right, bottom);
    if (draw === "bars") {
      this.#paintBars();
      raster.ink(color);
      return;
    }
    if (draw === "area") {
      this.#paintArea();
      raster.ink(color, areaAlpha);
    }
    // Half of a line that runs along an edge belongs to it; marks are whole everywhere.
    const half = Math.ceil(this.#half);
    raster.clip(plot.left, plot.top - half, right, bottom + half);
    if (draw !== "points") this.#paintLine();
    raster.ink(color);
    raster.clip(plot.left - margin.x, 0, right + margin.x, bottom + margin.y);
    this.#paintMarks();
    raster.ink(color);
  }

  moveTo(x: number, y: number): void {
    this.#x0 = x;
    this.#y0 = y;
  }

  lineTo(x: number, y: number): void {
    this.#part.raster.stroke(this.#x0, this.#y0, x, y, this.#half);
    this.#x0 = x;
    this.#y0 = y;
  }

  #paintLine(): void {
    const { starts } = this.#line;
    const { dash, draw } = this.#style;
    const pen = dash.length === 0 ? this : this.#dashed();
    let before = 0;
    for (let i = this.#first; i < this.#end; i++) {
      const x = this.#x(i);
      const y = this.#y(i);
      if (i === this.#first || starts[i] !== 0) {
        pen.moveTo(x, y);
      } else {
        if (draw === "step") pen.lineTo(x, before);
        pen.lineTo(x, y);
      }
      before = y;
    }
  }

  #dashed(): Pen {
    const { ratio, origin, raster, plot, margin } = this.#part;
    const { dash, width } = this.#style;
    const lengths = dash.map((length) => length * ratio);
    const height = plot.top + plot.height + margin.y;
    const bounds = { origin, width: raster.width, height, margin: margin.x };
    return new DashPen(this, lengths, width * ratio, bounds);
  }

  /** Its edge is under the line, so the middle of each column will do. */
  #paintArea(): void {
    const { starts } = this.#line;
    const { raster } = this.#part;
    for (let i = this.#first + 1; i < this.#end; i++) {
      if (starts[i] !== 0) continue;
      const x0 = this.#x(i - 1);
      const x1 = this.#x(i);
      const end = Math.min(raster.width, Math.ceil(x1 - 0.5));
      for (let column = Math.max(0, Math.ceil(x0 - 0.5)); column < end; column++) {
        const along = (column + 0.5 - x0) / (x1 - x0);
        const y = this.#y(i - 1) + (this.#y(i) - this.#y(i - 1)) * along;
        const base = this.#base(i - 1) + (this.#base(i) - this.#base(i - 1)) * along;
        raster.column(column, y, base);
      }
    }
  }

  #paintBars(): void {
    const { raster } = this.#part;
    for (let i = this.#first; i < this.#end; i++) {
      const half = this.#barWidth(i) / 2;
      const x = this.#x(i);
      const from = Math.round(x - half);
      const to = Math.max(from + 1, Math.round(x + half));
      for (let column = Math.max(0, from); column < Math.min(raster.width, to); column++) {
        raster.column(column, this.#y(i), this.#base(i));
      }
    }
  }

  /** As its own neighbours allow: two that are close must not make all bars thin. */
  #barWidth(i: number): number {
    const { length } = this.#line;
    const before = i > 0 ? this.#x(i) - this.#x(i - 1) : Number.POSITIVE_INFINITY;
    const after = i + 1 < length ? this.#x(i + 1) - this.#x(i) : Number.POSITIVE_INFINITY;
    const most = isAlone(this.#line, i)
      ? 2 * markRadius(this.#style) * this.#part.ratio
      : Number.POSITIVE_INFINITY;
    // In even parts, as places are: then their sums are exact.
    return Math.round(Math.min(most, barShare * Math.min(before, after)) * 128) / 128;
  }

  /** Marks of points in view. None beyond the plot, so that they are whole at its edges. */
  #paintMarks(): void {
    const { times, marked } = this.#line;
    const { raster, plot, view, ratio } = this.#part;
    const all = marked || this.#style.draw === "points";
    const radius = markRadius(this.#style) * ratio;
    for (let i = this.#first; i < this.#end; i++) {
      if (!(all || isAlone(this.#line, i)) || times[i]! < view.from || times[i]! > view.to)
        continue;
      const x = this.#x(i);
      const y = this.#y(i);
      if (y >= plot.top && y <= plot.top + plot.height) raster.stroke(x, y, x, y, radius);
    }
  }

  #x(i: number): number {
    return columnOf(this.#part.columns, this.#line.times[i]!) - this.#part.origin;
  }

  #y(i: number): number {
    return this.#down(this.#line.values[i]!);
  }

  #base(i: number): number {
    return this.#down(baseOf(this.#line, this.#scale, i));
  }

  #down(value: number): number {
    const y = yOf(this.#part.plot, this.#scale, value);
    return Math.max(-maxPixels, Math.min(maxPixels, y));
  }
}
