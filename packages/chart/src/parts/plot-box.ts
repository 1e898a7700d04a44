import { make } from "../dom.ts";
import { type Frame, xOf } from "../renderer.ts";
import type { Scene } from "../scene.ts";

/** A stretch across the plot, CSS pixels from its left edge. */
export type Across = { readonly left: number; readonly width: number };

/** An element that lies exactly on the plot and clips what is in it. */
export class PlotBox {
  readonly element: HTMLElement;
  width = 0;
  height = 0;

  constructor(name: string) {
    this.element = make("div", `plot-box ${name}`);
  }

  update({ frame: { plot }, ratio }: Scene): void {
    this.width = plot.width / ratio;
    this.height = plot.height / ratio;
    place(this.element, plot.left / ratio, plot.top / ratio);
    size(this.element, this.width, this.height);
  }
}

/** Where a stretch of time is, of which either end may be infinite; undefined: out of sight. */
export function acrossOf(
  frame: Frame,
  ratio: number,
  from: number,
  to: number,
): Across | undefined {
  const { plot, view } = frame;
  if (!(to > view.from && from < view.to)) return undefined;
  const x = (time: number) => (xOf(frame, time) - plot.left) / ratio;
  const left = from > view.from ? x(from) : 0;
  const right = to < view.to ? x(to) : plot.width / ratio;
  return { left, width: right - left };
}

/** Moves an element, CSS pixels. */
export function place(element: HTMLElement, x: number, y: number): void {
  set(element, "transform", `translate(${round(x)}px, ${round(y)}px)`);
}

/** CSS pixels. */
export function size(element: HTMLElement, width: number, height: number): void {
  set(element, "width", `${round(width)}px`);
  set(element, "height", `${round(height)}px`);
}

/** One property of the style. What it is already, browsers set without telling anyone. */
export function set(element: HTMLElement, property: string, value: string): void {
  element.style.setProperty(property, value);
}

/** Has as many items as there are things to show. */
export function fit<T>(items: T[], count: number, make: () => T, remove: (item: T) => void): void {
  while (items.length < count) items.push(make());
  items.splice(count).forEach(remove);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export const plotBoxCss = `
.plot-box {
  position: absolute;
  inset: 0 auto auto 0;
  overflow: hidden;
  contain: strict;
  pointer-events: none;
}
.plot-box > * { position: absolute; inset: 0 auto auto 0; }
`;
