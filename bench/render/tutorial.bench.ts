import { flagOr, variantsOr } from "./flags.ts";
import { measureAll } from "./measure.ts";
import { startSite } from "./site.ts";
import { printFigures } from "./table.ts";

/* The tutorial's page with 6 series of 600 points and ten messages a second, and ours with the same. */
const off = new AbortController();
const site = await startSite(off.signal);
printFigures(
  await measureAll({
    site,
    setup: {
      ...{ charts: 1, series: 6, hz: 10, samples: 1, spanMs: 60_000, apart: false },
      ...{ width: 800, height: 400 },
    },
    variants: variantsOr(["nothing", "tutorial", "uplot-naive", "ours-canvas", "ours-chartjs"]),
    rounds: flagOr("rounds", 3),
    seconds: flagOr("seconds", 10),
    viewport: { width: 1300, height: 700 },
  }),
);
off.abort();
