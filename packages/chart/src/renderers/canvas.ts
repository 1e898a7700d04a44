import type { ChartSpec, CreateRenderer, Frame, Renderer } from "../renderer.ts";
import { drawTimeLabels, drawValueLabels, fontOf, paintBack } from "./canvas/axes.ts";
import { parseColor } from "./canvas/color.ts";
import type { Columns } from "./canvas/columns.ts";
import { pageEasel } from "./canvas/easel.ts";
import { keptOf, type Margin, marginOf, type Shown, type Stretch, shownOf } from "./canvas/kept.ts";
import { type Color, Raster, widest } from "./canvas/raster.ts";
import { paintSeries } from "./canvas/series.ts";

/*
 * A picture that scrolls: what is already there is moved, and only what is new is painted.
 *
 * That gives the very pixels that painting all of it would give. A browser's own lines would not, so
 * they are painted by us (`raster.ts`), at columns that are counted from the epoch (`columns.ts`): what
 * is in a pixel depends on the points near it, wherever that is on the screen. At the edges of the view
 * points are missing, or not there yet; what they may have left is painted each time (`kept.ts`).
 *
 * The picture is in our memory, and goes to the page as a whole. A canvas that is drawn onto itself is
 * copied first, all of it: that was five to twenty times slower. And what goes there is an image that
 * has been finished, not a canvas that can be drawn on: of those Chromium copies each that is in sight,
 * whenever something on the page changes.
 */

/** Paints lines itself, into a picture that it scrolls. */
export const createCanvasRenderer: CreateRenderer = (host, signal) =>
  new CanvasRenderer(host, signal);

// Of all charts: they are painted one after the other.
const raster = new Raster();

/** What `configure` has told, with what follows from it. */
type Look = {
  readonly spec: ChartSpec;
  readonly grid: Color;
  readonly axis: Color;
  readonly colors: readonly Color[];
  readonly direction: CanvasDirection;
};

class CanvasRenderer implements Renderer {
  readonly #canvas = document.createElement("canvas");
  readonly #output = this.#canvas.getContext("bitmaprenderer")!;
  #look: Look | undefined;
  #size = { width: 0, height: 0, ratio: 1 };
  #margin: Margin = { x: 0, y: 0 };
  /** The plot, with a margin all around it. */
  #image: ImageData | undefined;
  /** Undefined: nothing of what has been drawn is of any use. */
  #shown: Shown | undefined;

  constructor(host: HTMLElement, signal: AbortSignal) {
    const canvas = this.#canvas;
    // All of the host, also on paper, where that has another size.
    canvas.style.cssText = "display: block; width: 100%; height: 100%";
    // Pixels may have been lost with a GPU, of which such a canvas is not told: whoever comes back sees
    // a new picture.
    const anew = () => {
      if (document.visibilityState !== "visible") return;
      this.#forget();
      canvas.dispatchEvent(new Event("contextrestored"));
    };
    document.addEventListener("visibilitychange", anew, { signal });
    host.append(canvas);
    signal.addEventListener("abort", () => this.#free(), { once: true });
  }

  configure(spec: ChartSpec): void {
    const color = (css: string) => parseColor(pageEasel().context, css);
    const colors = spec.lines.map((line) => color(line.color));
    const direction = getComputedStyle(this.#canvas).direction as CanvasDirection;
    const [grid, axis] = [color(spec.grid), color(spec.axis)];
    this.#look = { spec, colors, grid, axis, direction };
    this.#forget();
  }

  resize(width: number, height: number, ratio: number): void {
    this.#size = { width, height, ratio };
    this.#forget();
  }

  draw(frame: Frame): void {
    const look = this.#look;
    if (!look) return;
    const { spec } = look;
    this.#margin = marginOf(spec, this.#size.ratio);
    const now = shownOf(frame);
    const before = this.#shown;
    const kept = before && keptOf(frame, spec, before, now, this.#margin.x);
    this.#shown = now;
    let painted: boolean;
    if (before && kept) {
      painted = this.#scroll(frame, look, before.columns, now.columns, kept);
    } else {
      this.#clear(frame);
      painted = this.#paint(frame, look, now.columns, { from: 0, to: this.#image!.width });
    }
    if (painted || JSON.stringify(before!.ticks) !== JSON.stringify(now.ticks))
      this.#put(frame, look);
  }

  #forget(): void {
    this.#shown = undefined;
  }

  #free(): void {
    // Otherwise the pixels stay until the garbage is collected.
    this.#output.transferFromImageBitmap(null);
    this.#canvas.width = this.#canvas.height = 0;
    this.#canvas.remove();
    this.#image = undefined;
    this.#look = undefined;
  }

  #clear({ plot }: Frame): void {
    const [across, down] = [plot.width + 2 * this.#margin.x, plot.height + 2 * this.#margin.y];
    if (this.#image?.width === across && this.#image.height === down) return;
    this.#image = new ImageData(across, down);
  }

  /** Moves what is kept to its new place, and paints the rest. Returns whether anything is another. */
  #scroll(frame: Frame, look: Look, before: Columns, now: Columns, kept: Stretch): boolean {
    const image = this.#image!;
    const pixels = new Uint32Array(image.data.buffer);
    const shift = now.left - before.left;
    // In one go. What comes from the neighbouring row is at the edges, and painted over.
    if (shift > 0) pixels.copyWithin(0, shift);
    if (shift < 0) pixels.copyWithin(-shift, 0);
    const origin = now.left - this.#margin.x;
    const from = Math.max(0, kept.from - origin);
    const to = Math.min(image.width, kept.to - origin);
    const left = this.#paint(frame, look, now, { from: 0, to: from });
    const right = this.#paint(frame, look, now, { from: to, to: image.width });
    return shift !== 0 || left || right;
  }

  /** Paints columns of the picture, in several turns if they are many. Returns whether there are any. */
  #paint(frame: Frame, look: Look, columns: Columns, { from, to }: Stretch): boolean {
    const margin = this.#margin;
    const { plot, view, scales } = frame;
    const { spec, colors, grid, axis } = look;
    for (let x = from; x < to; x += widest) {
      raster.begin(this.#image!, x, Math.min(widest, to - x));
      const part = {
        ...{ raster, columns, view, margin, ratio: this.#size.ratio },
        origin: columns.left - margin.x + x,
        plot: { ...plot, left: margin.x - x, top: margin.y },
      };
      paintBack(part, frame, grid, axis);
      for (const [i, style] of spec.lines.entries()) {
        paintSeries(part, frame.lines[i]!, scales[style.scale]!, style, colors[i]!);
      }
    }
    return to > from;
  }

  /** Shows the picture, and its labels. */
  #put(frame: Frame, { spec, direction }: Look): void {
    const { width, height, ratio } = this.#size;
    const { columns } = this.#shown!;
    const canvas = this.#canvas;
    const easel = pageEasel();
    const { context } = easel;
    const { plot } = frame;
    easel.begin(width, height, fontOf(spec, ratio));
    context.putImageData(this.#image!, plot.left - this.#margin.x, plot.top - this.#margin.y);
    context.direction = direction;
    drawValueLabels(context, frame, spec, ratio);
    drawTimeLabels(context, frame, columns, spec, ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#output.transferFromImageBitmap(easel.finish());
  }
}
