import { flagOr, variantsOr } from "./flags.ts";
import { measureAll } from "./measure.ts";
import { startSite } from "./site.ts";
import { printFigures } from "./table.ts";

/*
 * One chart of 4 series with more and more samples in its window, 100 new ones of each in every
 * frame: what is drawn stays the same, so what it costs should too.
 */
const off = new AbortController();
const site = await startSite(off.signal);
const perSecond = 6000;
for (const inWindow of [10_000, 100_000, 1_000_000]) {
  console.log(`\n${inWindow.toLocaleString("en")} samples of each series in the window`);
  printFigures(
    await measureAll({
      site,
      setup: {
        ...{ charts: 1, series: 4, hz: 60, samples: 100, apart: false },
        ...{ width: 1200, height: 400, spanMs: (inWindow / perSecond) * 1000 },
      },
      variants: variantsOr(["nothing", "uplot-naive", "chartjs", "ours-canvas", "ours-uplot"]),
      rounds: flagOr("rounds", 3),
      seconds: flagOr("seconds", 8),
      viewport: { width: 1300, height: 600 },
    }),
  );
}
off.abort();
