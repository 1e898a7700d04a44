import { setTimeout as elapsed } from "node:timers/promises";
import { printTable, quantile, text } from "../store/figures.ts";
import { withPage } from "./chromium.ts";
import { flagOr, variantsOr } from "./flags.ts";
import { addressOf } from "./measure.ts";
import { startSite } from "./site.ts";

/*
 * Ten times more messages than a dashboard of 50 charts can draw: does the page still answer, and does
 * it show what is new, or what was new some time ago?
 */
const off = new AbortController();
const site = await startSite(off.signal);
const setup = {
  ...{ charts: 50, series: 6, hz: 100, samples: 1, spanMs: 60_000 },
  ...{ width: 400, height: 200, apart: false },
};
const variants = ["uplot-raf", "ours-canvas", "ours-uplot"];
const plan = {
  ...{ site, setup, variants, rounds: 1, seconds: 0 },
  viewport: { width: 2000, height: 3000 },
};
const rows: string[][] = [];
for (const variant of variantsOr(variants)) {
  const row = await withPage(addressOf(plan, variant), plan.viewport, async (opened) => {
    await elapsed(5000);
    await opened.report();
    const answers: number[] = [];
    const until = performance.now() + flagOr("seconds", 15) * 1000;
    while (performance.now() < until) {
      const since = performance.now();
      await opened.page.evaluate("1");
      answers.push(performance.now() - since);
      await elapsed(250);
    }
    const { behindMs, taken } = await opened.report();
    const figures = [quantile(answers, 0.5), quantile(answers, 0.99), behindMs, taken];
    return figures.map((figure) => text(figure));
  });
  rows.push([variant, ...row]);
}
printTable(["", "answers p50 ms", "p99 ms", "behind ms", "messages taken"], rows);
off.abort();
