import { SourceClock } from "../../packages/chart/src/data/clock.ts";
import { pngOf } from "../../packages/chart/src/export/png.ts";
import { snapshotOf } from "../../packages/chart/src/export/snapshot.ts";
import { Layout } from "../../packages/chart/src/layout.ts";
import { parseOptions } from "../../packages/chart/src/options.ts";
import type { PartHost } from "../../packages/chart/src/part.ts";
import { Cursor, cursorCss } from "../../packages/chart/src/parts/cursor.ts";
import { fakeScene, fakeSpec } from "../../packages/chart/src/parts/fake-scene.ts";
import { createInfo, infoCss } from "../../packages/chart/src/parts/info.ts";
import { createMenu, menuCss } from "../../packages/chart/src/parts/menu.ts";
import { panelCss } from "../../packages/chart/src/parts/panel.ts";
import { createTable, tableCss } from "../../packages/chart/src/parts/table.ts";
import type { Scene } from "../../packages/chart/src/scene.ts";
import { css } from "../../packages/chart/src/styles.ts";
import { Viewport } from "../../packages/chart/src/viewport.ts";

/*
 * A chart without source and renderer: what tests hand it as drawn is what its parts are told. The
 * real layout and styles are around them.
 */

type Series = Parameters<typeof fakeScene>[0];
type More = Parameters<typeof fakeScene>[1];

class PartsChart extends HTMLElement {
  readonly times: (number | undefined)[] = [];
  readonly viewport = new Viewport(() => {});
  cursor: Cursor | undefined;
  scene: Scene | undefined;
  now = 0;
  #off = new AbortController();
  #later: { at: number; call: () => void }[] = [];
  #parts: { update(scene: Scene): void }[] = [];
  #snapshot: () => string | undefined = () => undefined;

  connectedCallback(): void {
    this.#off = new AbortController();
    const { signal } = this.#off;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([css, panelCss, cursorCss, tableCss, infoCss, menuCss].join("\n"));
    root.adoptedStyleSheets = [sheet];
    const layout = new Layout(document.createElement("div"));
    root.replaceChildren(layout.figure);
    const options = parseOptions((name) => this.getAttribute(name));
    layout.setTitles(options.title, "Time", "Line chart: a, b");
    layout.setYTitles("°C", "");
    layout.figure.setAttribute("aria-label", options.title);
    const host: PartHost = {
      ...{ element: this, layout, viewport: this.viewport, signal },
      source: this.#source(),
      options: () => options,
      scene: () => this.scene,
      redraw: () => this.#update(),
      off: new Set<string>(),
      setOff: () => {},
    };
    this.cursor = new Cursor(host, {
      now: () => this.now,
      later: (call, ms) => void this.#later.push({ at: this.now + ms, call }),
    });
    this.cursor.onTime = (time) => void this.times.push(time);
    const table = createTable(host);
    const info = createInfo(host, () => ({
      ...{ guesses: [{ what: "Unit", found: "°C", from: "guessed", attribute: "unit" }] as const },
      ...{ renderer: "canvas", drawingHz: 10, latencyMs: 120, delayMs: 250 },
    }));
    this.#snapshot = () =>
      snapshotOf(host, fakeSpec(["a", "b"]), { thresholds: [], annotations: [] });
    const tools = { table, info, snapshot: this.#snapshot, script: "/live-chart.js" };
    this.#parts = [this.cursor, table, info, createMenu(host, tools)];
  }

  disconnectedCallback(): void {
    this.#off.abort();
  }

  /** As if this had been drawn, at the time that is the end of the view. */
  draw(series: Series, more?: More): void {
    this.scene = fakeScene(series, more);
    this.now = this.scene.now;
    this.#update();
  }

  /** Time passes: what was to be called later is called. */
  pass(ms: number): void {
    this.now += ms;
    const due = this.#later.filter(({ at }) => at <= this.now);
    this.#later = this.#later.filter((one) => !due.includes(one));
    for (const { call } of due) call();
  }

  get spoken(): string {
    const regions = this.shadowRoot!.querySelectorAll<HTMLElement>(".over .spoken");
    return [...regions].map((region) => region.textContent).join("");
  }

  get svg(): string {
    return this.#snapshot() ?? "";
  }

  /** Width, height and how many pixels have a colour. */
  async png(): Promise<number[]> {
    const bitmap = await createImageBitmap(await pngOf(this.svg));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let colored = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
      if (Math.max(r, g, b) - Math.min(r, g, b) > 40) colored++;
    }
    return [width, height, colored, data[0]!];
  }

  #update(): void {
    const { scene } = this;
    if (!scene) return;
    this.scene = { ...scene, now: this.now };
    for (const part of this.#parts) part.update(this.scene);
  }

  #source(): PartHost["source"] {
    const clock = new SourceClock();
    return {
      ...{ url: "http://localhost/v1/stream", tracks: new Map(), clock, outlines: [], since: 0 },
      ...{ status: { state: "live" }, told: true, notices: new Map() },
    } as unknown as PartHost["source"];
  }
}

customElements.define("parts-chart", PartsChart);

declare global {
  interface HTMLElementTagNameMap {
    "parts-chart": PartsChart;
  }
}
