import { writeFileSync } from "node:fs";
import path from "node:path";
import { count, printTable, ratio, sayOnce, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { drawResults, type Result } from "./chart.ts";
import { flagOr, isWhole, viewersOr } from "./flags.ts";
import { bestWithin, climb, type Ladder, maxP99Ms } from "./ladder.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { measureStep, type Step } from "./step.ts";
import type { System } from "./system.ts";
import { systems } from "./systems.ts";
import { withViewers } from "./with-viewers.ts";

/*
 * How many points a second one core delivers, and what a write costs it: everybody in the same run,
 * the server on one core, viewers and publisher on the other, over loopback.
 *
 * An event holds one sample, of 56 bytes as rivals send it. Ours and the floor send those that are
 * due at the same time in one write; the others cannot. So both figures are needed: points a second,
 * and the cost of a write when there is nothing to put together.
 */
const ladderViewers = viewersOr([1_000, 10_000]);
const cadenceViewers = viewersOr([100, 300, 1_000, 3_000, 10_000]);
const seconds = flagOr("seconds", 2);
const most = flagOr("most", 10_240_000);
const quickMs = 50;
// 30 events a second, less with many viewers: no server here writes more than 40,000 times a second.
const cadence = (viewers: number) => Math.min(30, 40_000 / viewers);

type Climbed = { readonly system: System; readonly viewers: number; readonly ladder: Ladder };
type Paced = {
  readonly system: System;
  readonly viewers: number;
  readonly step: Step;
  readonly idleUs: number;
};

async function climbAll(scratch: Scratch, programs: Programs): Promise<Climbed[]> {
  const climbed: Climbed[] = [];
  for (const viewers of ladderViewers) {
    const from = Math.max(2_500, viewers / 2);
    for (const system of systems) {
      const ladder = await withViewers(scratch, programs, system, viewers, (running, load) =>
        climb(running, load, { viewers, seconds, from, most }),
      );
      if (ladder) climbed.push({ system, viewers, ladder });
    }
  }
  return climbed;
}

/** The same cadence for all, the events of the floor as long as ours. */
async function paceAll(scratch: Scratch, programs: Programs): Promise<Paced[]> {
  const paced: Paced[] = [];
  for (const viewers of cadenceViewers) {
    const perSecond = cadence(viewers);
    for (const system of systems) {
      const bytes = paced.find((one) => one.viewers === viewers)?.step.bytesPerEvent;
      const pace = { seconds: 4 * seconds, settleMs: 1_000, bytes };
      const idleUs = await idleCost(scratch, programs, system, perSecond);
      const step = await withViewers(scratch, programs, system, viewers, (running, load) =>
        measureStep(running, load, viewers, perSecond, pace),
      );
      if (step) paced.push({ system, viewers, step, idleUs });
    }
  }
  return paced;
}

const idleCosts = new Map<string, number>();

/** What an event costs that almost nobody watches: taking it in, making its text, a timer. */
async function idleCost(
  scratch: Scratch,
  programs: Programs,
  system: System,
  perSecond: number,
): Promise<number> {
  const key = `${system.name} ${perSecond}`;
  const known = idleCosts.get(key);
  if (known !== undefined) return known;
  const step = await withViewers(scratch, programs, system, 1, (running, load) =>
    measureStep(running, load, 1, perSecond, { seconds: 2 * seconds }),
  );
  idleCosts.set(key, step?.cpuPerEventUs ?? 0);
  return step?.cpuPerEventUs ?? 0;
}

function printLadders(climbed: readonly Climbed[]): void {
  for (const viewers of ladderViewers) {
    const those = climbed.filter((one) => one.viewers === viewers);
    const own = those.find(({ system }) => system.name === systems[0]?.name);
    console.log(`\nPoints a second, ${count(viewers)} viewers`);
    printTable(
      [
        "",
        `p99 < ${maxP99Ms} ms`,
        "p99, ms",
        "core",
        `p99 <= ${quickMs} ms`,
        "most",
        "B/point",
        "ours is",
      ],
      those.map(({ system, ladder }) => [
        system.name,
        text(ladder.best?.points),
        text(ladder.best?.p99),
        text(ladder.best?.cpu),
        text(bestWithin(ladder, quickMs)?.points),
        text(ladder.peak),
        text(ladder.best?.bytesPerPoint),
        own?.ladder.best ? ratio(own.ladder.best.points, ladder.best?.points ?? Number.NaN) : "-",
      ]),
    );
    const wrong = those.filter(({ ladder }) =>
      ladder.steps.some(({ report }) => report.twice > 0 || report.broken > 0),
    );
    for (const { system } of wrong) console.log(`${system.name}: something came twice or broken`);
  }
}

function printCadences(paced: readonly Paced[]): void {
  const floorOf = (viewers: number) =>
    paced.find((one) => one.viewers === viewers && one.system.name.startsWith("C "));
  console.log("\nProcessor time of the server for each write, one event at a time");
  printTable(
    [
      "",
      "viewers",
      "events/s",
      "µs/write",
      "of the floor",
      "without its event",
      "of the floor",
      "B/write",
      "p99, ms",
    ],
    paced.map(({ system, viewers, step, idleUs }) => {
      const floor = floorOf(viewers);
      const own = step.cpuPerEventUs - idleUs / viewers;
      const ofFloor = (us: number) => (floor ? text(us / floor.step.cpuPerEventUs) : "-");
      return [
        system.name,
        count(viewers),
        text(step.perSecond),
        text(step.cpuPerEventUs),
        ofFloor(step.cpuPerEventUs),
        text(own),
        ofFloor(own),
        count(step.bytesPerEvent),
        text(step.p99),
      ];
    }),
  );
  printGrowth(paced);
  const late = paced.filter(({ step }) => step.delivered < 0.95);
  for (const { system, viewers, step } of late) {
    sayOnce(`${system.name}: with ${viewers} viewers it delivered ${text(100 * step.delivered)} %`);
  }
}

function printGrowth(paced: readonly Paced[]): void {
  const [fewest, mostViewers] = [cadenceViewers[0]!, cadenceViewers.at(-1)!];
  if (fewest === mostViewers) return;
  console.log(`\nGrowth of the cost of a write from ${fewest} to ${count(mostViewers)} viewers`);
  const cost = (system: System, viewers: number) => {
    const found = paced.find((one) => one.system === system && one.viewers === viewers);
    return found ? found.step.cpuPerEventUs - found.idleUs / viewers : Number.NaN;
  };
  printTable(
    ["", "times"],
    systems.map((system) => [system.name, text(cost(system, mostViewers) / cost(system, fewest))]),
  );
}

function resultsOf(climbed: readonly Climbed[], paced: readonly Paced[]): Result[] {
  return systems.map(({ name }) => ({
    name,
    points: ladderViewers.map((viewers) => {
      const found = climbed.find((one) => one.system.name === name && one.viewers === viewers);
      const none = found ? `p99 is never below ${maxP99Ms} ms` : "not tried";
      return { viewers, value: found?.ladder.best?.points, none };
    }),
    costs: ladderViewers.map((viewers) => {
      const found = paced.find((one) => one.system.name === name && one.viewers === viewers);
      return { viewers, value: found?.step.cpuPerEventUs, none: "not tried" };
    }),
  }));
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  const climbed = await climbAll(scratch, programs);
  printLadders(climbed);
  const paced = await paceAll(scratch, programs);
  printCadences(paced);
  const file = path.join(import.meta.dirname, "results.svg");
  if (!isWhole) return;
  writeFileSync(file, drawResults(resultsOf(climbed, paced)));
  console.log(`\ndrawn in ${path.relative(process.cwd(), file)}`);
});
