export { attributeNames, type LiveChartAttributes, type LiveChartProps } from "./attributes.ts";
export { type Follow, joinSource } from "./data/source.ts";
export type { LiveChartEvents } from "./events.ts";
export { defineLiveChart, LiveChart } from "./live-chart.ts";
export type {
  ChartSpec,
  CreateRenderer,
  Draw,
  Frame,
  Line,
  LineStyle,
  Rect,
  Renderer,
  Tick,
  YScale,
} from "./renderer.ts";
export { fractionOf, xOf, yOf } from "./renderer.ts";
export { type LoadRenderer, loadRenderer, registerRenderer } from "./renderers/registry.ts";
export { Trace } from "./renderers/trace.ts";
export { renderShell, type Shell } from "./server-shell.ts";
