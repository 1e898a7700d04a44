import { count, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, isWanted, viewersOr } from "./flags.ts";
import { nchan } from "./nchan.ts";
import { livePath } from "./ours.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { measureStep, type Step } from "./step.ts";
import { withViewers } from "./with-viewers.ts";

/*
 * From a POST to the byte at a viewer: 100 samples a second, each in a POST of its own, and 1,000
 * viewers. Counted from when the POST was written; POSTs are sent at their times, whether the one
 * before has been answered or not. Ours are on the disk before they are told to anybody; nchan keeps
 * nothing.
 */
const [viewers = 1_000] = viewersOr([1_000]);
const seconds = flagOr("seconds", 20);
const perSecond = 100;

function own(
  scratch: Scratch,
  programs: Programs,
  name: string,
  flags: readonly string[],
  path: string,
): Promise<Step> {
  const publication = { each: true, stamp: "sent" } as const;
  const setup = { name, server: { flags }, publication, path };
  return withOwn(scratch, programs, setup, async ({ load, running }) => {
    await openAll(load, viewers);
    return await measureStep(running, load, viewers, perSecond, { seconds, settleMs: 2_000 });
  });
}

function ofNchan(scratch: Scratch, programs: Programs): Promise<Step | undefined> {
  const pace = { seconds, settleMs: 2_000 };
  return withViewers(
    scratch,
    programs,
    nchan,
    viewers,
    (running, load) => measureStep(running, load, viewers, perSecond, pace),
    { stamp: "sent" },
  );
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  const rows: string[][] = [];
  const add = (name: string, step: Step | undefined) => {
    if (!step) return;
    const { p50, p90, p99, max } = step.report.healthy;
    rows.push([name, ...[p50, p90, p99, max].map((ms) => text(ms)), text(100 * step.delivered)]);
  };
  const fast = `${livePath}&rate=1000`;
  const variants = [
    ["Plotcast", [], fast],
    ["Plotcast, 50 frames a second", [], livePath],
    ["Plotcast, kept in memory", ["--no-persist"], fast],
  ] as const;
  for (const [name, flags, path] of variants) {
    if (isWanted(name)) add(name, await own(scratch, programs, name, flags, path));
  }
  if (isWanted(nchan.name)) add(nchan.name, await ofNchan(scratch, programs));
  console.log(
    `POST to a viewer's byte, ${count(viewers)} viewers, ${perSecond} samples a second, ms`,
  );
  printTable(["", "p50", "p90", "p99", "max", "% came"], rows);
});
