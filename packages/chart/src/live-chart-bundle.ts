/** What `/live-chart.js` is built from: loading it defines `<live-chart>`. */
import { defineLiveChart } from "./live-chart.ts";

defineLiveChart();
