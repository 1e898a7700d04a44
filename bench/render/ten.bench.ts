import { flagOr, variantsOr } from "./flags.ts";
import { measureAll } from "./measure.ts";
import { startSite } from "./site.ts";
import { printFigures } from "./table.ts";

/*
 * Ten charts of 6 series, few enough for every library to keep up with, so that what a drawing costs
 * can be compared: first with a message for all series ten times a second, then with one for each.
 */
const off = new AbortController();
const site = await startSite(off.signal);
const all = [
  ...["nothing", "uplot-naive", "uplot-raf", "chartjs", "echarts"],
  ...["ours-canvas", "ours-uplot", "ours-chartjs", "ours-echarts"],
];
for (const apart of [false, true]) {
  console.log(apart ? "\n60 messages a second and chart" : "\n10 messages a second and chart");
  printFigures(
    await measureAll({
      site,
      setup: {
        ...{ charts: 10, series: 6, hz: 10, samples: 1, spanMs: 60_000 },
        ...{ width: 400, height: 200, apart },
      },
      variants: variantsOr(apart ? all.slice(0, 3).concat("ours-canvas", "ours-uplot") : all),
      rounds: flagOr("rounds", 3),
      seconds: flagOr("seconds", 10),
      viewport: { width: 2000, height: 700 },
    }),
  );
}
off.abort();
