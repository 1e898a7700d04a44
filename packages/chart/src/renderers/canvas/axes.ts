import { type ChartSpec, type Frame, yOf } from "../../renderer.ts";
import { isBare } from "../marking.ts";
import { type Columns, columnOf } from "./columns.ts";
import type { Color } from "./raster.ts";
import type { Part } from "./series.ts";

/** Of the marks of time, in CSS pixels; and what is between axes and their labels. */
export const markLength = 4;
const gaps = { x: 6, y: 8 };

/** What is behind the lines: the grid, the axis of time, and its marks. All are one pixel wide. */
export function paintBack(part: Part, frame: Frame, grid: Color, axis: Color): void {
  const { raster, plot, ratio, columns, origin, margin } = part;
  const [right, bottom] = [plot.left + plot.width, plot.top + plot.height];
  const scale = frame.scales[0]!;
  raster.clip(plot.left, 0, right, bottom + margin.y);
  for (const { at } of scale.ticks) raster.row(Math.round(yOf(plot, scale, at)));
  raster.ink(grid);
  if (isBare(frame)) return;
  raster.row(bottom);
  raster.ink(axis);
  raster.clip(plot.left - margin.x, 0, right + margin.x, bottom + margin.y);
  const end = bottom + Math.round(markLength * ratio);
  for (const { at } of frame.xTicks) {
    raster.column(Math.round(columnOf(columns, at)) - origin, bottom, end);
  }
  raster.ink(axis);
}

export function drawTimeLabels(
  context: OffscreenCanvasRenderingContext2D,
  { plot, xTicks }: Frame,
  columns: Columns,
  spec: ChartSpec,
  ratio: number,
): void {
  context.fillStyle = spec.ink;
  context.textAlign = "center";
  context.textBaseline = "top";
  const y = plot.top + plot.height + Math.round(markLength * ratio) + Math.round(gaps.x * ratio);
  for (const { at, text } of xTicks) {
    const x = plot.left + Math.round(columnOf(columns, at)) - columns.left;
    if (text !== "") context.fillText(text, x, y);
  }
}

/** Labels of values, beside the plot. In the colour of texts: those of series have too little contrast. */
export function drawValueLabels(
  context: OffscreenCanvasRenderingContext2D,
  { plot, scales }: Frame,
  spec: ChartSpec,
  ratio: number,
): void {
  context.textBaseline = "middle";
  const gap = Math.round(gaps.y * ratio);
  context.fillStyle = spec.ink;
  for (const scale of scales) {
    const isLeft = scale.side === "left";
    context.textAlign = isLeft ? "right" : "left";
    const x = isLeft ? plot.left - gap : plot.left + plot.width + gap;
    for (const { at, text } of scale.ticks) {
      context.fillText(text, x, Math.round(yOf(plot, scale, at)));
    }
  }
}

/** What labels are written in. */
export function fontOf({ fontSize, fontFamily }: ChartSpec, ratio: number): string {
  // Whole pixels, as screens have them.
  return `${Math.round(fontSize * ratio)}px ${fontFamily}`;
}
