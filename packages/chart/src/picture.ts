import { isOurs } from "@plotcast/client";
import type { Threshold } from "./children.ts";
import { fillSamples, isDense } from "./data/fill.ts";
import { LineBuffer } from "./data/line-buffer.ts";
import { Ring } from "./data/ring.ts";
import { silentBands } from "./data/silence.ts";
import type { Source } from "./data/source.ts";
import type { Stack, StackedLine } from "./data/stack.ts";
import type { Shown } from "./data/stretch.ts";
import type { Track } from "./data/track.ts";
import { Lazy } from "./lazy.ts";
import { type Lineup, lineUp, nobody, type Role, type SeriesRule, sameLineup } from "./lineup.ts";
import type { Options } from "./options.ts";
import type { Frame, Line, Rect, Tick } from "./renderer.ts";
import type { Band, Scene, SceneSeries } from "./scene.ts";
import { timeTicks } from "./text/axis.ts";
import { momentText } from "./text/format.ts";
import type { Viewport } from "./viewport.ts";
import { autoSpan, heldView, nextStep, pointsView, spanView, type View } from "./window.ts";
import { YAxis } from "./y-axis.ts";

/** Samples this far apart on the screen, in CSS pixels, are marked, until they are closer by far. */
const markDistance = { on: 14, off: 10 };
/** Device pixels: a bucket that is wider is seen not to be all that there was. */
const coarse = 4;

/** What only some pictures need: those of more samples than pixels, and stacks. */
export const decimation = new Lazy(() => import("./data/decimate.ts"));
export const stacking = new Lazy(() => import("./data/stack.ts"));

/** What is drawn of a series that is switched off. */
const nothing = new Ring(1);

/** The widths of the widest labels of values on either side, in CSS pixels. */
export type LabelWidths = { readonly left: number; readonly right: number };

/** Where a picture is drawn: what `Layout` knows of the page. */
export type Surroundings = {
  /** Device pixels of a CSS pixel. */
  readonly ratio: number;
  readonly plotRect: (labels: LabelWidths) => Rect;
  readonly roomLeft: () => number;
  readonly roomRight: () => number;
  readonly measure: (text: string) => number;
};

/** What a chart that is held shows in place of what its source holds. */
export type Older = {
  readonly ringFor: (series: string) => Ring | undefined;
  readonly bands: readonly Band[];
  /** Told before each drawing what is looked at; undefined while following. */
  readonly want: (view: View | undefined, pixels: number) => void;
};

/** What a picture is of. */
export type Subject = {
  readonly source: Source;
  readonly viewport: Viewport;
  /** Series that are not drawn, by canonical text. */
  readonly off: ReadonlySet<string>;
  /** Whether the reader wants less motion. */
  readonly calm?: () => boolean;
};

/** From what a source holds to a frame: which series, which stretch of time, which range. No DOM. */
export class Picture {
  lineup: Lineup = nobody;
  view: View = { from: 0, to: 1 };
  readonly #source: Source;
  readonly #viewport: Viewport;
  readonly #off: ReadonlySet<string>;
  readonly #calm: () => boolean;
  readonly #axes: readonly YAxis[] = [new YAxis(), new YAxis()];
  #options: Options;
  #rules: readonly SeriesRule[];
  #thresholds: readonly Threshold[] = [];
  #older: Older | undefined;
  #lines: LineBuffer[] = [];
  /** What is drawn of them, in the same order: sums, where they are stacked. */
  #drawn: readonly Line[] = [];
  readonly #stacks: Stack[] = [];
  #isStacked = false;
  #rings: Ring[] = [];
  #pixels = 1;
  #fineness = 1;

  constructor(subject: Subject, options: Options, rules: readonly SeriesRule[]) {
    const { source, viewport, off, calm = () => false } = subject;
    this.#calm = calm;
    this.#source = source;
    this.#viewport = viewport;
    this.#off = off;
    this.#options = options;
    this.#rules = rules;
  }

