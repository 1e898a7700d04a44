import { flagOr, variantsOr } from "./flags.ts";
import { measureAll } from "./measure.ts";
import { startSite } from "./site.ts";
import { printFigures } from "./table.ts";

/*
 * A full dashboard: 50 charts of 6 series, 10 messages a second each, a window of 60 s, all in sight.
 * Ours has its legend, status and head beside the plot, which is as large as the others' whole chart.
 */
const off = new AbortController();
const site = await startSite(off.signal);
printFigures(
  await measureAll({
    site,
    setup: {
      ...{ charts: 50, series: 6, hz: 10, samples: 1, spanMs: 60_000 },
      ...{ width: 400, height: 200, apart: false },
    },
    variants: variantsOr(["nothing", "uplot-naive", "uplot-raf", "ours-uplot", "ours-canvas"]),
    rounds: flagOr("rounds", 3),
    seconds: flagOr("seconds", 10),
    viewport: { width: 2000, height: 3000 },
  }),
);
off.abort();
