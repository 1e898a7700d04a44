// What runs in the browser: legend, bands, thresholds and annotations around a drawing made by hand.
import { type Marks, parseThresholds, readAnnotations } from "../../packages/chart/src/children.ts";
import { make } from "../../packages/chart/src/dom.ts";
import type { Layout } from "../../packages/chart/src/layout.ts";
import type { PartHost } from "../../packages/chart/src/part.ts";
import { annotationsCss, createAnnotations } from "../../packages/chart/src/parts/annotations.ts";
import { bandsCss, createBands } from "../../packages/chart/src/parts/bands.ts";
import { fakeScale, fakeScene } from "../../packages/chart/src/parts/fake-scene.ts";
import { Legend, legendCss } from "../../packages/chart/src/parts/legend.ts";
import { plotBoxCss } from "../../packages/chart/src/parts/plot-box.ts";
import { createThresholds, thresholdsCss } from "../../packages/chart/src/parts/thresholds.ts";
import type { YScale } from "../../packages/chart/src/renderer.ts";
import type { Band } from "../../packages/chart/src/scene.ts";
import { css } from "../../packages/chart/src/styles.ts";

export type Drawing = {
  readonly bands?: readonly Band[];
  readonly view?: { readonly from: number; readonly to: number };
  readonly scale?: Partial<YScale>;
  readonly thresholds?: string;
  readonly annotations?: readonly { readonly at: number }[];
};

class ReadingChart extends HTMLElement {
  readonly off = new Set<string>();
  readonly #legend = new Legend({ off: this.off, setOff: (series) => this.setOff(series) });
  readonly #under = make("div", "under");
  readonly #over = make("div", "over");
  #marks: Marks = { thresholds: [], annotations: [] };
  #figures: readonly number[] = [];
  readonly #parts;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      [css, plotBoxCss, bandsCss, thresholdsCss, annotationsCss, legendCss].join("\n"),
    );
    root.adoptedStyleSheets = [sheet];
    const plot = make("div", "plot", this.#under, make("div", "canvas"), this.#over);
    plot.style.height = "200px";
    root.append(make("figure", "figure", make("div", "head"), plot, this.#legend.element));
    const layout = { under: this.#under, over: this.#over } as Pick<Layout, "under" | "over">;
    const host = { layout } as PartHost;
    const marks = () => this.#marks;
    this.#parts = [
      createBands(host),
      createThresholds(host, marks),
      createAnnotations(host, marks),
    ];
  }

  /** How many changes of the document it took. */
  draw({ bands = [], view, scale = {}, thresholds = "", annotations = [] }: Drawing): number {
    const observer = new MutationObserver(() => {});
    const what = { subtree: true, childList: true, attributes: true, characterData: true };
    observer.observe(this.shadowRoot!, what);
    const key = JSON.stringify([thresholds, annotations]);
    if (key !== this.#key) {
      this.#marks = {
        thresholds: parseThresholds(thresholds, []),
        annotations: readAnnotations(annotations, []),
      };
    }
    this.#key = key;
    const samples = [[0, 1]] as const;
    const scene = fakeScene([{ name: "s", samples, unit: "°C" }], {
      ...{ bands, scales: [fakeScale(scale)] },
      ...(view && { view }),
    });
    for (const part of this.#parts) part.update(scene);
    const changes = observer.takeRecords().length;
    observer.disconnect();
    return changes;
  }
  #key = "";

  /** A legend of as many series as there are values. */
  list(values: readonly number[], hidden = 0): void {
    this.#figures = values;
    const samples = [[0, 1]] as const;
    const series = values.map((_, i) => ({ name: `series ${i}`, samples, unit: "W" }));
    const { series: drawn } = fakeScene(series, {});
    const entries = drawn.map((one, i) => {
      const last = values[i]!;
      const figures = { last, min: last - 1, max: last + 1, mean: last };
      return { ...one, figures, off: this.off.has(one.series) };
    });
    this.#legend.update(entries, { width: this.clientWidth, now: 0, hidden });
  }

  setOff(series: Iterable<string>): void {
    const all = [...series];
    this.off.clear();
    for (const one of all) this.off.add(one);
    this.list(this.#figures);
  }

  /** Boxes of elements of a class, relative to the plot's left edge and top. */
  boxes(name: string) {
    const origin = this.#under.getBoundingClientRect();
    return [...this.shadowRoot!.querySelectorAll(`.${name}`)]
      .filter((element) => getComputedStyle(element).visibility === "visible")
      .map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return { left: left - origin.left - 48, top: top - origin.top - 8, width, height };
      });
  }

  texts(name: string): string[] {
    return [...this.shadowRoot!.querySelectorAll(`.${name}`)]
      .filter((element) => getComputedStyle(element).display !== "none")
      .map(({ textContent }) => textContent);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "reading-chart": ReadingChart;
  }
}

customElements.define("reading-chart", ReadingChart);
