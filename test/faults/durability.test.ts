import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as elapsed } from "node:timers/promises";
import type { Log } from "../../packages/server/src/log/log.ts";
import { logFile } from "../../packages/server/src/log/log-file.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import { openForWriting } from "../../packages/server/src/sqlite/database.ts";
import { seededRandom } from "../random.ts";

const kills = 50;
/** A folder is used for some runs, so that a log is also opened with a past; not so long that reading it takes over. */
const runsPerFolder = 5;
const keepAll = 1e9;
/** Small enough that a few runs fill it: retention is at work when the kill comes. */
const keepLittle = 300_000;

// Fifty children and a hundred threads start from the same source: parsing it once is enough.
const cache = mkdtempSync(join(tmpdir(), "plotcast-compiled-"));
enableCompileCache(cache);
after(() => rmSync(cache, { recursive: true }));

/** What a child was told is safe, by series. */
type Acknowledged = Map<string, { readonly count: number; readonly offset: number }>;

test(`durability: ${kills} times kill -9 during ingest lose and double nothing that was acknowledged`, async (t) => {
  const seed = Number(process.env.PLOTCAST_TEST_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed} (set PLOTCAST_TEST_SEED to repeat it)`);
  const root = mkdtempSync(join(tmpdir(), "plotcast-durability-"));
  t.after(() => rmSync(root, { recursive: true }));
  const folders = Array.from({ length: kills / runsPerFolder }, (_, index) => index);
  const waiting = folders.values();
  const seen = { samples: 0, trimmed: 0 };
  // Two at a time: a child being killed and a log being read back hardly need the same core.
  const lane = async () => {
    for (const folder of waiting) {
      const random = seededRandom(seed + folder);
      const maxBytes = folder % 3 === 2 ? keepLittle : keepAll;
      const { samples, trimmed } = await killAndCheck(join(root, `${folder}`), maxBytes, random);
      seen.samples += samples;
      seen.trimmed += trimmed;
    }
  };
  await Promise.all([lane(), lane()]);
  t.diagnostic(`${seen.samples} samples read back; ${seen.trimmed} of ${kills} logs were trimmed`);
  assert.ok(seen.trimmed > 0, "retention was never at work");
});

test("durability: the folder of a running child is refused, and free once it is killed", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plotcast-durability-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const options = { keepMs: 3_600_000, maxBytes: keepAll };
  const child = startChild([dir, "r0", "1", String(keepAll)]);
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  await assert.rejects(openSqliteLog(dir, options), { message: /another plotcast.* is using it/ });
  child.kill("SIGKILL");
  await once(child, "close");
  await (await openSqliteLog(dir, options)).close();
});

async function killAndCheck(dir: string, maxBytes: number, random: () => number) {
  const acknowledged: Acknowledged = new Map();
  const seen = { samples: 0, trimmed: 0 };
  let epoch: string | undefined;
  for (let run = 0; run < runsPerFolder; run++) {
    const childSeed = Math.floor(random() * 2 ** 32);
    const args = [dir, `r${run}`, String(childSeed), String(maxBytes)];
    await ingestUntilKilled(args, random, acknowledged);
    assertSound(dir);
    const log = await openSqliteLog(dir, { keepMs: 3_600_000, maxBytes: keepAll });
    try {
      epoch ??= log.epoch;
      assert.equal(log.epoch, epoch);
      seen.samples += await checkedSamples(log, acknowledged);
      seen.trimmed += Number(log.oldest > 1);
    } finally {
      await log.close();
    }
  }
  return seen;
}

function startChild(args: string[]) {
  const flags = ["-C", "@plotcast/source"];
  return spawn(
    process.execPath,
    [...flags, join(import.meta.dirname, "ingest-child.ts"), ...args],
    {
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
}

/** Kills after some acknowledgements and a moment more, so anywhere between two commits or in one. */
async function ingestUntilKilled(args: string[], random: () => number, acknowledged: Acknowledged) {
  const child = startChild(args);
  const closed = once(child, "close");
  let left = Math.floor(random() ** 2 * 120);
  const momentMs = random() * 10;
  for await (const line of createInterface(child.stdout)) {
    if (left-- === 0) void elapsed(momentMs).then(() => child.kill("SIGKILL"));
    if (line === "open") continue;
    const [series = "", count, offset] = line.split(" ");
    acknowledged.set(series, { count: Number(count), offset: Number(offset) });
  }
  const [, signal] = await closed;
  assert.equal(signal, "SIGKILL", "the child ended by itself");
}

function assertSound(dir: string): void {
  const db = openForWriting(logFile, dir, { walBytes: 1e6, cacheBytes: 1e6 });
  const found = db.prepare("PRAGMA integrity_check").all().map(Object.values);
  db.close();
  assert.deepEqual(found, [["ok"]]);
}

/** Reads everything, checks it against what was acknowledged, and returns how much it was. */
async function checkedSamples(log: Log, acknowledged: Acknowledged): Promise<number> {
  /** Time of the last sample of each series. */
  const newest = new Map<string, number>();
  let samples = 0;
  let offset = log.oldest - 1;
  for await (const batch of log.read(0, log.head)) {
    assert.equal(batch.offset, ++offset, "an offset is missing");
    for (let at = 0; at < batch.ids.length; at++) {
      const series = log.series.series(batch.ids[at]!);
      const time = batch.times[at]!;
      const before = newest.get(series) ?? (log.oldest === 1 ? 0 : time - 1);
      if (time !== before + 1) assert.fail(`${series}: ${time} follows ${before}`);
      const value = time % 10 === 0 ? Number.NaN : Math.sqrt(time);
      if (!Object.is(batch.values[at], value)) assert.fail(`${series}: a wrong value at ${time}`);
      newest.set(series, time);
    }
    samples += batch.ids.length;
  }
  assert.equal(offset, log.head, "the newest batch is missing");
  for (const [series, { count, offset }] of acknowledged) {
    assert.ok(offset <= log.head, `${series}: offset ${offset} was acknowledged`);
    if (offset < log.oldest) continue;
    assert.ok((newest.get(series) ?? 0) >= count, `${series}: ${count} samples were acknowledged`);
  }
  return samples;
}
