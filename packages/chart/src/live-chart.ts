import { type Change, followShared } from "@plotcast/client";
import { attributeNames } from "./attributes.ts";
import { Chart, marks, noExtras } from "./chart.ts";
import { type Follow, joinSource, type Retention, type Source } from "./data/source.ts";
import { eventOf } from "./events.ts";
import { Lazy } from "./lazy.ts";
import type { Told } from "./marks.ts";
import { observe } from "./observe.ts";
import { type Options, parseOptions } from "./options.ts";
import { pageScheduler } from "./schedule.ts";
import { parseSourceOptions } from "./source-options.ts";
import { addSheet, css } from "./styles.ts";
import type { Extent, View } from "./window.ts";

// On a server there are no elements; importing this module there must still work.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

const combined = new Lazy(() => import("./data/combined-source.ts"));

const viewAttribute = new Lazy(() => import("./view-attribute.ts"));

/** With another of these the source is another one, is read in another way, or must hold more. */
const sourceAttributes: readonly string[] = [
  ...["src", "window", "span", "delay", "sync", "poll"],
  ...["time-field", "time-format", "source-zone", "fields", "events"],
];

/** How far behind a window ends by itself, at most: so much more is kept. */
const mostDelayMs = 5000;
/** What somebody holds for longer than this is pruned after all: nobody may be there any more. */
const mostKeptMs = 24 * 3600e3;

/**
 * `<live-chart src="…">`: a live chart of any SSE endpoint that sends JSON.
 *
 * A lifecycle and nothing else: from the document to the parts and back. One switch ends everything.
 */
export class LiveChart extends Element {
  static readonly observedAttributes: readonly string[] = attributeNames;

  #source: Follow = followShared;
  #chart: Chart | undefined;
  #off: AbortController | undefined;
  #children: MutationObserver | undefined;
  /** Asked for before there was a chart to show it. */
  #view: View | undefined;
  #viewProblems: readonly string[] = [];
  #annotations: unknown;
  #told: Told = noExtras;
  #urls = "";

  /**
   * How changes are had: `followShared` of `@plotcast/client`, or for tests anything that yields the
   * same.
   */
  get source(): Follow {
    return this.#source;
  }

  set source(source: Follow) {
    this.#source = source;
    if (this.isConnected) this.#start();
  }

  /** The stretch of time it is held at, Unix ms; undefined while it follows. Setting it holds it there. */
  get view(): View | undefined {
    const held = this.#chart ? this.#chart.viewport.held : this.#view;
    return held && { from: held.from, to: held.to };
  }

  set view(view: View | undefined) {
    const now = this.view;
    // Told what it has told itself, it keeps the heights it is held at too.
    if (view && now && view.from === now.from && view.to === now.to) return;
    this.#view = view;
    if (view) this.#chart?.viewport.hold(view);
    else this.#chart?.viewport.follow();
  }

  /** What is marked in time: an array of `{ at, to, label, tone }`, of which only `at` must be there. */
  get annotations(): unknown {
    return this.#annotations;
  }

  set annotations(annotations: unknown) {
    this.#annotations = annotations;
    void this.#readChildren();
  }

