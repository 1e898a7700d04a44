import type { Change } from "@plotcast/client";
import { momentText } from "./format.ts";
import { Layout } from "./layout.ts";
import { Legend } from "./legend.ts";
import type { Options } from "./options.ts";
import { Picture } from "./picture.ts";
import type { CreateRenderer, Frame, Renderer } from "./renderer.ts";
import type { Drawable } from "./schedule.ts";
import type { Source } from "./source.ts";
import { chipOf, messageOf, type Situation, sentence } from "./status.ts";
import { fontSize, lineStyles, sameTheme, type Theme, ThemeProbe } from "./theme.ts";
import { outlineText, Tooltip } from "./tooltip.ts";

/** New data are drawn at most this often where the window itself moves more slowly. */
const slowestBeatMs = 250;
const fastestBeatMs = 16;
/** Figures that change faster cannot be read. */
const legendBeatMs = 250;
/** A connection that is back by then was hardly lost: data that are in sight need no explanation. */
const noteAfterMs = 3000;
/** A screen reader is told at most this often that the state has changed. */
const spokenBeatMs = 10_000;

export type ChartParts = {
  readonly root: ShadowRoot;
  readonly source: Source;
  readonly options: Options;
  readonly createRenderer: CreateRenderer;
  /** Asks for a drawing. */
  readonly wake: () => void;
  readonly signal: AbortSignal;
};

/** One chart on the screen: says when it must be drawn, and has everything drawn that is part of it. */
export class Chart implements Drawable {
  readonly layout: Layout;
  readonly #source: Source;
  readonly #picture: Picture;
  readonly #renderer: Renderer;
  readonly #probe: ThemeProbe;
  readonly #legend = new Legend();
  readonly #tooltip: Tooltip;
  readonly #measure = textMeasure();
  readonly #wake: () => void;
  #options: Options;
  #theme: Theme | undefined;
  #size = { width: 0, height: 0, ratio: 1 };
  #visible = false;
  /** To be drawn once although out of sight: pages are printed, and photographed in full. */
  #owed = true;
  #dirty = { series: true, spec: true, theme: true, size: true, view: true };
  #known = 0;
  #fresh = true;
  #freshDrawnAt = Number.NEGATIVE_INFINITY;
  #legendAt = Number.NEGATIVE_INFINITY;
  #legendLate = false;
  #secondAt = 0;
  #spokenAt = Number.NEGATIVE_INFINITY;
  #spoken = "";

