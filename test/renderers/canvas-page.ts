import type { Renderer } from "../../packages/chart/src/renderer.ts";
import { Raster } from "../../packages/chart/src/renderers/canvas/raster.ts";
import { createCanvasRenderer } from "../../packages/chart/src/renderers/canvas.ts";
import { type Step, Walk } from "./canvas-walk.ts";

// What the page of the test has: it runs in a browser.

/** What was drawn, as far as it can be told. */
export type Report = {
  /** Pixels that are not as in a drawing from scratch, and after which step that was. */
  readonly wrong: number;
  readonly step: number;
  /** Columns that were painted, of those that were in view. */
  readonly painted: number;
  /** Pixels that have ink. */
  readonly ink: number;
};

class Board {
  readonly host = document.createElement("div");
  readonly #off = new AbortController();
  readonly #renderer: Renderer;
  #step: Step | undefined;

  constructor() {
    document.body.append(this.host);
    this.#renderer = createCanvasRenderer(this.host, this.#off.signal);
  }

  show(step: Step, ratio: number): void {
    const before = this.#step;
    this.#step = step;
    if (!before) this.#renderer.configure(step.spec);
    if (before?.width !== step.width || before.height !== step.height) {
      const { style } = this.host;
      style.width = `${step.width / ratio}px`;
      style.height = `${step.height / ratio}px`;
      this.#renderer.resize(step.width, step.height, ratio);
    }
    this.#renderer.draw(step.frame);
  }

  get pixels(): Uint32Array {
    const canvas = this.host.querySelector("canvas")!;
    const { width, height } = canvas;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(canvas, 0, 0);
    return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  }

  remove(): void {
    this.#off.abort();
    this.host.remove();
  }
}

function differences(a: Uint32Array, b: Uint32Array): number {
  return a.reduce((sum, pixel, at) => sum + (pixel === b[at] ? 0 : 1), 0);
}

/** Draws a chart at work, and compares it with drawings of the same frames from scratch. */
function compare(seed: number, ratio: number, steps: number): Report {
  const walk = new Walk(seed, ratio);
  const board = new Board();
  const { begin } = Raster.prototype;
  let [painted, seen, ink] = [0, 0, 0];
  Raster.prototype.begin = function (image, column, width) {
    painted += width;
    begin.call(this, image, column, width);
  };
  try {
    for (let i = 1; i <= steps; i++) {
      const step = walk.next();
      board.show(step, ratio);
      seen += step.frame.plot.width;
      if (i % 10 !== 0) continue;
      const done = painted;
      const fresh = new Board();
      fresh.show(step, ratio);
      painted = done;
      const [mine, whole] = [board.pixels, fresh.pixels];
      fresh.remove();
      const wrong = differences(mine, whole);
      ink = mine.reduce((sum, pixel) => sum + (pixel === 0 ? 0 : 1), 0);
      if (wrong > 0) return { wrong, step: i, painted: painted / seen, ink };
    }
    return { wrong: 0, step: steps, painted: painted / seen, ink };
  } finally {
    Raster.prototype.begin = begin;
    board.remove();
  }
}

/** Draws two charts in turns: they share what they are put together on. */
function share(): number {
  const both = [3, 4].map((seed) => ({ walk: new Walk(seed, 1), board: new Board() }));
  let wrong = 0;
  for (let i = 0; i < 20; i++) {
    const steps = both.map(({ walk, board }) => {
      const step = walk.next();
      board.show(step, 1);
      return step;
    });
    for (const [at, { board }] of both.entries()) {
      const fresh = new Board();
      fresh.show(steps[at]!, 1);
      wrong += differences(board.pixels, fresh.pixels);
      fresh.remove();
    }
  }
  for (const { board } of both) board.remove();
  return wrong;
}

/** What is left of a canvas when its renderer is told to end. */
function end(): { width: number; height: number; elements: number } {
  const board = new Board();
  const walk = new Walk(4, 1);
  board.show(walk.next(), 1);
  const canvas = board.host.querySelector("canvas")!;
  board.remove();
  board.show(walk.next(), 1); // too late, and no mistake
  return { width: canvas.width, height: canvas.height, elements: board.host.childElementCount };
}

const page = { compare, share, end };
export type CanvasPage = typeof page;
Object.assign(globalThis, { canvasPage: page });
