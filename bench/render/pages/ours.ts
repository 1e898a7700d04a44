import { defineLiveChart, type Follow, registerRenderer } from "@plotcast/chart";
import { createChartjsRenderer } from "@plotcast/chart/chartjs";
import { createEchartsRenderer } from "@plotcast/chart/echarts";
import type { Change } from "@plotcast/client";
import { rendererOf } from "../../../packages/chart/src/renderers/choice.ts";
import { type Batch, type Build, counted } from "./setup.ts";

registerRenderer("chartjs", async () => createChartjsRenderer);
registerRenderer("echarts", async () => createEchartsRenderer);

/** `<live-chart>` with one of its renderers, fed as a source feeds it. */
export function ours(renderer: string): Build {
  return async (host, setup, tally) => {
    const create = await rendererOf(renderer);
    const name = `counted-${renderer}`;
    registerRenderer(name, async () => (box, signal) => {
      const inner = create(box, signal);
      return {
        configure: (spec) => inner.configure(spec),
        resize: (width, height, ratio) => inner.resize(width, height, ratio),
        draw: (frame) => counted(tally, () => inner.draw(frame)),
      };
    });
    defineLiveChart();
    const chart = document.createElement("live-chart");
    const queue = new Queue();
    chart.source = queue.follow;
    chart.setAttribute("src", `https://bench.invalid/${Math.random()}`);
    chart.setAttribute("span", `${setup.spanMs / 1000}s`);
    chart.setAttribute("renderer", name);
    chart.setAttribute("delay", "0");
    chart.style.width = `${setup.width}px`;
    host.append(chart);
    fitPlot(chart, setup.height);
    return { take: (batch) => queue.push(changeOf(batch)) };
  };
}

/** Head and legend come on top of what the others draw, which is plot and axes. */
function fitPlot(chart: HTMLElement, height: number): void {
  chart.style.height = `${height + 56}px`;
  new ResizeObserver((_, observer) => {
    const plot = chart.shadowRoot?.querySelector(".plot")?.getBoundingClientRect().height ?? height;
    if (Math.abs(plot - height) < 0.5) return observer.disconnect();
    chart.style.height = `${chart.getBoundingClientRect().height + height - plot}px`;
  }).observe(chart.shadowRoot!.querySelector(".plot")!);
}

function changeOf({ times, first, columns }: Batch): Change {
  return {
    type: "samples",
    columns: new Map(columns.map((values, i) => [`s${first + i}`, { times, values }])),
  };
}

/** Changes as they come, for a chart that takes them one after the other. */
class Queue {
  readonly #waiting: Change[] = [{ type: "status", status: { state: "live", clockOffsetMs: 0 } }];
  #wake = () => {};

  readonly follow: Follow = () => this.#changes();

  push(change: Change): void {
    this.#waiting.push(change);
    this.#wake();
  }

  async *#changes(): AsyncGenerator<Change> {
    for (;;) {
      yield* this.#waiting.splice(0);
      if (this.#waiting.length > 0) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
