import { setTimeout as elapsed } from "node:timers/promises";
import { count, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { rssBytes } from "./proc.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { measureStep } from "./step.ts";

/*
 * Viewers who watch different things: as many viewers as ever, and from 1 to 1,000 distinct
 * selections among them. Viewers get as many frames as before, so what grows is what a selection
 * costs.
 *
 * First all see the same series and ask for it in different words. Then each selection is a series of
 * its own, of a thousand that are all sampled at once.
 */
const [viewers = 1_000] = viewersOr([1_000]);
const seconds = flagOr("seconds", 8);
const selections = [1, 10, 100, 1_000];
const many = Array.from({ length: 1_000 }, (_, index) => `s${index}`);

const ways = [
  {
    name: "the same series",
    path: "/v1/stream?series=p&series=x{n}&span=1s",
    series: ["p"],
    perSecond: 20,
  },
  {
    name: "each its own of 1,000",
    path: "/v1/stream?series=s{n}&span=1s",
    series: many,
    perSecond: 10,
  },
];

function measure(
  scratch: Scratch,
  programs: Programs,
  { name, path, series, perSecond }: (typeof ways)[number],
  distinct: number,
) {
  const setup = {
    name: `${name}, ${distinct} distinct`,
    publication: { series },
    path,
    load: { distinct },
  };
  return withOwn(scratch, programs, setup, async ({ server, load, running }) => {
    await running.rate(10);
    await elapsed(500);
    await running.rate(0); // series exist from here on
    await openAll(load, viewers);
    const step = await measureStep(running, load, viewers, perSecond, { seconds });
    return { step, rss: rssBytes(server.pid) };
  });
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  for (const way of ways) {
    const rows: string[][] = [];
    for (const distinct of selections) {
      const { step, rss } = await measure(scratch, programs, way, distinct);
      const perPass = step.cpuPerEventUs * viewers;
      rows.push([
        count(distinct),
        text(step.cpuPerEventUs),
        text(perPass / 1000),
        text(step.p99),
        text(100 * step.delivered),
        text(rss / 2 ** 20),
        text(step.report.missing + step.report.twice),
      ]);
    }
    console.log(`\n${count(viewers)} viewers, ${way.perSecond} frames a second, ${way.name}`);
    printTable(
      [
        "selections",
        "µs/delivery",
        "ms/frame for all",
        "p99, ms",
        "% came",
        "RSS, MB",
        "lost or twice",
      ],
      rows,
    );
  }
});
