import { type Change, isOurs } from "@plotcast/client";
import type { Archive } from "./data/archive.ts";
import type { Source } from "./data/source.ts";
import { Layout } from "./layout.ts";
import { Lazy, missesCode, onLoaded } from "./lazy.ts";
import type { Told } from "./marks.ts";
import type { Options } from "./options.ts";
import type { CreatePart, Part, PartHost } from "./part.ts";
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
import type { GroupVoice } from "./sync.ts";
import { timeTitle } from "./text/zone-name.ts";
import { samplesIn, Viewport } from "./viewport.ts";

/** New data are drawn at most this often where the window itself moves more slowly. */
const slowestBeatMs = 250;
const fastestBeatMs = 16;
/** Figures that change faster cannot be read. */
const legendBeatMs = 250;
/** First the lines, then what is done with them. */
const readMs = 1000;
/** What is drawn waits so long for parts that it needs, and then does without. */
const patienceMs = 2000;

const archive = new Lazy(() => import("./data/archive.ts"));
const groups = new Lazy(() => import("./sync.ts"));
export const marks = new Lazy(() => import("./marks.ts"));
const readings = new Lazy(() => import("./reading.ts"));

/** What is asked for beside the options: by children, by properties. */
export type Extras = Told;

export const noExtras: Extras = { rules: [], problems: [], thresholds: [], annotations: [] };

