import { renameSync, rmSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { blockOf } from "../../packages/server/src/log/sample-block.ts";
import { historyFile } from "../../packages/server/src/store/history-file.ts";
import { seededRandom } from "../random.ts";
import { createDoing } from "./doing.ts";
import { batchOf, maxWaiting, type Plan } from "./history-batches.ts";
import { type FolderOptions, openHistory } from "./history-folder.ts";

export type ChildTask = {
  readonly dir: string;
  readonly plan: Plan;
  /** The first batch to append. */
  readonly first: number;
  readonly seed: number;
  readonly options: FolderOptions;
};

/*
 * Feeds the history of a folder until it is killed, and says on stdout what was acknowledged: `open`,
 * then the number of each batch, and `backup` with the number of the last one that must be in it.
 */
const { dir, plan, first, seed, options } = JSON.parse(process.argv[2]!) as ChildTask;
const random = seededRandom(seed);
const doing = createDoing(process.env.PLOTCAST_TEST_DOING ?? "");
const { log, store } = await openHistory(dir, options);
// Who is killed writes no cache at its end, and the next child would start as slowly as this one.
flushCompileCache();
say("open");

/** Synchronous: what is written is in the kernel's hands, and outlives us. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      // Whoever listens is busy with another folder.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** What else goes on in a server: viewers, retention of the log, a checkpoint, a backup. */
async function disturb(): Promise<never> {
  const db = new DatabaseSync(join(dir, historyFile.name), { timeout: 5000 });
  for (;;) {
    const kind = random();
    if (kind < 0.2) await log.retain();
    else if (kind < 0.75) await view();
    else if (kind < 0.9) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    else await backup();
    await delay(random() * 10);
  }
}

/** A read seals what is late of the series it reads. */
async function view(): Promise<void> {
  const { size } = log.series;
  if (size === 0) return;
  const ids = Array.from({ length: 3 }, () => 1 + Math.floor(random() * size));
  const to = plan.begin + 1e9;
  await store.history({ ids: new Set(ids), from: plan.begin - 1e9, to, px: 500 });
}

async function backup(): Promise<void> {
  const file = join(dir, "backup.tmp");
  rmSync(file, { force: true });
  const before = acknowledged;
  doing("backup");
  await store.backup(file);
  doing("nothing");
  renameSync(file, join(dir, "backup.db"));
  say(`backup ${before}`);
  // All is in chunks now: the log may drop the most.
  await log.retain();
}

let acknowledged = first - 1;
void disturb();
const waiting: Promise<void>[] = [];
for (let number = first; ; number++) {
  if (waiting.length === maxWaiting) await waiting.shift();
  await store.room();
  waiting.push(
    log.append(blockOf(batchOf(plan, number))).then(() => {
      say(`${number}`);
      acknowledged = number;
    }),
  );
  if (random() < 0.5) await delay(random() * 10);
}
