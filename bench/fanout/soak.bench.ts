import { setTimeout as elapsed } from "node:timers/promises";
import { count, median, printTable, text } from "../store/figures.ts";
import { withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { metric } from "./metrics.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { rssBytes } from "./proc.ts";
import { buildPrograms } from "./programs.ts";
import { progress } from "./step.ts";

/*
 * Half an hour of coming and going: viewers are cut and come back where they were, leave and are
 * replaced, stop reading for seconds and some of them for longer than the server waits; every second
 * one has a small receive buffer. Nobody may miss a sample without being told, or get one twice, and
 * the server may not grow.
 */
const minutes = flagOr("minutes", 30);
const [viewers = 500] = viewersOr([500]);
const perSecond = 100;
const churnPerSecond = Math.max(1, viewers / 25);
const rcvbuf = 4096;

type Reading = { readonly rss: number; readonly heap: number | undefined };

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  const setup = { name: "soak", load: { rcvbuf } };
  await withOwn(scratch, programs, setup, async ({ server, publisher, load }) => {
    await openAll(load, viewers);
    await load.follow(true);
    await publisher.rate(perSecond);
    await load.churn(churnPerSecond);
    const readings: Reading[] = [];
    const everyMs = Math.min(10_000, (minutes * 60_000) / 12);
    const end = performance.now() + minutes * 60_000;
    for (let looked = 0; performance.now() < end; looked++) {
      await elapsed(everyMs);
      const heap = await metric(server.url, "nodejs_heap_size_used_bytes");
      readings.push({ rss: rssBytes(server.pid), heap });
      if (looked % 6 !== 5) continue;
      const { open, missing, twice, cuts, leaves, stalls } = await load.report();
      progress(
        `${open} open, ${cuts} cuts, ${leaves} left, ${stalls} stalls; ${missing} missing, ${twice} twice; ${text(readings.at(-1)!.rss / 2 ** 20)} MB`,
      );
    }
    await load.churn(0);
    // Those who stall the longest do so for 90 s; each is cut, and returns within seconds.
    for (let waited = 0; waited < 120; waited++) {
      const { served, healthy } = await load.report();
      if (served === viewers && healthy.live === viewers) break;
      await elapsed(1_000);
    }
    await publisher.rate(0);
    await elapsed(2_000);
    const report = await load.report();
    const third = Math.floor(readings.length / 3);
    const rows = [
      ["second third", readings.slice(third, 2 * third)],
      ["last third", readings.slice(2 * third)],
    ] as const;
    console.log(
      `${text(minutes)} minutes, ${count(viewers)} viewers, ${perSecond} samples/s, MB (median)`,
    );
    const mb = (bytes: number[]) => text(median(bytes) / 2 ** 20);
    printTable(
      ["", "RSS", "heap"],
      rows.map(([name, those]) => [
        name,
        mb(those.map(({ rss }) => rss)),
        mb(those.flatMap(({ heap }) => (heap === undefined ? [] : [heap]))),
      ]),
    );
    const { samples, cuts, leaves, stalls, exact, reduced, reduced_at_start, gaps } = report;
    printTable(
      [
        "samples",
        "cuts",
        "left",
        "stalls",
        "exact returns",
        "reduced",
        "gaps",
        "back at the end",
        "missing",
        "twice",
        "skipped",
        "broken",
      ],
      [
        [
          ...[samples, cuts, leaves, stalls, exact, reduced + reduced_at_start, gaps].map(count),
          `${report.healthy.live} of ${viewers}`,
          ...[report.missing, report.twice, report.skipped, report.broken].map(count),
        ],
      ],
    );
  });
});
