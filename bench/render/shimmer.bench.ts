import { setTimeout as elapsed } from "node:timers/promises";
import { printTable, text } from "../store/figures.ts";
import { withPage } from "./chromium.ts";
import { flagOr, variantsOr } from "./flags.ts";
import { addressOf } from "./measure.ts";
import { startSite } from "./site.ts";

/*
 * Dense lines that slide: in how many of the columns of pixels does the line jump by more than one
 * pixel from drawing to drawing, although no sample of that column has changed?
 */
const off = new AbortController();
const site = await startSite(off.signal);
const setup = {
  ...{ charts: 1, series: 1, hz: 20, samples: 5, spanMs: 60_000 },
  ...{ width: 600, height: 300, apart: false },
};
const variants = ["uplot-naive", "uplot-raf", "chartjs", "echarts", "ours-canvas", "ours-uplot"];
const plan = {
  ...{ site, setup, variants, rounds: 1, seconds: 0 },
  viewport: { width: 700, height: 500 },
};
const rows: string[][] = [];
for (const variant of variantsOr(variants)) {
  const address = `${addressOf(plan, variant)}&watched`;
  const { columns, moved, changed } = await withPage(address, plan.viewport, async (opened) => {
    await elapsed(4000);
    await opened.report();
    await elapsed(flagOr("seconds", 10) * 1000);
    return (await opened.report()).shimmer;
  });
  const percent = (part: number) => text((part * 100) / columns);
  rows.push([variant, text(columns), percent(moved), percent(changed)]);
}
printTable(["", "columns compared", "% moved by > 1 px", "% moved at all"], rows);
off.abort();
