import { setTimeout as elapsed } from "node:timers/promises";
import { count, median, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { type OwnSetup, openAll, withOwn } from "./own-rig.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import type { Publication } from "./publisher.ts";
import { measureStep, type Step } from "./step.ts";

/*
 * Bytes of a point, and what compressing costs: 50 series of one sample a second each, random walks
 * with two decimals, a frame for every second. They are sent ten times as fast, with times a second
 * apart. Bytes are those of the response's body as it is on the wire, chunk sizes included.
 *
 * Samples that arrive without a time get one to the microsecond, which compresses less; so both.
 */
const [viewers = 1_000] = viewersOr([1_000]);
const seconds = flagOr("seconds", 30);
const rounds = flagOr("rounds", 3);
const perSecond = 10;
const series = Array.from({ length: 50 }, (_, index) => `host.s${index}`);
const path = "/v1/stream?series=host.*&span=1s";

type Times = "whole seconds" | "microseconds";

function measure(scratch: Scratch, programs: Programs, times: Times, gzip: boolean): Promise<Step> {
  const steps = { fromMs: Math.floor(Date.now() / 1000) * 1000 - 3_600_000, stepMs: 1000 };
  const what: Partial<Publication> = { series, values: "walk", tickMs: 0 };
  const setup: OwnSetup = {
    name: `${times}, ${gzip ? "gzip" : "raw"}`,
    publication: times === "whole seconds" ? { ...what, steps } : what,
    path,
    load: { gzip, noRows: true },
  };
  return withOwn(scratch, programs, setup, async ({ load, running }) => {
    await running.rate(perSecond);
    await elapsed(500);
    await running.rate(0); // series exist from here on
    await openAll(load, viewers);
    const pace = { seconds: seconds / rounds, settleMs: 2_000 };
    const step = await measureStep(running, load, viewers, perSecond, pace);
    const { compressed, broken, events, samples } = step.report;
    if (gzip && compressed < viewers) console.log(`only ${compressed} streams are compressed`);
    if (broken > 0) console.log(`${broken} frames could not be read`);
    if (samples !== events * series.length) console.log(`${samples} points in ${events} frames`);
    return step;
  });
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  const rows: string[][] = [];
  for (const times of ["whole seconds", "microseconds"] as const) {
    const raw: Step[] = [];
    const gzip: Step[] = [];
    for (let round = 0; round < rounds; round++) {
      raw.push(await measure(scratch, programs, times, false));
      gzip.push(await measure(scratch, programs, times, true));
    }
    const of = (steps: readonly Step[], figure: (step: Step) => number) =>
      median(steps.map(figure));
    const cost = (steps: readonly Step[]) => of(steps, (step) => step.cpuPerEventUs);
    for (const [name, steps] of [
      ["raw", raw],
      ["gzip", gzip],
    ] as const) {
      rows.push([
        `${times}, ${name}`,
        text(of(steps, (step) => step.bytesPerPoint)),
        count(of(steps, (step) => step.bytesPerEvent)),
        text(cost(steps)),
        text(cost(steps) / cost(raw)),
        text(of(steps, ({ report }) => report.missing + report.skipped)),
      ]);
    }
  }
  console.log(`50 series of 1 Hz, ${count(viewers)} viewers`);
  printTable(["", "B/point", "B/frame", "µs/delivery", "of raw", "lost"], rows);
});
