import { isOurs } from "@plotcast/client";
import { timeTicks } from "./axis.ts";
import { fillLine, LineBuffer } from "./decimate.ts";
import { readableDecimals, tickTexts, valueText, withUnit } from "./format.ts";
import { shortNames } from "./names.ts";
import type { Options } from "./options.ts";
import { type Look, looksOf } from "./palette.ts";
import { Range, type Scale } from "./range.ts";
import type { Frame, Rect, Tick } from "./renderer.ts";
import type { Outline, Source } from "./source.ts";
import type { Track } from "./track.ts";
import { autoSpan, nextStep, pointsView, spanView, type View } from "./window.ts";

/** Lines drawn at most. More cannot be told apart, and would keep the whole page from drawing. */
const maxLines = 60;
/** Samples this far apart on the screen, in CSS pixels, are marked, until they are closer by far. */
const markDistance = { on: 14, off: 10 };
/** Device pixels: a bucket that is wider is seen not to be all that there was. */
const coarse = 4;
/** CSS pixels between the labels of y. */
const yDistance = 36;

/** Where a picture is drawn: what `Layout` knows of the page. */
export type Surroundings = {
  /** Device pixels of a CSS pixel. */
  readonly ratio: number;
  /** The plot, given the width of the widest label of y in CSS pixels. */
  readonly plotRect: (labelWidth: number) => Rect;
  readonly roomLeft: () => number;
  readonly roomRight: () => number;
  readonly measure: (text: string) => number;
};

/** From what a source holds to a frame: which series, which stretch of time, which range. No DOM. */
export class Picture {
  /** The series that are drawn, their short names, and what tells them apart. */
  tracks: readonly Track[] = [];
  names: readonly string[] = [];
  looks: readonly Look[] = [];
  /** How many more there are. */
  hidden = 0;
  view: View = { from: 0, to: 1 };
  readonly #source: Source;
  readonly #range = new Range();
  #options: Options;
  #lines: LineBuffer[] = [];
  #scale: Scale | undefined;
  #pixels = 1;

  constructor(source: Source, options: Options) {
    this.#source = source;
    this.#options = options;
  }

  setOptions(options: Options): void {
    this.#options = options;
    this.#range.reset();
  }

  /**
   * Chooses the series anew: there are others now, or another choice is asked for. Returns whether
   * they are not the same as before.
   */
  choose(): boolean {
    const { selection } = this.#options;
    const all = [...this.#source.tracks.values()];
    const chosen = selection ? all.filter(({ series }) => selection.matches(series)) : all;
    const tracks = chosen.slice(0, maxLines);
    this.hidden = chosen.length - tracks.length;
    const known = this.tracks;
    if (tracks.length === known.length && tracks.every((track, i) => track === known[i])) {
      return false;
    }
    this.tracks = tracks;
    const series = this.tracks.map((track) => track.series);
    this.names = shortNames(series);
    this.looks = looksOf(series);
    this.#lines = tracks.map((_, i) => this.#lines[i] ?? new LineBuffer());
    return true;
  }

  /** The unit that all series share; none if they do not. */
  get unit(): string | undefined {
    const [first, ...others] = this.tracks;
    return others.every(({ unit }) => unit === first?.unit) ? first?.unit : undefined;
  }

  /** Whether the last frame had anything to draw. */
  get drawn(): boolean {
    return this.#lines.some(({ min, max }) => min <= max);
  }

  /** The stretch of time shown, in milliseconds. */
  get spanMs(): number {
    return this.view.to - this.view.from;
  }

  /** How long a device pixel is. */
  get msPerPixel(): number {
    return this.spanMs / this.#pixels;
  }

  /** What is seen to be shown in outline only. */
  get outlined(): readonly Outline[] {
    const { from: left, to: right } = this.view;
    return this.#source.outlines.filter(
      ({ from, to, bucketMs }) => from < right && to > left && bucketMs > coarse * this.msPerPixel,
    );
  }

  /** When the window will have moved by a device pixel, our clock; infinity: only with data. */
  movesAt(now: number): number {
    const { extent } = this.#options;
    if (extent.kind === "points") return Number.POSITIVE_INFINITY;
    const offset = this.#source.clock.offsetMs;
    if (now + offset >= this.view.to) return now;
    return nextStep(now + offset, this.#spanWanted(), this.#pixels) - offset;
  }

  /** How a value of a track is written: as exactly as the axis makes worth reading. */
  text(track: Track, value: number): string {
    return withUnit(valueText(value, this.decimals(track)), track.unit);
  }

  /** Digits after the point of such a text. */
  decimals({ decimals }: Track): number {
    return this.#scale ? readableDecimals(this.#scale.step, decimals) : decimals;
  }

  frame(now: number, around: Surroundings): Frame {
    let plot = around.plotRect(0);
    for (;;) {
      this.#fill(now, plot, around.ratio);
      this.#rescale(now, plot.height / around.ratio);
      const { min, max, ticks, step } = this.#scale ?? { min: 0, max: 1, ticks: [], step: 1 };
      const texts = this.#scale ? tickTexts(ticks, step) : [];
      const settled = around.plotRect(Math.max(0, ...texts.map(around.measure)));
      if (settled.width === plot.width) {
        const yTicks = ticks.map((at, i) => ({ at, text: texts[i]! }));
        const xTicks = this.#timeTicks(plot, around);
        const { view, outlined } = this;
        const y = { min, max };
        return { plot, view, y, xTicks, yTicks, outlined, lines: this.#lines };
      }
      plot = settled; // labels have become wider: everything moves, once
    }
  }

  #fill(now: number, plot: Rect, ratio: number): void {
    this.#pixels = plot.width;
    const { extent } = this.#options;
    const serverNow = now + this.#source.clock.offsetMs;
    this.view =
      extent.kind === "points"
        ? pointsView(this.tracks, extent.count, serverNow)
        : spanView(serverNow, this.#spanWanted(), plot.width);
    let closest = Number.POSITIVE_INFINITY;
    for (const [i, track] of this.tracks.entries()) {
      const line = this.#lines[i]!;
      fillLine(line, track.ring, this.view, plot.width);
      const { times, length } = line;
      if (length > 1) closest = Math.min(closest, (times[length - 1]! - times[0]!) / (length - 1));
    }
    const least = this.#lines[0]?.marked ? markDistance.off : markDistance.on;
    const marked = closest / this.msPerPixel / ratio >= least;
    for (const line of this.#lines) line.marked = marked;
  }

  #rescale(now: number, height: number): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const line of this.#lines) {
      if (line.min < min) min = line.min;
      if (line.max > max) max = line.max;
    }
    // With nothing in view the axis stays as it was: what comes next is likely to be like it.
    if (min > max) return;
    const maxTicks = Math.max(3, Math.min(9, Math.floor(height / yDistance) + 1));
    this.#scale = this.#range.next(min, max, maxTicks, now);
  }

  #timeTicks(plot: Rect, { ratio, roomLeft, roomRight, measure }: Surroundings): readonly Tick[] {
    const width = plot.width / ratio;
    return timeTicks(this.view, { width, roomLeft: roomLeft(), roomRight: roomRight(), measure });
  }

  #spanWanted(): number {
    const { extent } = this.#options;
    return extent.kind === "span"
      ? extent.ms
      : autoSpan(isOurs(this.#source.url) ? [] : this.tracks);
  }
}
