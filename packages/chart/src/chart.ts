import type { Change } from "@plotcast/client";
import { Beat, nextPhase } from "./beat.ts";
import type { Source } from "./data/source.ts";
import { guarded } from "./errors.ts";
import { Extras } from "./extras.ts";
import { Layout } from "./layout.ts";
import { missesCode, onLoaded } from "./lazy.ts";
import type { Told } from "./marks.ts";
import type { Options } from "./options.ts";
import type { Part, PartHost } from "./part.ts";
import { createBands } from "./parts/bands.ts";
import { Legend } from "./parts/legend.ts";
import { StatusLine } from "./parts/status-line.ts";
import { type LabelWidths, Picture } from "./picture.ts";
import { qualityText } from "./pressure.ts";
import type { ReadingParts } from "./reading.ts";
import type { Frame } from "./renderer.ts";
import { defaultRenderer, rendererOf } from "./renderers/choice.ts";
import { watchRenderers } from "./renderers/registry.ts";
import type { Scene } from "./scene.ts";
import { type Drawable, pageScheduler } from "./schedule.ts";
import { Stage } from "./stage.ts";
import { timeTitle } from "./text/zone-name.ts";
import { samplesIn, Viewport } from "./viewport.ts";

/** New data are drawn at most this often, unless the window moves: it does with them, or they with it. */
const slowestBeatMs = 250;
const fastestBeatMs = 16;
/** Figures that change faster cannot be read. */
const legendBeatMs = 500;
const statusBeatMs = 1000;
/** What is drawn waits so long for parts that it needs, and then does without. */
const patienceMs = 2000;

export type ChartParts = {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  readonly source: Source;
  readonly options: Options;
  readonly told: Told;
  /** Asks for a drawing. */
  readonly wake: () => void;
  readonly viewChanged: () => void;
  readonly signal: AbortSignal;
};

/** One chart on the screen: says when it must be drawn, and has everything drawn that is part of it. */
export class Chart implements Drawable {
  readonly layout: Layout;
  readonly viewport: Viewport;
  readonly #source: Source;
  readonly #picture: Picture;
  readonly #stage: Stage;
  readonly #legend: Legend;
  readonly #status: StatusLine;
  readonly #host: PartHost;
  readonly #parts: Part[] = [];
  readonly #off = new Set<string>();
  readonly #extras: Extras;
  readonly #wake: () => void;
  #incompleteSince: number | undefined;
  #options: Options;
  #told: Told;
  #scene: Scene | undefined;
  /** Whether that has been drawn and told to nobody yet. */
  #untold = false;
  #visible = false;
  /** To be drawn once although out of sight: pages are printed, and photographed in full. */
  #owed = true;
  #dirty = { series: true, picture: true };
  #known = 0;
  #fresh = true;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #freshDrawnAt = Number.NEGATIVE_INFINITY;
  #drawingMs = Number.NaN;
  // Not all legends of a page in one frame.
  readonly #legendBeat = new Beat(legendBeatMs, nextPhase());
  #legendLate = false;
  readonly #statusBeat = new Beat(statusBeatMs);
  #rendererProblem: string | undefined;

