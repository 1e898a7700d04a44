import { availableParallelism } from "node:os";
import { count, printTable, ratio, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { knowsFlag, livePath } from "./ours.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { measureStep, quiet, type Step } from "./step.ts";

/*
 * One worker and two. Nothing is kept to a core here, and the viewers have to live on the same cores,
 * which costs two workers more than one: on a machine with two cores there is no room for both.
 *
 * Ours put together what is due, so the limit shows as writes a second: samples come faster than
 * passes can be made, and each pass is a write for every viewer.
 */
const [viewers = 1_000] = viewersOr([1_000]);
const seconds = flagOr("seconds", 8);
const rates = [20, 50, 100, 200, 1_000];

function measure(scratch: Scratch, programs: Programs, workers: number): Promise<Step[]> {
  const setup = {
    name: `${workers} workers`,
    server: { core: -1, flags: [`--workers=${workers}`] },
    publication: { tickMs: 1 },
    path: `${livePath}&rate=1000`,
    load: { core: -1 },
  };
  return withOwn(scratch, programs, setup, async ({ load, running }) => {
    await openAll(load, viewers);
    const steps: Step[] = [];
    for (const perSecond of rates) {
      steps.push(await measureStep(running, load, viewers, perSecond, { seconds }));
      await quiet(running, load);
    }
    const { missing, twice } = await load.report();
    if (missing + twice > 0) console.log(`${workers} workers: ${missing} missing, ${twice} twice`);
    return steps;
  });
}

await withScratch(async (scratch) => {
  if (!knowsFlag("--workers")) {
    console.log("not measured: this server has no --workers");
    return;
  }
  const programs = buildPrograms(scratch.folder("programs"));
  const one = await measure(scratch, programs, 1);
  const two = await measure(scratch, programs, 2);
  const most = (steps: readonly Step[]) =>
    Math.max(...steps.map(({ eventsPerSecond }) => eventsPerSecond));
  console.log(`${count(viewers)} viewers, ${availableParallelism()} cores for server and viewers`);
  printTable(
    [
      "samples/s",
      "writes/s, 1",
      "2 workers",
      "",
      "p99, ms, 1",
      "2 workers",
      "cores, 1",
      "2 workers",
    ],
    rates.map((perSecond, index) => {
      const [first, second] = [one[index]!, two[index]!];
      return [
        count(perSecond),
        count(first.eventsPerSecond),
        count(second.eventsPerSecond),
        ratio(second.eventsPerSecond, first.eventsPerSecond),
        text(first.p99),
        text(second.p99),
        text(first.cpu),
        text(second.cpu),
      ];
    }),
  );
  console.log(`most writes a second: ${ratio(most(two), most(one))} with two workers`);
});
