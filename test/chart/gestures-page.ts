import { Layout } from "../../packages/chart/src/layout.ts";
import { parseOptions } from "../../packages/chart/src/options.ts";
import type { Part, PartHost } from "../../packages/chart/src/part.ts";
import { backToLiveCss, createBackToLive } from "../../packages/chart/src/parts/back-to-live.ts";
import { fakeScene } from "../../packages/chart/src/parts/fake-scene.ts";
import { createGestures, gesturesCss } from "../../packages/chart/src/parts/gestures.ts";
import type { Scene } from "../../packages/chart/src/scene.ts";
import { css } from "../../packages/chart/src/styles.ts";
import { type Held, Viewport } from "../../packages/chart/src/viewport.ts";

/** A chart without data that follows one minute, and what gestures make of that. */
class GesturesChart extends HTMLElement {
  readonly viewport = new Viewport(
    () => this.#update(),
    () => ({ from: -600_000, to: 60_000 }),
  );
  scene: Scene | undefined;
  clicks = 0;
  readonly #off = new AbortController();
  #parts: Part[] = [];

  connectedCallback(): void {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([css, gesturesCss, backToLiveCss].join("\n"));
    root.adoptedStyleSheets = [sheet];
    const layout = new Layout(document.createElement("div"));
    root.replaceChildren(layout.figure);
    layout.canvas.tabIndex = 0;
    layout.plot.addEventListener("click", () => this.clicks++);
    const options = parseOptions((name) => this.getAttribute(name));
    const host = {
      ...{ element: this, layout, viewport: this.viewport, signal: this.#off.signal },
      options: () => options,
      scene: () => this.scene,
      redraw: () => this.#update(),
    } as unknown as PartHost;
    this.#parts = [createGestures(host), createBackToLive(host)];
    this.#update();
  }

  get held(): Held | undefined {
    return this.viewport.held;
  }

  arrive(samples: number): void {
    this.viewport.arrived(samples);
    this.#update();
  }

  end(): void {
    this.#off.abort();
  }

  /** Fingers: not every browser lets a test have some. */
  touch(type: string, id: number, x: number, y: number): void {
    const plot = this.shadowRoot!.querySelector(".canvas")!;
    const box = plot.getBoundingClientRect();
    const lifted = type === "pointerup" || type === "pointercancel";
    plot.dispatchEvent(
      new PointerEvent(type, {
        ...{ bubbles: true, composed: true, pointerType: "touch", pointerId: id },
        ...{ isPrimary: id === 1, button: type === "pointermove" ? -1 : 0 },
        ...{ buttons: lifted ? 0 : 1, clientX: box.left + x, clientY: box.top + y },
      }),
    );
  }

  #update(): void {
    this.scene = fakeScene([], { view: this.viewport.held ?? { from: 0, to: 60_000 } });
    for (const part of this.#parts) part.update(this.scene);
  }
}

customElements.define("gestures-chart", GesturesChart);

declare global {
  interface HTMLElementTagNameMap {
    "gestures-chart": GesturesChart;
  }
}
