import { Chart, registerables } from "chart.js";
import { createPaper } from "../../examples/renderer/paper.ts";
import type { CreateRenderer } from "../../packages/chart/src/renderer.ts";
import { createCanvasRenderer } from "../../packages/chart/src/renderers/canvas.ts";
import { createChartjsRenderer } from "../../packages/chart/src/renderers/chartjs.ts";
import { createEchartsRenderer } from "../../packages/chart/src/renderers/echarts.ts";
import { createUplotRenderer } from "../../packages/chart/src/renderers/uplot.ts";
import { cases, Verdict } from "./cases.ts";
import { saboteurs } from "./saboteurs.ts";
import { Stand } from "./stand.ts";

// What the page of the test has: all renderers, what is wrong with some more, and what judges them.

const renderers: Readonly<Record<string, CreateRenderer>> = {
  canvas: createCanvasRenderer,
  uplot: createUplotRenderer,
  chartjs: createChartjsRenderer,
  echarts: createEchartsRenderer,
  "the example's": createPaper,
  // Last, because there is no way back.
  "chartjs, on a page that uses it in another way": (host, signal) => {
    Chart.register(...registerables);
    Chart.defaults.devicePixelRatio = 3;
    Chart.defaults.layout.padding = 20;
    Object.assign(Chart.defaults.elements.line, { tension: 0.4, stepped: true, fill: true });
    Object.assign(Chart.defaults.datasets.line, { spanGaps: true, showLine: false });
    return createChartjsRenderer(host, signal);
  },
};

export type ConformancePage = {
  readonly renderers: readonly string[];
  readonly cases: readonly string[];
  /** Names of renderers that do something wrong, and the case that notices it. */
  readonly saboteurs: readonly (readonly [name: string, caught: string])[];
  /** What is wrong with a renderer, or with one that was spoilt. */
  judge(renderer: string, name: string, saboteur?: string): Promise<string[]>;
};

async function judge(create: CreateRenderer, name: string): Promise<string[]> {
  const verdict = new Verdict();
  let stand: Stand | undefined;
  try {
    stand = new Stand(create);
    await cases[name]!(stand, verdict);
  } catch (error) {
    verdict.ok(false, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  stand?.remove();
  return verdict.problems;
}

const page: ConformancePage = {
  renderers: Object.keys(renderers),
  cases: Object.keys(cases),
  saboteurs: Object.entries(saboteurs).map(([name, { caught }]) => [name, caught]),
  judge(renderer, name, saboteur) {
    const create = renderers[renderer]!;
    return judge(saboteur ? saboteurs[saboteur]!.spoil(create) : create, name);
  },
};
Object.assign(globalThis, { conformancePage: page });
