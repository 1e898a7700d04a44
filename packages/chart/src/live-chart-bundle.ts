/** What `/live-chart.js` is built from: loading it defines `<live-chart>`. */
import { defineLiveChart } from "./live-chart.ts";
import { registerRenderer } from "./renderers/registry.ts";

export { fractionOf, xOf, yOf } from "./renderer.ts";
export { registerRenderer };

registerRenderer(
  "chartjs",
  async () => (await import("./renderers/chartjs.ts")).createChartjsRenderer,
);
registerRenderer(
  "echarts",
  async () => (await import("./renderers/echarts.ts")).createEchartsRenderer,
);
defineLiveChart();
