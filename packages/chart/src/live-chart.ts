import { type Change, followShared, isOurs } from "@plotcast/client";
import { attributeNames } from "./attributes.ts";
import { Chart } from "./chart.ts";
import { type Follow, joinSource, type Retention, type Source } from "./data/source.ts";
import { eventOf } from "./events.ts";
import { marks, nothingTold } from "./extras.ts";
import { languageOf, watchLanguage } from "./language.ts";
import { Lazy } from "./lazy.ts";
import type { Told } from "./marks.ts";
import { observe } from "./observe.ts";
import { type Options, parseOptions } from "./options.ts";
import { pageScheduler } from "./schedule.ts";
import { parseSourceOptions } from "./source-options.ts";
import { addSheet, css } from "./styles.ts";
import type { View } from "./window.ts";

// On a server there are no elements; importing this module there must still work.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

const combined = new Lazy(() => import("./data/combined-source.ts"));

const viewAttribute = new Lazy(() => import("./view-attribute.ts"));

/** With another of these the source is another one, or is read in another way; a group is joined for good. */
const sourceAttributes: readonly string[] = [
  ...["src", "sync", "poll"],
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
  #joined: Source | undefined;
  #off: AbortController | undefined;
  #children: MutationObserver | undefined;
  /** Asked for before there was a chart to show it. */
  #view: View | undefined;
  /** The attribute, as it was last heeded. */
  #viewText = "";
  #viewProblems: readonly string[] = [];
  #annotations: unknown;
  #told: Told = nothingTold;
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
    void this.#startWhenTold();
    this.#children = new MutationObserver((records) => {
      const isOwn = ({ type, target }: MutationRecord) => type === "attributes" && target === this;
      if (!records.every(isOwn)) void this.#readChildren();
    });
    const all = { childList: true, subtree: true, attributes: true, characterData: true };
    this.#children.observe(this, all);
  }

  disconnectedCallback(): void {
    this.#view = this.view;
    this.#children?.disconnect();
    this.#off?.abort();
    this.#chart = this.#joined = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#chart || before === after) return;
    if (sourceAttributes.includes(name)) this.#start();
    else this.#setOptions();
    if (name === "view") void this.#readView();
    if (name === "thresholds" || name === "zone") void this.#readChildren();
  }

  /** Nobody must see what is to be held follow first, or what has its address from a child have none. */
  async #startWhenTold(): Promise<void> {
    const read = this.#readChildren();
    const text = () => this.getAttribute("view") ?? "";
    // An element that is moved looks where it looked; and what was set as a property counts.
    if (this.#view) this.#viewText = text();
    else if (text() !== this.#viewText) await this.#readView();
    if (!this.hasAttribute("src") && this.childElementCount > 0) await read;
    if (!this.isConnected || this.#chart) return;
    if (!this.#view && text() !== this.#viewText) await this.#readView();
    if (this.isConnected && !this.#chart) this.#start();
  }

  async #readView(): Promise<void> {
    const text = this.getAttribute("view") ?? "";
    const problems: string[] = [];
    const view = (await viewAttribute.load())?.parseView(text, problems);
    if (!this.isConnected) return;
    if (text !== (this.getAttribute("view") ?? "")) return this.#readView();
    this.#viewText = text;
    this.#viewProblems = problems;
    this.view = view;
    this.#setOptions();
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
    // Until it is there, the chart before it would say what is wanted.
    this.#chart = undefined;
    this.#joined = this.#join(options, signal);
    this.#chart = new Chart({
      ...{ element: this, root, options, told: this.#told, signal },
      source: this.#joined,
      wake: () => scheduler.wake(),
      viewChanged: () => this.#tellView(),
    });
    if (view) this.#chart.viewport.hold(view);
    observe(this.#chart.layout.plot, this.#chart, signal);
    watchLanguage(this, () => this.#setOptions(), signal);
    scheduler.add(this.#chart, signal);
  }

  /** Goes with what is asked for, and grows while somebody looks at what they cannot get again. */
  #retention(first: Options, url: string): Retention {
    const wanted = () => retentionOf(this.#chart?.options ?? first);
    // A server of ours can be asked for it again.
    const held = () => (isOurs(url) ? 0 : (this.#chart?.heldMs ?? 0));
    return {
      get spanMs() {
        return wanted().spanMs;
      },
      get samples() {
        return wanted().samples;
      },
      get keptMs() {
        return Math.min(mostKeptMs, Math.max(wanted().spanMs + mostDelayMs, held()));
      },
    };
  }

  #join(options: Options, signal: AbortSignal): Source {
    const { urls, plain, poll } = this.#sourceOptions();
    this.#urls = urls.join(" ");
    const how = {
      pixels: innerWidth * devicePixelRatio,
      ...(Object.keys(plain).length > 0 ? { plain } : {}),
      ...(poll === undefined ? {} : { poll }),
    };
    const join = (url: string, follow: Follow): Source => {
      const retention = this.#retention(options, url);
      const changed = (change: Change) => this.#take(change, source);
      const source = joinSource({ url, follow, ...how }, { retention, changed, signal });
      return source;
    };
    if (urls.length === 0) return join("", followNothing);
    // Several are one to a chart. Without the code for that there is only the first.
    const code = urls.length > 1 ? combined.code : undefined;
    const own = (code ? urls : urls.slice(0, 1)).map((url) => join(url, this.#source));
    return own.length > 1 ? code!.combineSources(own) : own[0]!;
  }

  #take(change: Change, source: Source): void {
    this.#chart?.changed(change, source);
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
    if (!isAsked && this.#told === nothingTold) return;
    const code = await marks.load();
    if (!code) return;
    const { zone } = this.#options().language;
    this.#told = code.readTold(this, this.#annotations, zone);
    if (!this.#chart) return;
    if (this.#sourceOptions().urls.join(" ") !== this.#urls) this.#start();
    else this.#setOptions();
  }

  #setOptions(): void {
    this.#chart?.setOptions(this.#options(), this.#told);
    // More of what was may be shown now than is held.
    this.#joined?.recall();
  }

  #sourceOptions() {
    const more = this.#told.rules.flatMap(({ src }) => src ?? []);
    // An address that cannot be one is refused by `follow`, and the chart says so.
    return parseSourceOptions((name) => this.getAttribute(name), more, document.baseURI);
  }

  #options(): Options {
    const options = parseOptions((name) => this.getAttribute(name), languageOf(this));
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
function retentionOf({ extent, delay }: Options): Pick<Retention, "spanMs" | "samples"> {
  const delayMs = delay === "auto" ? 0 : delay;
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
