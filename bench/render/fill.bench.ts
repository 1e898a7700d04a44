import { fillLine, LineBuffer } from "../../packages/chart/src/data/decimate.ts";
import { Rates } from "../../packages/chart/src/data/rates.ts";
import { Ring } from "../../packages/chart/src/data/ring.ts";
import { Stack } from "../../packages/chart/src/data/stack.ts";
import { count, median, printTable, quantile, scaled, text } from "../store/figures.ts";

/*
 * From samples to points, without a browser: a window on a plot 1200 pixels wide, and 100 new samples
 * of each series with every drawing, out of more and more in view. Their number must not matter. Sizes
 * take turns, so that they share their luck.
 */
const pixels = 1200;
const perFrame = 100;
const spanMs = 60_000;
const sizes = [10_000, 100_000, 1_000_000];
const maxSamples = 2 ** 21;
const warmUps = 100;
const frames = scaled(1500, 20);

type View = { readonly from: number; readonly to: number };
type Draw = (view: View) => void;

/** The same line whatever the size: what is drawn must not be what differs. */
function valueAt(time: number): number {
  return Math.sin(time / 3000) * 50 + Math.sin(time * 12.9898) * 5;
}

/** A chart of some series that slides over `size` samples of each. */
class Sliding {
  readonly drawUs: number[] = [];
  readonly addUs: number[] = [];
  readonly #rings: readonly Ring[];
  readonly #stepMs: number;
  readonly #draw: Draw;
  #samples = 0;
  #drawn = 0;

  constructor(size: number, series: number, make: (rings: readonly Ring[]) => Draw) {
    this.#rings = Array.from({ length: series }, () => new Ring(maxSamples));
    this.#stepMs = spanMs / size;
    this.#add(size);
    this.#draw = make(this.#rings);
  }

  next(): void {
    const began = performance.now();
    this.#add(perFrame);
    const now = this.#rings[0]!.newestTime;
    for (const ring of this.#rings) ring.prune(now - spanMs, 2);
    const added = performance.now();
    // A chart that follows has its edges on whole pixels of time.
    const pixelMs = spanMs / pixels;
    const to = (Math.floor(now / pixelMs) + 1) * pixelMs;
    this.#draw({ from: to - spanMs, to });
    const drawn = performance.now();
    if (this.#drawn++ < warmUps) return;
    this.addUs.push((added - began) * 1000);
    this.drawUs.push((drawn - added) * 1000);
  }

  #add(samples: number): void {
    for (let i = 0; i < samples; i++) {
      const time = 1_790_000_000_000 + this.#samples++ * this.#stepMs;
      for (const [n, ring] of this.#rings.entries()) ring.add(time, valueAt(time + n * 777));
    }
  }
}

function row(name: string, series: number, make: (rings: readonly Ring[]) => Draw): string[] {
  const all = sizes.map((size) => new Sliding(size, series, make));
  for (let i = 0; i < frames + warmUps; i++) for (const sliding of all) sliding.next();
  const medians = all.map(({ drawUs }) => median(drawUs));
  const most = all.at(-1)!;
  return [
    name,
    ...medians.map((us) => text(us)),
    `${text(medians.at(-1)! / medians[0]!)} ×`,
    text(quantile(most.drawUs, 0.99)),
    text(median(most.addUs)),
  ];
}

function lines(log: boolean) {
  return (rings: readonly Ring[]): Draw => {
    const line = new LineBuffer();
    return (view) => fillLine(line, rings[0]!, view, pixels, { log });
  };
}

function rates(rings: readonly Ring[]): Draw {
  const line = new LineBuffer();
  const made = new Rates(rings[0]!, maxSamples);
  return (view) => fillLine(line, made.refreshed(), view, pixels);
}

function stack(rings: readonly Ring[]): Draw {
  const stacked = new Stack();
  const buffers = rings.map(() => new LineBuffer());
  return (view) => {
    for (const [i, line] of buffers.entries()) fillLine(line, rings[i]!, view, pixels);
    stacked.fill(buffers, view, pixels);
  };
}

console.log(`Samples in view; µs a drawing, median of ${count(frames)}, ${perFrame} samples new:`);
printTable(
  ["", ...sizes.map(count), "most / least", "p99 of most", "adding to most"],
  [
    row("a line", 1, lines(false)),
    row("logarithmic", 1, lines(true)),
    row("rates", 1, rates),
    row("stack of 4", 4, stack),
  ],
);