  /** What is drawn, gaps included, as CSV text. Undefined while nothing is. */
  async toCSV(): Promise<string | undefined> {
    return (await this.#chart?.reading())?.csv();
  }

  /** The picture as the text of an SVG file. Undefined while there is none. */
  async toSVG(): Promise<string | undefined> {
    return (await this.#chart?.reading())?.svg();
  }

  /** The picture as a PNG file, two pixels for each. Undefined while there is none. */
  async toPNG(): Promise<Blob | undefined> {
    return (await this.#chart?.reading())?.png();
  }

  connectedCallback(): void {
    for (const name of ["source", "view", "annotations"] as const) this.#adopt(name);
    if (this.#view || !this.hasAttribute("view")) this.#start();
    else void this.#readView();
    this.#children = new MutationObserver((records) => {
      const isOwn = ({ type, target }: MutationRecord) => type === "attributes" && target === this;
      if (!records.every(isOwn)) void this.#readChildren();
    });
    const all = { childList: true, subtree: true, attributes: true, characterData: true };
    this.#children.observe(this, all);
    void this.#readChildren();
  }

  disconnectedCallback(): void {
    this.#view = this.view;
    this.#children?.disconnect();
    this.#off?.abort();
    this.#chart = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#chart || before === after) return;
    if (sourceAttributes.includes(name)) this.#start();
    else this.#chart.setOptions(this.#options(), this.#told);
    if (name === "view") void this.#readView();
    if (name === "thresholds" || name === "zone") void this.#readChildren();
  }

  /** Starts only then, if it has not: what is held from the start must not be seen to follow. */
  async #readView(): Promise<void> {
    const text = this.getAttribute("view") ?? "";
    const problems: string[] = [];
    const view = (await viewAttribute.load())?.parseView(text, problems);
    if (!this.isConnected) return;
    if (text !== (this.getAttribute("view") ?? "")) return this.#readView();
    this.#viewProblems = problems;
    this.view = view;
    if (this.#chart) this.#chart.setOptions(this.#options(), this.#told);
    else this.#start();
  }

  /** What was set before the element was defined would hide its accessor for ever. */
  #adopt(name: "source" | "view" | "annotations"): void {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  #start(): void {
    this.#off?.abort();
    this.#off = new AbortController();
    const { signal } = this.#off;
    if (this.#sourceOptions().urls.length < 2 || combined.code) this.#begin(signal);
    else void combined.load().then(() => signal.aborted || this.#begin(signal));
  }

  #begin(signal: AbortSignal): void {
    const { view } = this;
    const options = this.#options();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    addSheet(root, css);
    const scheduler = pageScheduler();
    this.#chart = new Chart({
      ...{ element: this, root, options, extras: this.#told, signal },
      source: this.#join(options, signal),
      wake: () => scheduler.wake(),
      viewChanged: () => this.#tellView(),
    });
    if (view) this.#chart.viewport.hold(view);
    observe(this.#chart.layout.plot, this.#chart, signal);
    scheduler.add(this.#chart, signal);
  }

  /** What is kept grows while somebody looks at it who cannot get it again. */
  #retention({ extent, delay }: Options): Retention {
    const base = retentionOf(extent, delay === "auto" ? 0 : delay);
    const held = () => this.#chart?.heldMs ?? 0;
    return {
      ...base,
      get keptMs() {
        return Math.min(mostKeptMs, Math.max(base.spanMs + mostDelayMs, held()));
      },
    };
  }

  #join(options: Options, signal: AbortSignal): Source {
    const { urls, plain, poll } = this.#sourceOptions();
    this.#urls = urls.join(" ");
    const member = {
      ...{ retention: this.#retention(options), signal },
      changed: (change: Change) => this.#take(change),
    };
    const how = {
      pixels: innerWidth * devicePixelRatio,
      ...(Object.keys(plain).length > 0 ? { plain } : {}),
      ...(poll === undefined ? {} : { poll }),
    };
    if (urls.length === 0) return joinSource({ url: "", follow: followNothing, ...how }, member);
    // Several are one to a chart. Without the code for that there is only the first.
    const code = urls.length > 1 ? combined.code : undefined;
    const own = (code ? urls : urls.slice(0, 1)).map((url) =>
      joinSource({ url, follow: this.#source, ...how }, member),
    );
    return own.length > 1 ? code!.combineSources(own) : own[0]!;
  }

  #take(change: Change): void {
    this.#chart?.changed(change);
    const event = eventOf(change, this.#chart?.options.selection);
    if (event) this.dispatchEvent(event);
  }

  #tellView(): void {
    this.dispatchEvent(new CustomEvent("viewchange", { detail: this.view }));
  }

  /** Children say what most charts do without; what reads and draws it is loaded when there is any. */
  async #readChildren(): Promise<void> {
    const isAsked =
      this.childElementCount > 0 ||
      this.hasAttribute("thresholds") ||
      this.#annotations !== undefined;
    if (!isAsked && this.#told === noExtras) return;
    const code = await marks.load();
    if (!code) return;
    const { zone } = this.#options().language;
    this.#told = code.readTold(this, this.#annotations, zone);
    if (!this.#chart) return;
    if (this.#sourceOptions().urls.join(" ") !== this.#urls) this.#start();
    else this.#chart.setOptions(this.#options(), this.#told);
  }

  #sourceOptions() {
    const more = this.#told.rules.flatMap(({ src }) => src ?? []);
    // An address that cannot be one is refused by `follow`, and the chart says so.
    return parseSourceOptions((name) => this.getAttribute(name), more, document.baseURI);
  }

  #options(): Options {
    const options = parseOptions((name) => this.getAttribute(name));
    return {
      ...options,
      problems: [...options.problems, ...this.#viewProblems, ...this.#sourceOptions().problems],
    };
  }
}

/** Adds `<live-chart>` to the page, once; does nothing where there are no pages. */
export function defineLiveChart(name = "live-chart"): void {
  const registry = globalThis.customElements;
  if (registry && !registry.get(name)) registry.define(name, LiveChart);
}

async function* followNothing(): AsyncGenerator<Change> {
  yield { type: "status", status: { state: "refused", code: 0, reason: "no address to follow" } };
}

// A moment more than is shown, so that nothing is missing at the left edge.
function retentionOf(extent: Extent, delayMs: number): Retention {
  switch (extent.kind) {
    case "points":
      return { spanMs: 0, samples: extent.count + 1 };
    case "span":
      return { spanMs: extent.ms + delayMs, samples: 2 };
    case "auto":
      return { spanMs: 60_000 + delayMs, samples: 1000 };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "live-chart": LiveChart;
  }
}
