import { type Change, followShared } from "@plotcast/client";
import { Chart } from "./chart.ts";
import { eventOf } from "./events.ts";
import { observe } from "./observe.ts";
import { parseOptions } from "./options.ts";
import { createUplotRenderer, uplotCss } from "./renderers/uplot.ts";
import { pageScheduler } from "./schedule.ts";
import { type Follow, joinSource, type Retention } from "./source.ts";
import { chartSheets, css } from "./styles.ts";
import type { Extent } from "./window.ts";

// On a server there are no elements; importing this module there must still work.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<live-chart src="…">`: a live chart of any SSE endpoint that sends JSON.
 *
 * A lifecycle and nothing else: from the document to the parts and back. One switch ends everything.
 */
export class LiveChart extends Element {
  static readonly observedAttributes = ["src", "window", "span", "title", "y-title", "series"];

  #source: Follow = followShared;
  #chart: Chart | undefined;
  #off: AbortController | undefined;

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

  connectedCallback(): void {
    // Set before the element was defined, it would hide the accessor for ever.
    if (Object.hasOwn(this, "source")) {
      const { source } = this;
      Reflect.deleteProperty(this, "source");
      this.#source = source;
    }
    this.#start();
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#chart = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    if (name === "src" || name === "span" || name === "window") this.#start();
    else this.#chart?.setOptions(this.#options());
  }

  #start(): void {
    this.#off?.abort();
    this.#off = new AbortController();
    const { signal } = this.#off;
    const options = this.#options();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = chartSheets(css, uplotCss);
    const scheduler = pageScheduler();
    const url = this.#url();
    const follow = url === "" ? followNothing : this.#source;
    const source = joinSource(
      { url, follow, pixels: innerWidth * devicePixelRatio },
      { retention: retentionOf(options.extent), signal, changed: (change) => this.#take(change) },
    );
    this.#chart = new Chart({
      root,
      source,
      options,
      createRenderer: createUplotRenderer,
      wake: () => scheduler.wake(),
      signal,
    });
    observe(this.#chart.layout.plot, this.#chart, signal);
    scheduler.add(this.#chart, signal);
  }

  #take(change: Change): void {
    this.#chart?.changed(change);
    const event = eventOf(change, this.#chart?.options.selection);
    if (event) this.dispatchEvent(event);
  }

  // An address that cannot be one is refused by `follow`, and the chart says so.
  #url(): string {
    const src = this.getAttribute("src")?.trim() ?? "";
    if (src === "") return "";
    return URL.parse(src, document.baseURI)?.href ?? src;
  }

  #options() {
    return parseOptions((name) => this.getAttribute(name));
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
function retentionOf(extent: Extent): Retention {
  switch (extent.kind) {
    case "points":
      return { spanMs: 0, samples: extent.count + 1 };
    case "span":
      return { spanMs: extent.ms, samples: 2 };
    case "auto":
      return { spanMs: 60_000, samples: 1000 };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "live-chart": LiveChart;
  }
}