  setOptions(options: Options, rules: readonly SeriesRule[]): void {
    const others =
      JSON.stringify([options, rules]) !== JSON.stringify([this.#options, this.#rules]);
    this.#options = options;
    this.#rules = rules;
    // What was held of their ranges may not suit what is asked for now.
    if (others) for (const axis of this.#axes) axis.reset();
  }

  /** Values that are to be seen coming. */
  setThresholds(thresholds: readonly Threshold[]): void {
    this.#thresholds = thresholds;
  }

  /** What is drawn while held, as far as it has anything. */
  setOlder(older: Older | undefined): void {
    this.#older = older;
  }

  /** What is shown, for whoever fetches more of it. */
  get asked(): Shown[] {
    return this.lineup.roles.map(({ track, rates }) => {
      return { series: track.series, rates, live: track.shown(rates ? "rates" : "values") };
    });
  }

  /** Buckets per device pixel: fewer when the page cannot draw more. */
  setFineness(fineness: number): void {
    this.#fineness = fineness;
  }

  /** How many samples in view a logarithmic axis has no place for. */
  get unloggable(): number {
    return this.#lines.reduce((sum, { unloggable }) => sum + unloggable, 0);
  }

  /** What the labels of the axes of values are in. */
  get yTitles(): { readonly left: string; readonly right: string } {
    const titles = { left: "", right: "" };
    for (const [i, side] of this.lineup.sides.entries()) titles[side] = this.#axes[i]!.title;
    return titles;
  }

  /**
   * Chooses the series anew: there are others now, or another choice is asked for. Returns whether
   * they are not the same as before, or play another part.
   */
  choose(): boolean {
    const lineup = lineUp(this.#source.tracks.values(), this.#options, this.#rules);
    if (sameLineup(lineup, this.lineup)) return false;
    this.lineup = lineup;
    this.#lines = lineup.roles.map((_, i) => this.#lines[i] ?? new LineBuffer());
    return true;
  }

  /** Whether the last frame had anything to draw. */
  get drawn(): boolean {
    return this.#lines.some(({ min, max }) => min <= max);
  }

  /** How long a device pixel is. */
  get #msPerPixel(): number {
    return (this.view.to - this.view.from) / this.#pixels;
  }

  /** When the window will have moved by a device pixel, our clock; infinity: only with data. */
  movesAt(now: number): number {
    const { extent } = this.#options;
    if (this.#viewport.held || extent.kind === "points") return Number.POSITIVE_INFINITY;
    const offset = this.#source.clock.offsetAt(now);
    const delay = this.#delayMs(now);
    if (now + offset - delay >= this.view.to) return now;
    return nextStep(now + offset, this.#spanWanted(), this.#pixels, delay, this.#calm()) - offset;
  }

  frame(now: number, around: Surroundings): Frame {
    let plot = around.plotRect({ left: 0, right: 0 });
    for (;;) {
      this.#fill(now, plot, around.ratio);
      this.#rescale(now, plot.height / around.ratio);
      const settled = around.plotRect(this.#labelWidths(around));
      if (settled.width === plot.width) return this.#framed(plot, around);
      plot = settled; // labels have become wider: everything moves, once
    }
  }

  /** What the parts of a chart are told of a frame. */
  scene(now: number, frame: Frame, ratio: number): Scene {
    const fine = this.lineup.roles.some(({ track }) => track.ring.cadence.medianMs < 1000);
    const { language } = this.#options;
    const moment = (time: number) => momentText(time, fine, language.zone, language.locale);
    const series = this.#sceneSeries();
    return { now, frame, ratio, series, bands: this.#bands(now, series), moment };
  }

  #framed(plot: Rect, around: Surroundings): Frame {
    const spark = this.#options.size === "spark";
    const scales = this.lineup.sides.map((side, i) => {
      const scale = this.#axes[i]!.scale(side);
      return spark ? { ...scale, ticks: [] } : scale;
    });
    const xTicks = spark ? [] : this.#timeTicks(plot, around);
    return { plot, view: this.view, scales, xTicks, lines: this.#drawn };
  }

  #sceneSeries(): SceneSeries[] {
    return this.lineup.roles.map(({ track, name, look, scale, rates }, i) => {
      const { series } = track;
      const axis = this.#axes[scale]!;
      const decimals = track.decimalsOf(rates ? "rates" : "values");
      return {
        ...{ series, name, look, track, scale },
        ring: this.#rings[i] ?? track.ring,
        line: this.#drawn[i]!,
        figures: this.#lines[i]!,
        off: this.#off.has(series),
        text: (value: number) => axis.text(value, decimals),
      };
    });
  }

  #bands(now: number, series: readonly SceneSeries[]): readonly Band[] {
    const { from: left, to: right } = this.view;
    const seen = coarse * this.#msPerPixel;
    const told = [...this.#source.bands, ...(this.#older?.bands ?? [])].filter(
      ({ from, to, bucketMs }) => from < right && to > left && (bucketMs ?? seen + 1) > seen,
    );
    // Where they are stacked, each is interrupted where one below it is.
    const lines = series.map((one, i) => ({ ...one, line: this.#lines[i]! }));
    const on = lines.filter(({ off }) => !off);
    const silent = silentBands(on, this.view, now, this.#source.clock.offsetMs, told);
    return silent.length === 0 ? told : [...told, ...silent];
  }

  #labelWidths({ measure }: Surroundings): LabelWidths {
    const widths = { left: 0, right: 0 };
    for (const [i, side] of this.lineup.sides.entries()) {
      widths[side] = Math.max(0, ...this.#axes[i]!.texts.map(measure));
    }
    return widths;
  }

  #fill(now: number, plot: Rect, ratio: number): void {
    this.#pixels = plot.width;
    this.view = this.#viewWanted(now);
    this.#older?.want(this.#viewport.held ? this.view : undefined, plot.width);
    let closest = Number.POSITIVE_INFINITY;
    const { log } = this.#options.y;
    for (const [i, role] of this.lineup.roles.entries()) {
      const line = this.#lines[i]!;
      const isOff = this.#off.has(role.track.series);
      const ring = isOff ? nothing : this.#ringOf(role);
      this.#rings[i] = ring;
      const pixels = plot.width * this.#fineness;
      const fillLine = isDense(line, ring, this.view, pixels) && decimation.code?.fillLine;
      (fillLine || fillSamples)(line, ring, this.view, pixels, { log });
      const { times, length } = line;
      if (length > 1) closest = Math.min(closest, (times[length - 1]! - times[0]!) / (length - 1));
    }
    const least = this.#lines[0]?.marked ? markDistance.off : markDistance.on;
    const marked = closest / this.#msPerPixel / ratio >= least;
    for (const line of this.#lines) line.marked = marked;
    // Sums have no place on a logarithmic axis: its foot would be the foot of one of them only.
    const code = this.#options.stacked && !log ? stacking.code : undefined;
    this.#isStacked = code !== undefined;
    this.#drawn = code ? this.#stacked(code.Stack) : this.#lines;
  }

  #stacked(Stack: new () => Stack): readonly Line[] {
    const drawn: Line[] = [...this.#lines];
    for (const [scale] of this.lineup.sides.entries()) {
      const places = [...this.lineup.roles.keys()].filter(
        (i) => this.lineup.roles[i]!.scale === scale,
      );
      const lines = places.map((i) => this.#lines[i]!);
      this.#stacks[scale] ??= new Stack();
      const layers = this.#stacks[scale].fill(lines, this.view, this.#pixels);
      for (const [j, i] of places.entries()) drawn[i] = layers[j]!;
    }
    return drawn;
  }

  #ringOf({ track, rates }: Role): Ring {
    return this.#older?.ringFor(track.series) ?? track.shown(rates ? "rates" : "values");
  }

  #viewWanted(now: number): View {
    const { extent } = this.#options;
    const { held } = this.#viewport;
    if (held) return heldView(held, this.#pixels);
    const serverNow = now + this.#source.clock.offsetAt(now);
    if (extent.kind === "points") return pointsView(this.#rolesOn(), extent.count, serverNow);
    const delay = this.#delayMs(now);
    return spanView(serverNow, this.#spanWanted(), this.#pixels, delay, this.#calm());
  }

  #delayMs(now: number): number {
    const { delay } = this.#options;
    return delay === "auto" ? this.#source.clock.delayAt(now) : delay;
  }

  #rescale(now: number, height: number): void {
    const { y, language } = this.#options;
    const { locale } = language;
    const heights = this.#viewport.held?.y;
    for (const [i] of this.lineup.sides.entries()) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const [j, role] of this.lineup.roles.entries()) {
        if (role.scale !== i) continue;
        const line = this.#extremes(j);
        if (line.min < min) min = line.min;
        if (line.max > max) max = line.max;
      }
      const unit = this.#unitOf(i);
      const thresholds = this.#valuesOn(this.lineup.sides[i]!);
      this.#axes[i]!.next(min, max, height, now, { y, unit, locale, thresholds, heights });
    }
  }

  /** An axis goes as far as its own thresholds, not the other's. */
  #valuesOn(side: "left" | "right"): number[] {
    const isOwn = ({ right }: Threshold) =>
      this.lineup.sides.length === 1 || right === (side === "right");
    return this.#thresholds.filter(isOwn).flatMap(({ value, to = value }) => [value, to]);
  }

  #extremes(i: number): { readonly min: number; readonly max: number } {
    return this.#isStacked ? (this.#drawn[i] as StackedLine) : this.#lines[i]!;
  }

  /** Of the series on an axis, if they agree. */
  #unitOf(scale: number): string | undefined {
    const [first, ...others] = this.lineup.roles.filter((role) => role.scale === scale);
    return others.every(({ unit }) => unit === first?.unit) ? first?.unit : undefined;
  }

  #timeTicks(plot: Rect, { ratio, roomLeft, roomRight, measure }: Surroundings): readonly Tick[] {
    const width = plot.width / ratio;
    const { zone: timeZone, locale } = this.#options.language;
    return timeTicks(this.view, {
      ...{ width, roomLeft: roomLeft(), roomRight: roomRight(), measure },
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(locale === undefined ? {} : { locale }),
    });
  }

  #spanWanted(): number {
    const { extent } = this.#options;
    return extent.kind === "span"
      ? extent.ms
      : autoSpan(isOurs(this.#source.url) ? [] : this.#rolesOn());
  }

  #rolesOn(): Track[] {
    return this.lineup.roles.map(({ track }) => track);
  }
}