export type ChartParts = {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  readonly source: Source;
  readonly options: Options;
  readonly extras: Extras;
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
  readonly #wake: () => void;
  #voice: GroupVoice | undefined;
  #reading: Promise<ReadingParts | undefined> | undefined;
  #archive: Archive | undefined;
  #marked = false;
  #incompleteSince: number | undefined;
  #options: Options;
  #extras: Extras;
  #scene: Scene | undefined;
  #visible = false;
  /** To be drawn once although out of sight: pages are printed, and photographed in full. */
  #owed = true;
  #dirty = { series: true, picture: true };
  #known = 0;
  #fresh = true;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #freshDrawnAt = Number.NEGATIVE_INFINITY;
  #drawingMs = Number.NaN;
  #legendAt = Number.NEGATIVE_INFINITY;
  #legendLate = false;
  #secondAt = 0;
  #rendererProblem: string | undefined;

  constructor({ element, root, source, options, extras, ...told }: ChartParts) {
    const { wake, viewChanged, signal } = told;
    this.#source = source;
    this.#options = options;
    this.#extras = extras;
    this.#wake = wake;
    const off = this.#off;
    this.viewport = new Viewport(
      () => this.#looks(viewChanged),
      () => this.#reach(),
    );
    this.#legend = new Legend({ off, setOff: (series) => this.#setOff(series) });
    this.layout = new Layout(this.#legend.element);
    const { layout, viewport } = this;
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const calm = () => still.matches;
    this.#picture = new Picture({ source, viewport, off, calm }, options, extras.rules);
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
    onLoaded(() => {
      this.#secondAt = 0;
      this.#equip();
      changed();
    }, signal);
    this.#useRenderer();
    watchRenderers((name) => this.#registered(name), signal);
    this.#add(createBands);
    this.#readLater();
    this.setOptions(options, extras);
    this.#showStatus(Date.now());
  }

  get options(): Options {
    return this.#options;
  }

  setOptions(options: Options, extras: Extras): void {
    const { renderer } = this.#options;
    this.#options = options;
    this.#extras = extras;
    this.#picture.setOptions(options, extras.rules);
    this.#picture.setThresholds(extras.thresholds);
    if (options.renderer !== renderer) this.#useRenderer();
    this.#equip();
    this.#showTitles();
    this.#secondAt = 0;
    this.#dirty.picture = true;
    this.#invalidate("series");
  }

  /**
   * How far back must be kept for what is held here, of a source that cannot be asked for it again;
   * 0: no further than anyway.
   */
  get heldMs(): number {
    const { held } = this.viewport;
    const { url, isCombined } = this.#source;
    if (!held || (isOurs(url) && !isCombined)) return 0;
    return Date.now() + this.#source.clock.offsetMs - held.from;
  }

  /** What can be taken away of it, and what somebody sees who looks closer: loaded when first asked for. */
  reading(): Promise<ReadingParts | undefined> {
    this.#reading ??= this.#read();
    return this.#reading;
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
    this.draw(Date.now());
  }

  /** Of the plot and its axes, in device pixels. */
  setSize(width: number, height: number, ratio: number): void {
    this.#owed = true;
    this.#stage.resize(width, height, ratio);
  }

  /** The page can draw more now, or less. */
  qualityChanged(): void {
    this.#secondAt = 0;
    this.#picture.setFineness(pageScheduler().quality.fineness);
    this.#invalidate("picture");
  }

  /** The source has taken in a change. */
  changed(change: Change): void {
    const { type } = change;
    this.#archive?.take(change);
    if (type === "status" || type === "notice") this.#secondAt = 0;
    else this.#fresh = true;
    if (type === "samples") this.viewport.arrived(samplesIn(change.columns, this.#isShown));
    if (type === "history" && change.done) this.#owed = true;
    // Units may have changed; and a source of someone else may not introduce its series.
    if (type === "series" || this.#source.tracks.size !== this.#known) this.#dirty.series = true;
    this.#known = this.#source.tracks.size;
    this.#wake();
  }

  dueAt(now: number): number {
    if (now < this.#drawnAt) this.#restartBeats();
    if (this.#dirty.series) return now;
    const legendAt = this.#legendLate ? this.#legendAt + legendBeatMs : Number.POSITIVE_INFINITY;
    return Math.min(this.#pictureAt(now), legendAt, this.#secondAt);
  }

  draw(now: number): void {
    const { series } = this.#dirty;
    if (series) this.#chooseSeries();
    if (this.#pictureAt(now) <= now) this.#drawPicture(now);
    this.#showLegend(now, series);
    if (this.#secondAt <= now) this.#showStatus(now);
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

  /** The clock of this machine was set back: what was due by it would be due much too late. */
  #restartBeats(): void {
    this.#drawnAt = this.#freshDrawnAt = this.#legendAt = Number.NEGATIVE_INFINITY;
    this.#secondAt = 0;
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
    for (const part of this.#parts) part.update(this.#scene);
  }

  /** Undefined while it would be another one without parts that are on their way. */
  #frame(now: number): Frame | undefined {
    let frame: Frame | undefined;
    const misses = missesCode(() => {
      this.#equip();
      frame = this.#picture.frame(now, this.#surroundings());
    });
    this.#incompleteSince = misses ? (this.#incompleteSince ?? now) : undefined;
    return misses && now - this.#incompleteSince! < patienceMs ? undefined : frame;
  }

  /** Takes what is asked for and not there at once, once it is there. */
  #equip(): void {
    const { signal } = this.#host;
    const { sync } = this.#options;
    const { thresholds, annotations } = this.#extras;
    if (sync !== "" && !this.#voice) {
      this.#voice = groups.code?.joinGroup(sync, this.#member(), signal);
      if (this.viewport.held) this.#voice?.look(this.viewport.held);
    }
    const isMarked = thresholds.length + annotations.length > 0;
    const code = isMarked && !this.#marked ? marks.code : undefined;
    if (!code) return;
    this.#marked = true;
    this.#add((host) => code.createMarks(host, () => this.#extras));
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
    this.#legendAt = Number.NEGATIVE_INFINITY;
    this.#invalidate("picture");
  }

  #useRenderer(): void {
    const { renderer } = this.#options;
    this.#rendererProblem = undefined;
    this.#stage.use(rendererOf(renderer)).catch((error: Error) => {
      this.#rendererProblem = error.message;
      this.#secondAt = 0;
      void this.#stage.use(rendererOf(defaultRenderer));
    });
  }

  #registered(name: string): void {
    if (name === this.#options.renderer) this.#useRenderer();
  }

  /** Where somebody looks is another place now. */
  #looks(viewChanged: () => void): void {
    const { held } = this.viewport;
    this.#secondAt = 0;
    this.#invalidate("picture");
    this.#voice?.look(held);
    if (held) void this.#lookBack();
    if (held) void this.reading();
    viewChanged();
  }

  /** What is held shows only what was followed; the server has more. */
  async #lookBack(): Promise<void> {
    // Of several sources only one could be asked, and what it does not know would seem to be gone.
    if (this.#source.isCombined) return;
    const code = await archive.load();
    const { signal } = this.#host;
    if (!code || this.#archive || signal.aborted) return;
    this.#archive = new code.Archive({
      url: this.#source.url,
      shown: () => this.#picture.asked,
      now: () => Date.now() + this.#source.clock.offsetMs,
      changed: () => this.#invalidate("picture"),
      signal,
    });
    this.#picture.setOlder(this.#archive);
    this.#invalidate("picture");
  }

  #reach() {
    if (this.#archive) return this.#archive.reach;
    return { from: Number.NEGATIVE_INFINITY, to: Date.now() + this.#source.clock.offsetMs };
  }

  #member() {
    return {
      pointed: (time: number | undefined) => {
        if (time !== undefined || this.#reading)
          void this.reading().then((it) => it?.pointed(time));
      },
      looked: (view: { readonly from: number; readonly to: number } | undefined) => {
        if (view) this.viewport.hold(view);
        else this.viewport.follow();
      },
    };
  }

  /** What only someone who looks closer needs is loaded when someone does. */
  #readLater(): void {
    const { figure } = this.layout;
    const { signal } = this.#host;
    const come = async (event: Event) => {
      if (this.#reading) return;
      const { target } = event;
      await this.reading();
      // It was for what has just come that it was loaded.
      if (event instanceof PointerEvent)
        target?.dispatchEvent(new PointerEvent("pointermove", event));
    };
    // What appears under a pointer must be there already where there is none.
    if (matchMedia("(hover: none)").matches)
      setTimeout(() => !signal.aborted && this.reading(), readMs);
    for (const type of ["pointerover", "pointerdown", "focusin"]) {
      figure.addEventListener(type, come, { signal });
    }
  }

  async #read(): Promise<ReadingParts | undefined> {
    const code = await readings.load();
    if (!code) {
      this.#reading = undefined;
      return undefined;
    }
    const reading = code.createReading(this.#host, {
      facts: () => this.#facts(),
      spec: () => this.#stage.spec,
      marks: () => this.#extras,
      point: (time) => this.#voice?.point(time),
    });
    if (!this.#host.signal.aborted) this.#parts.push(reading);
    this.#invalidate("picture");
    return reading;
  }

  #add(create: CreatePart): void {
    this.#parts.push(create(this.#host));
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

  #showLegend(now: number, atOnce: boolean): void {
    this.#legendLate = !atOnce && now - this.#legendAt < legendBeatMs;
    if (this.#legendLate || !this.#scene) return;
    this.#legendAt = now;
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
    this.#secondAt = (Math.floor(now / 1000) + 1) * 1000;
    const { problems } = this.#extras;
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
    const state = this.viewport.held && this.#archive?.state;
    if (state && state.state === "error") hints.push(`Nothing older: ${state.reason}`);
    return hints;
  }
}
