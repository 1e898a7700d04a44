export type { LiveChartEvents } from "./events.ts";
export { defineLiveChart, LiveChart } from "./live-chart.ts";
export type {
  ChartSpec,
  CreateRenderer,
  Frame,
  Line,
  LineStyle,
  Rect,
  Renderer,
  Tick,
} from "./renderer.ts";
export { xOf, yOf } from "./renderer.ts";
export { type Follow, joinSource } from "./source.ts";
