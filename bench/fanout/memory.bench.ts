import { setTimeout as elapsed } from "node:timers/promises";
import { count, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { startLoad } from "./load.ts";
import { rssBytes } from "./proc.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { progress, quiet } from "./step.ts";
import type { System } from "./system.ts";
import { systems } from "./systems.ts";

/*
 * Memory of a viewer: what the server's process has with many viewers beyond what it has with none,
 * idle for a while, and then with four events a second. Resident, anonymous, with all children. The
 * kernel's memory for sockets is not in it; it is the same for everybody.
 */
const [viewers = 10_000] = viewersOr([10_000]);
const seconds = flagOr("seconds", 10);
const eventsPerSecond = 4;

async function measure(scratch: Scratch, programs: Programs, system: System) {
  if (system.maxViewers !== undefined && viewers > system.maxViewers) return undefined;
  const running = await system.start(scratch, programs);
  if (!running) return undefined;
  const load = startLoad(scratch, programs.client, running);
  const rss = () => rssBytes(running.pid);
  const settle = async () => {
    await elapsed(seconds * 500);
    return rss();
  };
  try {
    // Once through everything first: code that runs for the first time takes memory too.
    await running.rate(eventsPerSecond);
    await elapsed(1_000);
    await quiet(running, load);
    const empty = await settle();
    const tenth = Math.ceil(viewers / 10);
    await load.open(tenth);
    const some = await settle();
    const { served } = await load.open(viewers - tenth);
    const all = await settle();
    await running.rate(eventsPerSecond);
    let sending = 0;
    for (let tenths = 0; tenths < seconds * 10; tenths++) {
      await elapsed(100);
      sending = Math.max(sending, rss());
    }
    const { served: left } = await load.report();
    progress(`${system.name}: ${left} of ${viewers} viewers`);
    return { name: system.name, viewers: served, tenth, empty, some, all, sending };
  } finally {
    await load.stop();
    await running.stop();
  }
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  const rows: string[][] = [];
  const kb = (bytes: number) => text(bytes / 1024);
  const mb = (bytes: number) => text(bytes / 1024 / 1024);
  for (const system of systems) {
    const found = await measure(scratch, programs, system);
    if (!found) continue;
    const { name, viewers: open, tenth, empty, some, all, sending } = found;
    rows.push([
      name,
      count(open),
      mb(empty),
      kb((all - empty) / open),
      kb((all - some) / (open - tenth)),
      kb((sending - empty) / open),
      kb(all / open),
      mb(sending),
    ]);
  }
  printTable(
    [
      "",
      "viewers",
      "empty, MB",
      "KB/viewer",
      "beyond a tenth",
      "while sending",
      "of all of it",
      "at most, MB",
    ],
    rows,
  );
});