  constructor({ element, root, source, options, told, ...page }: ChartParts) {
    const { wake, viewChanged, signal } = page;
    this.#source = source;
    this.#options = options;
    this.#told = told;
    this.#wake = wake;
    const off = this.#off;
    this.viewport = new Viewport(
      () => this.#looks(viewChanged),
      () => this.#extras.reach,
    );
    this.#legend = new Legend({ off, setOff: (series) => this.#setOff(series) });
    this.layout = new Layout(this.#legend.element);
    const { layout, viewport } = this;
    this.#picture = new Picture(
      { source, viewport, off, calm: isCalm(signal) },
      options,
      told.rules,
    );
    root.replaceChildren(layout.figure);
    const changed = () => this.#invalidate("picture");
    this.#stage = new Stage(layout.figure, layout.canvas, changed, signal);
    this.#status = new StatusLine(layout, source, viewport);
    this.#host = {
      ...{ element, layout, viewport, source, off, signal },
      options: () => this.#options,
      scene: () => this.#scene,
      redraw: changed,
      setOff: (series) => this.#setOff(series),
    };
    this.#extras = new Extras(this.#host, {
      ...{ picture: this.#picture, told: () => this.#told, facts: () => this.#facts() },
      spec: () => this.#stage.spec,
      add: (part) => this.#add(part),
    });
    onLoaded(() => {
      this.#statusBeat.hurry();
      this.#extras.equip();
      changed();
    }, signal);
    this.#useRenderer();
    watchRenderers((name) => this.#registered(name), signal);
    this.#add(createBands(this.#host));
    this.setOptions(options, told);
    this.#showStatus(Date.now());
  }

  get options(): Options {
    return this.#options;
  }

  setOptions(options: Options, told: Told): void {
    const { renderer } = this.#options;
    this.#options = options;
    this.#told = told;
    this.#picture.setOptions(options, told.rules);
    this.#picture.setThresholds(told.thresholds);
    if (options.renderer !== renderer) this.#useRenderer();
    this.#extras.equip();
    this.#showTitles();
    this.#statusBeat.hurry();
    this.#dirty.picture = true;
    this.#invalidate("series");
  }

  /** How far back is what is held here; 0: it follows. */
  get heldMs(): number {
    const { held } = this.viewport;
    if (!held) return 0;
    return Date.now() + this.#source.clock.offsetMs - held.from;
  }

  /** What can be taken away of it: loaded when first asked for. */
  reading(): Promise<ReadingParts | undefined> {
    return this.#extras.reading();
  }

  /** Off-screen charts are drawn once, when they have another size, history or series; not live. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    // What has no box has no transitions: of what happened meanwhile nobody was told.
    if (visible) this.#stage.restyle();
  }

  /** Draws at once, wherever it is. */
  drawNow(): void {
    this.#owed = this.#dirty.picture = true;
    const now = Date.now();
    this.draw(now);
    this.tell(now);
  }

  /** Of the plot and its axes, in device pixels. */
  setSize(width: number, height: number, ratio: number): void {
    this.#owed = true;
    this.#stage.resize(width, height, ratio);
  }

  /** The page can draw more now, or less. */
  qualityChanged(): void {
    this.#statusBeat.hurry();
    this.#picture.setFineness(pageScheduler().quality.fineness);
    this.#invalidate("picture");
  }

  /** A source has taken in a change: that of the chart, or one of its parts. */
  changed(change: Change, source: Source): void {
    const { type } = change;
    this.#extras.take(change, source);
    if (type === "status" || type === "notice") this.#statusBeat.hurry();
    else this.#fresh = true;
    if (type === "samples") this.viewport.arrived(samplesIn(change.columns, this.#isShown));
    if (type === "history" && change.done) this.#owed = true;
    // Units may have changed; and a source of someone else may not introduce its series.
    if (type === "series" || this.#source.tracks.size !== this.#known) this.#dirty.series = true;
    this.#known = this.#source.tracks.size;
    this.#wake();
  }

  dueAt(now: number): number {
    // The clock of this machine was set back: what was due by it would be due much too late.
    if (now < this.#drawnAt) this.#drawnAt = this.#freshDrawnAt = Number.NEGATIVE_INFINITY;
    if (this.#dirty.series) return now;
    return Math.min(this.#pictureAt(now), this.#legendAt(now), this.#statusBeat.nextAt(now));
  }

  draw(now: number): void {
    if (this.#dirty.series) {
      this.#chooseSeries();
      this.#legendBeat.hurry();
    }
    if (this.#pictureAt(now) <= now) this.#drawPicture(now);
    else if (!this.#visible && this.#fresh && this.#statusBeat.nextAt(now) <= now)
      this.#survey(now);
  }

  tell(now: number): void {
    const isSecond = this.#statusBeat.nextAt(now) <= now;
    const scene = this.#untold ? this.#scene : undefined;
    this.#untold = false;
    // What has come, and once a second what has not.
    if (scene || isSecond) this.#legendLate = true;
    if (scene) for (const part of this.#parts) guarded(() => part.update(scene));
    this.#showLegend(now);
    if (isSecond) this.#showStatus(now);
  }

  /** A legend that is late waits for the next drawing, if that is soon: a frame of its own costs more. */
  #legendAt(now: number): number {
    if (!this.#legendLate || !this.#scene) return Number.POSITIVE_INFINITY;
    return this.#legendBeat.nextAt(now) + slowestBeatMs;
  }

  /**
   * When the picture will be another one; hardly ever while nobody can see it. Texts are kept up to
   * date then too, once a second: they are read aloud and searched for out of sight as well.
   */
  #pictureAt(now: number): number {
    if (!this.#stage.ready) return Number.POSITIVE_INFINITY;
    if (!this.#visible) return this.#owed ? now : Number.POSITIVE_INFINITY;
    if (this.#dirty.picture) return now;
    const dataAt = this.#fresh ? this.#freshDrawnAt + this.#beatMs() : Number.POSITIVE_INFINITY;
    return Math.min(dataAt, this.#picture.movesAt(now));
  }

  #chooseSeries(): void {
    const others = this.#picture.choose();
    this.#showTitles();
    this.#dirty.series = false;
    if (!others) return;
    this.#owed = true;
    this.#stage.recast();
  }

  #drawPicture(now: number): void {
    this.#dirty.series = false;
    this.#stage.prepare(this.#picture.lineup);
    const frame = this.#frame(now);
    if (!frame) {
      // Lines have been filled that nobody draws: what has changed since is not known any more.
      this.#stage.recast();
      return;
    }
    if (this.#fresh) this.#freshDrawnAt = now;
    this.#dirty.picture = this.#fresh = this.#owed = false;
    this.#drawingMs = now - this.#drawnAt;
    this.#drawnAt = now;
    this.#stage.draw(frame);
    this.#scene = this.#picture.scene(now, frame, this.#stage.size.ratio);
    this.#untold = true;
  }

  /** Finds out what would be drawn, for those who read a chart that is out of sight. */
  #survey(now: number): void {
    const frame = this.#scene && this.#stage.ready ? this.#frame(now) : undefined;
    if (!frame) return;
    this.#fresh = false;
    this.#scene = this.#picture.scene(now, frame, this.#stage.size.ratio);
    // What has changed since the last drawing is not known any more.
    this.#stage.recast();
  }

  /** Undefined while it would be another one without parts that are on their way. */
  #frame(now: number): Frame | undefined {
    let frame: Frame | undefined;
    const misses = missesCode(() => {
      this.#extras.equip();
      frame = this.#picture.frame(now, this.#surroundings());
    });
    this.#incompleteSince = misses ? (this.#incompleteSince ?? now) : undefined;
    return misses && Math.abs(now - this.#incompleteSince!) < patienceMs ? undefined : frame;
  }

  /**
   * While the window slides, it takes new data with it at each pixel: drawing them in between costs
   * another frame and shows nothing. Data that are drawn for the first time in a while do not wait.
   */
  #beatMs(): number {
    return this.#options.extent.kind === "points" ? fastestBeatMs : slowestBeatMs;
  }

  #invalidate(what: "series" | "picture"): void {
    this.#dirty[what] = true;
    this.#wake();
  }

  readonly #isShown = (series: string): boolean =>
    !this.#off.has(series) && (this.#options.selection?.matches(series) ?? true);

  #setOff(series: Iterable<string>): void {
    const wanted = [...series];
    this.#off.clear();
    for (const one of wanted) this.#off.add(one);
    this.#legendBeat.hurry();
    this.#invalidate("picture");
  }

  #useRenderer(): void {
    const { renderer } = this.#options;
    this.#rendererProblem = undefined;
    this.#stage.use(rendererOf(renderer)).catch((error: Error) => {
      this.#rendererProblem = error.message;
      this.#statusBeat.hurry();
      void this.#stage.use(rendererOf(defaultRenderer));
    });
  }

  #registered(name: string): void {
    if (name === this.#options.renderer) this.#useRenderer();
  }

  /** Where somebody looks is another place now. */
  #looks(viewChanged: () => void): void {
    this.#statusBeat.hurry();
    this.#invalidate("picture");
    this.#extras.looks();
    viewChanged();
  }

  #add(part: Part): void {
    this.#parts.push(part);
    this.#invalidate("picture");
  }

  #facts() {
    const { clock } = this.#source;
    const { renderer, delay } = this.#options;
    return {
      ...{ renderer, latencyMs: clock.latencyMs },
      delayMs: delay === "auto" ? clock.delayAt(Date.now()) : delay,
      drawingHz: Number.isNaN(this.#drawingMs) ? undefined : 1000 / this.#drawingMs,
    };
  }

  #showTitles(): void {
    const { lineup } = this.#picture;
    const { title, size, language } = this.#options;
    const names = lineup.roles.map(({ name }) => name);
    const what = names.length === 0 ? "no series yet" : names.slice(0, 10).join(", ");
    const xTitle = timeTitle(language.zone);
    this.layout.setTitles(title, xTitle, `Line chart: ${what}`);
    this.#showUnits();
    this.layout.setName(title || "Live chart");
    this.layout.setSpark(size === "spark");
  }

  #surroundings() {
    const { width, height, ratio } = this.#stage.size;
    return {
      ratio,
      plotRect: (labels: LabelWidths) => this.layout.plotRect(width, height, ratio, labels),
      roomLeft: () => this.layout.roomLeft,
      roomRight: () => this.layout.roomRight,
      measure: (text: string) => this.#stage.measure(text),
    };
  }

  #showLegend(now: number): void {
    if (!this.#scene || !this.#legendLate || this.#legendBeat.nextAt(now) > now) return;
    this.#legendLate = false;
    this.#legendBeat.done(now);
    const { series, ratio } = this.#scene;
    const width = this.#stage.size.width / ratio;
    this.#legend.update(series, { width, now, hidden: this.#picture.lineup.hidden });
    this.#showUnits();
  }

  #showUnits(): void {
    // Of a picture that was not drawn.
    if (this.#incompleteSince !== undefined) return;
    const { left, right } = this.#picture.yTitles;
    this.layout.setYTitles(this.#options.yTitle || left, right);
  }

  #showStatus(now: number): void {
    this.#statusBeat.done(now);
    const { problems } = this.#told;
    const renderer = this.#rendererProblem === undefined ? [] : [this.#rendererProblem];
    this.#status.show({
      ...{ now, options: this.#options, scene: this.#scene },
      roles: this.#picture.lineup.roles,
      drawn: this.#visible ? this.#picture.drawn : undefined,
      problems: [...this.#options.problems, ...problems, ...renderer],
      hints: this.#hints(),
    });
  }

  #hints(): string[] {
    const hints: string[] = [];
    const { quality } = pageScheduler();
    if (quality.hz < 60) hints.push(qualityText(quality));
    const { unloggable } = this.#picture;
    if (unloggable > 0) hints.push(`${unloggable} samples that are not above zero are not drawn.`);
    const { nothingOlder } = this.#extras;
    if (this.viewport.held && nothingOlder) hints.push(`Nothing older: ${nothingOlder}`);
    return hints;
  }
}

/** Whether the reader wants less motion, now: a browser that is asked itself takes its time to answer. */
function isCalm(signal: AbortSignal): () => boolean {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let { matches } = still;
  still.addEventListener("change", () => ({ matches } = still), { signal });
  return () => matches;
}
