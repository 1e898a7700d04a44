import type { Change } from "@plotcast/client";
import type { Archives } from "./data/archives.ts";
import type { Source } from "./data/source.ts";
import { Lazy } from "./lazy.ts";
import type { Told } from "./marks.ts";
import type { Part, PartHost } from "./part.ts";
import type { Facts } from "./parts/info.ts";
import type { Picture } from "./picture.ts";
import type { ReadingParts } from "./reading.ts";
import type { ChartSpec } from "./renderer.ts";
import type { GroupVoice } from "./sync.ts";
import type { View } from "./window.ts";

/** First the lines, then what is done with them. */
const readMs = 1000;

const archives = new Lazy(() => import("./data/archives.ts"));
const groups = new Lazy(() => import("./sync.ts"));
export const marks = new Lazy(() => import("./marks.ts"));
const readings = new Lazy(() => import("./reading.ts"));

/** An element that says nothing beside its options. */
export const nothingTold: Told = { rules: [], problems: [], thresholds: [], annotations: [] };

/** What the extras of a chart need of it, beyond what any part sees. */
export type ExtrasTools = {
  readonly picture: Picture;
  readonly told: () => Told;
  readonly facts: () => Omit<Facts, "guesses">;
  /** What the renderer was last told. */
  readonly spec: () => ChartSpec | undefined;
  /** The chart has one more part. */
  readonly add: (part: Part) => void;
};

/** What most charts do without most of the time: each is loaded when something asks for it. */
export class Extras {
  readonly #host: PartHost;
  readonly #tools: ExtrasTools;
  #voice: GroupVoice | undefined;
  #reading: Promise<ReadingParts | undefined> | undefined;
  #archives: Archives | undefined;
  #marked = false;

  constructor(host: PartHost, tools: ExtrasTools) {
    this.#host = host;
    this.#tools = tools;
    this.#readLater();
  }

  /** The stretch of time that can be looked at. */
  get reach(): View {
    if (this.#archives) return this.#archives.reach;
    const to = Date.now() + this.#host.source.clock.offsetMs;
    return { from: Number.NEGATIVE_INFINITY, to };
  }

  /** Why there is nothing older; undefined: there is, or nobody knows. */
  get nothingOlder(): string | undefined {
    return this.#archives?.problem;
  }

  /** A source has taken in a change. */
  take(change: Change, source: Source): void {
    this.#archives?.take(change, source);
  }

  /** Takes what is asked for and not there at once, once it is there. */
  equip(): void {
    const { signal, options, viewport } = this.#host;
    const { sync } = options();
    const { thresholds, annotations } = this.#tools.told();
    if (sync !== "" && !this.#voice) {
      this.#voice = groups.code?.joinGroup(sync, this.#member(), signal);
      if (viewport.held) this.#voice?.look(viewport.held);
    }
    const isMarked = thresholds.length + annotations.length > 0;
    const code = isMarked && !this.#marked ? marks.code : undefined;
    if (!code) return;
    this.#marked = true;
    this.#tools.add(code.createMarks(this.#host, this.#tools.told));
  }

  /** Where somebody looks is another place now. */
  looks(): void {
    const { held } = this.#host.viewport;
    this.#voice?.look(held);
    if (held) void this.#lookBack();
    if (held) void this.reading();
  }

  /** What can be taken away of it, and what somebody sees who looks closer. */
  reading(): Promise<ReadingParts | undefined> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** What is held shows only what was followed; the server has more. */
  async #lookBack(): Promise<void> {
    const { source, signal, redraw } = this.#host;
    const code = await archives.load();
    if (!code || this.#archives || signal.aborted) return;
    const { picture } = this.#tools;
    const shown = () => picture.asked;
    this.#archives = new code.Archives({ source, shown, changed: redraw, signal });
    picture.setOlder(this.#archives);
    redraw();
  }

  #member() {
    const { viewport } = this.#host;
    return {
      pointed: (time: number | undefined) => {
        if (time !== undefined || this.#reading)
          void this.reading().then((it) => it?.pointed(time));
      },
      looked: (view: View | undefined) => {
        if (view) viewport.hold(view);
        else viewport.follow();
      },
    };
  }

  /** What only someone who looks closer needs is loaded when someone does. */
  #readLater(): void {
    const { layout, signal } = this.#host;
    const come = async (event: Event) => {
      if (this.#reading || readings.failedLately) return;
      const { target } = event;
      const reading = await this.reading();
      // It was for what has just come that it was loaded.
      if (reading && event instanceof PointerEvent)
        target?.dispatchEvent(new PointerEvent("pointermove", event));
    };
    // What appears under a pointer must be there already where there is none.
    if (matchMedia("(hover: none)").matches)
      setTimeout(() => !signal.aborted && this.reading(), readMs);
    for (const type of ["pointerover", "pointerdown", "focusin"]) {
      layout.figure.addEventListener(type, come, { signal });
    }
  }

  async #read(): Promise<ReadingParts | undefined> {
    const code = await readings.load();
    const { told, facts, spec, add } = this.#tools;
    if (!code) {
      this.#reading = undefined;
      return undefined;
    }
    const reading = code.createReading(this.#host, {
      ...{ facts, spec, marks: told },
      point: (time) => this.#voice?.point(time),
    });
    if (!this.#host.signal.aborted) add(reading);
    return reading;
  }
}