  constructor({ root, source, options, createRenderer, wake, signal }: ChartParts) {
    this.#source = source;
    this.#options = options;
    this.#picture = new Picture(source, options);
    this.#wake = wake;
    this.layout = new Layout(this.#legend.element);
    this.#tooltip = new Tooltip(this.layout.plot, () => this.#invalidate("view"), signal);
    this.layout.plot.append(this.#tooltip.element);
    root.replaceChildren(this.layout.figure);
    this.#probe = new ThemeProbe(this.layout.figure, () => this.#invalidate("theme"), signal);
    this.#renderer = createRenderer(this.layout.canvas, signal);
    this.#showTitles();
    this.#showStatus(Date.now());
  }

  get options(): Options {
    return this.#options;
  }

  setOptions(options: Options): void {
    this.#options = options;
    this.#picture.setOptions(options);
    this.#dirty.view = true;
    this.#invalidate("series");
  }

  /** Off-screen charts are drawn once, when they have another size, history or series; not live. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (!visible) return;
    // What has no box has no transitions: of what happened meanwhile nobody was told.
    this.#dirty.theme = true;
    this.#invalidate("view");
  }

  /** Draws at once, wherever it is. */
  drawNow(): void {
    this.#owed = true;
    this.#dirty.view = true;
    this.draw(Date.now());
  }

  /** Of the plot and its axes, in device pixels. */
  setSize(width: number, height: number, ratio: number): void {
    this.#size = { width, height, ratio };
    this.#owed = true;
    this.#invalidate("size");
  }

  /** The source has taken in a change. */
  changed(change: Change): void {
    const { type } = change;
    if (type === "status" || type === "notice") this.#secondAt = 0;
    else this.#fresh = true;
    if (type === "history" && change.done) this.#owed = true;
    // Units may have changed; and a source of someone else may not introduce its series.
    if (type === "series" || this.#source.tracks.size !== this.#known) this.#dirty.series = true;
    this.#known = this.#source.tracks.size;
    this.#wake();
  }

  dueAt(now: number): number {
    if (this.#dirty.series) return now;
    const legendAt = this.#legendLate ? this.#legendAt + legendBeatMs : Number.POSITIVE_INFINITY;
    return Math.min(this.#pictureAt(now), legendAt, this.#secondAt);
  }

  draw(now: number): void {
    const { series } = this.#dirty;
    if (series) this.#chooseSeries();
    if (this.#pictureAt(now) <= now) this.#drawPicture(now);
    this.#showLegend(now, series);
    this.#showStatus(now);
  }

  /**
   * When the picture will be another one; hardly ever while nobody can see it. Texts are kept up to
   * date then too, once a second: they are read aloud and searched for out of sight as well.
   */
  #pictureAt(now: number): number {
    const { width, height } = this.#size;
    if (width <= 0 || height <= 0) return Number.POSITIVE_INFINITY;
    if (!this.#visible) return this.#owed ? now : Number.POSITIVE_INFINITY;
    const { spec, theme, size, view } = this.#dirty;
    if (spec || theme || size || view) return now;
    const dataAt = this.#fresh ? this.#freshDrawnAt + this.#beatMs() : Number.POSITIVE_INFINITY;
    return Math.min(dataAt, this.#picture.movesAt(now));
  }

  #chooseSeries(): void {
    const others = this.#picture.choose();
    this.#showTitles();
    this.#dirty.series = false;
    if (others) this.#owed = this.#dirty.spec = true;
  }

  #drawPicture(now: number): void {
    const { spec, theme, size } = this.#dirty;
    this.#dirty = { series: false, spec: false, theme: false, size: false, view: false };
    if (this.#fresh) this.#freshDrawnAt = now;
    this.#fresh = this.#owed = false;
    const restyled = theme && this.#useTheme();
    if (spec || restyled) this.#configure(this.#theme!);
    if (size) this.#renderer.resize(this.#size.width, this.#size.height, this.#size.ratio);
    const frame = this.#picture.frame(now, this.#surroundings());
    this.#renderer.draw(frame);
    this.#showTooltip(frame);
  }

  /**
   * While the window slides, it takes new data with it at each pixel: drawing them in between costs
   * another frame and shows nothing. Data that are drawn for the first time in a while do not wait.
   */
  #beatMs(): number {
    const { extent } = this.#options;
    if (extent.kind === "points") return fastestBeatMs;
    return Math.max(fastestBeatMs, Math.min(this.#picture.msPerPixel, slowestBeatMs));
  }

  #invalidate(what: "series" | "theme" | "size" | "view"): void {
    this.#dirty[what] = true;
    this.#wake();
  }

  /** Whether it is another one. */
  #useTheme(): boolean {
    const theme = this.#probe.read();
    if (sameTheme(theme, this.#theme)) return false;
    this.#theme = theme;
    this.#measure.font = `${fontSize}px ${theme.fontFamily}`;
    return true;
  }

  #configure(theme: Theme): void {
    const { tracks, looks } = this.#picture;
    const series = tracks.map((track) => track.series);
    this.#renderer.configure({ ...theme, lines: lineStyles(series, looks, theme) });
  }

  #showTitles(): void {
    const { names, unit } = this.#picture;
    const { title, yTitle } = this.#options;
    const what = names.length === 0 ? "no series yet" : names.slice(0, 10).join(", ");
    this.layout.setTitles(title, yTitle || (unit ?? ""), `Line chart: ${what}`);
    this.layout.figure.ariaLabel = title || "Live chart";
  }

  #surroundings() {
    const { width, height, ratio } = this.#size;
    return {
      ratio,
      plotRect: (labels: number) => this.layout.plotRect(width, height, ratio, labels),
      roomLeft: () => this.layout.roomLeft,
      roomRight: () => this.layout.roomRight,
      measure: (text: string) => this.#measure.measureText(text).width,
    };
  }

  #showTooltip(frame: Frame): void {
    const { tracks, names, looks } = this.#picture;
    const series = tracks.map((track, i) => ({
      series: track.series,
      name: names[i]!,
      look: looks[i]!,
      ring: track.ring,
      text: (value: number) => this.#picture.text(track, value),
    }));
    const fine = tracks.some(({ ring }) => ring.cadence.medianMs < 1000);
    this.#tooltip.update(frame, series, this.#size.ratio, (time) => momentText(time, fine));
  }

  #showLegend(now: number, atOnce: boolean): void {
    this.#legendLate = !atOnce && now - this.#legendAt < legendBeatMs;
    if (this.#legendLate) return;
    this.#legendAt = now;
    const { tracks, names, looks, hidden } = this.#picture;
    const entries = tracks.map((track, i) => {
      const { series, ring, seenAt } = track;
      const last = ring.values.at(-1) ?? Number.NaN;
      const value = Number.isNaN(last) ? "–" : this.#picture.text(track, last);
      const stale = now - seenAt > Math.max(ring.cadence.silenceMs, 5000);
      const decimals = this.#picture.decimals(track);
      return { series, name: names[i]!, look: looks[i]!, value, decimals, stale };
    });
    this.#legend.update(entries, hidden);
  }

  #showStatus(now: number): void {
    this.#secondAt = (Math.floor(now / 1000) + 1) * 1000;
    const situation = this.#situation(now);
    const chip = chipOf(situation);
    const problem = this.#options.problems[0];
    const message = problem
      ? ({
          tone: "warn",
          title: "An attribute was not understood",
          detail: `${sentence(problem)} What is shown does without it.`,
        } as const)
      : messageOf(situation);
    const hints = [...this.#source.notices.values()];
    if (this.#picture.outlined.length > 0) hints.push(outlineText);
    this.layout.setChip(chip, hints.join("\n"));
    const early = situation.drawn && !problem && now - situation.since < noteAfterMs;
    this.layout.setMessage(early ? undefined : message, situation.drawn);
    const spoken = message?.title ?? chip.text.replace(/\d.*/, "");
    if (spoken === this.#spoken || now - this.#spokenAt < spokenBeatMs) return;
    this.#spoken = spoken;
    this.#spokenAt = now;
    this.layout.speak(spoken);
  }

  #situation(now: number): Situation {
    const { status, since, url, told } = this.#source;
    const known = told && this.#picture.tracks.length > 0;
    let newestAt: number | undefined;
    let expectedMs: number | undefined;
    for (const { ring, seenAt } of this.#picture.tracks) {
      if (ring.length > 0 && seenAt > (newestAt ?? Number.NEGATIVE_INFINITY)) newestAt = seenAt;
      const median = ring.cadence.medianMs;
      if (median < (expectedMs ?? Number.POSITIVE_INFINITY)) expectedMs = median;
    }
    // Out of sight nothing is drawn, which is no news.
    const drawn = this.#visible ? this.#picture.drawn : newestAt !== undefined;
    return { status, since, now, newestAt, known, expectedMs, drawn, url };
  }
}

function textMeasure(): CanvasRenderingContext2D {
  return document.createElement("canvas").getContext("2d")!;
}
