import { setTimeout as elapsed } from "node:timers/promises";
import { printTable, text } from "../store/figures.ts";
import { type Opened, withPage } from "./chromium.ts";
import { flagOr } from "./flags.ts";
import { addressOf } from "./measure.ts";
import { startSite } from "./site.ts";

/* Does a page grow? Ten charts at 20 Hz for half an hour, then a thousand charts that come and go. */
const off = new AbortController();
const site = await startSite(off.signal);
const minutes = flagOr("minutes", 30);
const setup = {
  ...{ charts: 10, series: 6, hz: 20, samples: 1, spanMs: 60_000 },
  ...{ width: 400, height: 200, apart: false },
};
const viewport = { width: 2000, height: 700 };
const plan = { site, setup, variants: [], rounds: 1, seconds: 0, viewport };

await withPage(addressOf(plan, "ours-canvas"), viewport, async (opened) => {
  const rows: string[][] = [];
  for (let minute = 0; minute <= minutes; minute++) {
    await opened.report(); // begins anew what the page writes down: a number for each frame
    rows.push([`${minute} min`, text((await heapBytes(opened)) / 1e6)]);
    if (minute < minutes) await elapsed(60_000);
  }
  printTable(["", "heap after GC, MB"], rows);
});

await withPage(
  addressOf({ ...plan, setup: { ...setup, charts: 1 } }, "ours-canvas"),
  viewport,
  async (opened) => {
    await mounts(opened, 1000); // what is made once is made
    const before = await heapBytes(opened);
    await mounts(opened, 1000);
    const after = await heapBytes(opened);
    console.log(`1,000 mounts and unmounts: ${text((after - before) / 1e3)} kB more than before`);
  },
);
off.abort();

async function heapBytes(opened: Opened): Promise<number> {
  await elapsed(200);
  // The second finds what the first one's finalizers let go.
  await opened.collectGarbage();
  await opened.collectGarbage();
  return (await opened.metrics()).heap;
}

function mounts(opened: Opened, count: number): Promise<void> {
  return opened.page.evaluate(async (count) => {
    const first = document.querySelector("live-chart")!;
    for (let i = 0; i < count; i++) {
      const chart = first.cloneNode() as HTMLElement & { source: unknown };
      chart.source = (first as typeof chart).source;
      document.body.append(chart);
      await new Promise(requestAnimationFrame);
      chart.remove();
    }
  }, count);
}
