/** What `/live-chart/renderer.js` is built from: for renderers of one's own, beside `/live-chart.js`. */
import "./live-chart.ts"; // loaded anyway, and thus what both need is there once

export { fractionOf, xOf, yOf } from "./renderer.ts";
export { registerRenderer } from "./renderers/registry.ts";
export { Trace } from "./renderers/trace.ts";
