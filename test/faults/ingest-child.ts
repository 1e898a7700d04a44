import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import type { Sample } from "@plotcast/protocol";
import { blockOf } from "../../packages/server/src/log/sample-block.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import { seededRandom } from "../random.ts";

/*
 * Appends to a log until it is killed, and says on stdout what was acknowledged: one line per call,
 * `<series> <samples of that series acknowledged so far> <offset>`.
 *
 * Each producer has a series of its own, named after this run, and counts its samples from 1 in
 * their times: so a reader sees at once what is missing and what is there twice.
 */
const [dir = "", run = "", seed = "", maxBytes = ""] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const log = await openSqliteLog(dir, { keepMs: 3_600_000, maxBytes: Number(maxBytes) });

async function produce(series: string): Promise<never> {
  for (let count = 0; ; ) {
    const samples = samplesAfter(series, count, sizeOfCall());
    const offset = await log.append(blockOf(samples));
    count += samples.length;
    // Synchronous: what is written is in the kernel's hands, and outlives us.
    writeSync(1, `${series} ${count} ${offset}\n`);
  }
}

/** Mostly small, often large, and now and then more than fits in one batch. */
function sizeOfCall(): number {
  const kind = random();
  if (kind < 0.01) return 20_000 + Math.floor(random() * 20_000);
  return 1 + Math.floor(random() * (kind < 0.5 ? 5 : 2000));
}

function samplesAfter(series: string, count: number, n: number): Sample[] {
  return Array.from({ length: n }, (_, index) => {
    const time = count + index + 1;
    return { series, time, value: time % 10 === 0 ? null : Math.sqrt(time) };
  });
}

// Who is killed writes no cache at its end, and the next child would start as slowly as this one.
flushCompileCache();
writeSync(1, "open\n");
const producers = 1 + Math.floor(random() * 6);
await Promise.all(Array.from({ length: producers }, (_, index) => produce(`${run}p${index}`)));
