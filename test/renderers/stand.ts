import type {
  ChartSpec,
  CreateRenderer,
  Frame,
  Renderer,
} from "../../packages/chart/src/renderer.ts";
import { size } from "./frames.ts";

/** A renderer on a page of its own, in a shadow root as in a chart. Runs in a browser. */
export class Stand {
  readonly ratio = devicePixelRatio;
  readonly host = document.createElement("div");
  readonly renderer: Renderer;
  readonly #outer = document.createElement("div");
  readonly #off = new AbortController();

  constructor(create: CreateRenderer) {
    this.#outer.attachShadow({ mode: "open" }).append(this.host);
    document.body.append(this.#outer);
    this.renderer = create(this.host, this.#off.signal);
    this.resize(size.width, size.height);
  }

  /** CSS pixels. */
  resize(width: number, height: number): void {
    this.host.style.cssText = `width: ${width}px; height: ${height}px; overflow: hidden`;
    this.renderer.resize(width * this.ratio, height * this.ratio, this.ratio);
  }

  /** What is seen at once after a drawing. */
  show(spec: ChartSpec, frame: Frame): Picture {
    this.renderer.configure(spec);
    return this.draw(frame);
  }

  draw(frame: Frame): Picture {
    this.renderer.draw(frame);
    return this.look();
  }

  /** What is seen now: all canvases, one on the other, each where it is on the page. */
  look(): Picture {
    const { left, top, width, height } = this.host.getBoundingClientRect();
    const all = document.createElement("canvas");
    all.width = Math.round(width * this.ratio);
    all.height = Math.round(height * this.ratio);
    const context = all.getContext("2d", { willReadFrequently: true })!;
    for (const canvas of this.host.querySelectorAll("canvas")) {
      const box = canvas.getBoundingClientRect();
      if (canvas.width === 0 || box.width === 0) continue;
      const [x, y] = [(box.left - left) * this.ratio, (box.top - top) * this.ratio];
      context.drawImage(canvas, x, y, box.width * this.ratio, box.height * this.ratio);
    }
    return new Picture(context.getImageData(0, 0, all.width, all.height));
  }

  abort(): void {
    this.#off.abort();
  }

  remove(): void {
    this.abort();
    this.#outer.remove();
  }
}

/** A stretch of pixels; `to` is not one of them. */
export type Run = { readonly from: number; readonly to: number };

/** Pixels, and whose they are. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;

  constructor({ width, height, data }: ImageData) {
    this.width = width;
    this.height = height;
    this.data = data;
  }

  /** How much of a colour is in the pixel at this place: 0 to 1. Mixed with others, a little less. */
  ink(x: number, y: number, color: string): number {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return 0;
    const [red, green, blue] = channelsOf(color);
    const { data } = this;
    const i = (row * this.width + column) * 4;
    const share = data[i + 3]! / 255;
    if (share < 0.08) return 0;
    const far =
      Math.abs(data[i]! - red) + Math.abs(data[i + 1]! - green) + Math.abs(data[i + 2]! - blue);
    return far < 130 ? share : 0;
  }

  /** Where a colour is in the column at `x`, from top to bottom. */
  down(x: number, color: string): Run[] {
    return runs(this.height, (y) => this.ink(x, y, color) > 0);
  }

  /** Where it is in the row at `y`, from left to right. */
  across(y: number, color: string): Run[] {
    return runs(this.width, (x) => this.ink(x, y, color) > 0);
  }

  /** The middle of all ink of a colour in the column at `x`; NaN without any. */
  middle(x: number, color: string): number {
    let [sum, weight] = [0, 0];
    for (let y = 0; y < this.height; y++) {
      const ink = this.ink(x, y, color);
      sum += ink * (y + 0.5);
      weight += ink;
    }
    return sum / weight;
  }

  /** The smallest box around all ink of a colour; `undefined` without any. */
  box(color: string): { left: number; top: number; right: number; bottom: number } | undefined {
    const box = { left: this.width, top: this.height, right: 0, bottom: 0 };
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        if (this.ink(x, y, color) === 0) continue;
        box.left = Math.min(box.left, x);
        box.top = Math.min(box.top, y);
        box.right = Math.max(box.right, x + 1);
        box.bottom = Math.max(box.bottom, y + 1);
      }
    }
    return box.right > 0 ? box : undefined;
  }

  /** How many pixels are not the same, more than one can see. */
  differences({ data }: Picture): number {
    let count = 0;
    for (let i = 0; i < this.data.length; i++) {
      if (Math.abs(this.data[i]! - data[i]!) <= 24) continue;
      count++;
      i |= 3; // the other channels of the same pixel
    }
    return count;
  }
}

const channels = new Map<string, readonly [number, number, number]>();

function channelsOf(color: string): readonly [number, number, number] {
  let found = channels.get(color);
  if (!found) {
    const [red = 0, green = 0, blue = 0] = color.match(/\d+/g)!.map(Number);
    found = [red, green, blue];
    channels.set(color, found);
  }
  return found;
}

function runs(length: number, holds: (i: number) => boolean): Run[] {
  const found: Run[] = [];
  let from = -1;
  for (let i = 0; i <= length; i++) {
    const is = i < length && holds(i);
    if (is && from < 0) from = i;
    if (is || from < 0) continue;
    found.push({ from, to: i });
    from = -1;
  }
  return found;
}
