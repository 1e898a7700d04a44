import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import { bytesOnDisk, isSafeSqlite, numberOf, openForWriting, pathOf } from "../sqlite/database.ts";
import type { Log, LogOptions } from "./log.ts";
import { logFile } from "./log-file.ts";
import { blockOf } from "./sample-block.ts";
import { openSqliteLog } from "./sqlite-log.ts";

/* What the embedded log does when its folder, its file or its disk is not as it should be. */

const root = mkdtempSync(join(tmpdir(), "plotcast-faults-"));
after(() => rmSync(root, { recursive: true, force: true }));
const options: LogOptions = { keepMs: 1e15, maxBytes: 1e9 };

let folders = 0;
function newDir(): string {
  return join(root, String(++folders));
}

async function opened(t: TestContext, dir: string, some: Partial<LogOptions> = {}) {
  const log = await openSqliteLog(dir, { ...options, ...some });
  t.after(() => log.close());
  return log;
}

function samplesOf(series: string, from: number, count: number): Sample[] {
  return Array.from({ length: count }, (_, at) => ({ series, time: from + at, value: noise() }));
}

/** Numbers that no compression makes smaller, the same in each run. */
let state = 1;
function noise(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32 + 1 / (1 + state);
}

async function timesIn(log: Log): Promise<number[]> {
  const batches = await Array.fromAsync(log.read(0, log.head), ({ times }) => ({
    times: times.slice(),
  }));
  return batches.flatMap(({ times }) => [...times]);
}

/** A disk of its own, small enough to fill; undefined where we may not mount one. */
function smallDisk(t: TestContext, mebibytes: number): string | undefined {
  const dir = newDir();
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "none", dir], {
      stdio: "pipe",
    });
  } catch (error) {
    t.skip(`NOT TESTED: no small disk can be mounted here: ${error}`);
    return undefined;
  }
  t.after(() => execFileSync("umount", ["-l", dir]));
  return dir;
}

test("sqlite log: a second one in the same folder is refused, until the first is closed", async (t) => {
  const dir = newDir();
  const log = await opened(t, dir);
  await assert.rejects(openSqliteLog(dir, options), {
    code: "unavailable",
    message: `cannot use the folder "${dir}": another plotcast, or a database tool, is using it; stop that one or choose another folder`,
  });
  assert.equal(await log.append(blockOf(samplesOf("a", 1, 1))), 1);
  await log.close();
  assert.equal((await opened(t, dir)).head, 1);
});

test("sqlite log: a file of a newer schema is refused and left alone", async () => {
  const dir = newDir();
  await (await openSqliteLog(dir, options)).close();
  const db = openForWriting(logFile, dir, { walBytes: 1e6, cacheBytes: 1e6 });
  db.exec("PRAGMA user_version = 7; PRAGMA journal_mode = DELETE");
  db.close();
  const before = readFileSync(pathOf(logFile, dir));
  await assert.rejects(openSqliteLog(dir, options), {
    code: "unavailable",
    message: `cannot open the log in "${dir}": a newer Plotcast wrote it (schema 7, this one knows 1); update Plotcast or choose another folder`,
  });
  assert.deepEqual(readFileSync(pathOf(logFile, dir)), before);
});

test("sqlite log: a file that is none of ours is refused and left alone", async () => {
  const dir = newDir();
  mkdirSync(dir);
  const garbage = Buffer.alloc(20_000, "not a database ");
  writeFileSync(pathOf(logFile, dir), garbage);
  await assert.rejects(openSqliteLog(dir, options), {
    code: "unavailable",
    message: `cannot open the log in "${dir}": file is not a database; move plotcast.db away to start a new log`,
  });
  assert.deepEqual(readFileSync(pathOf(logFile, dir)), garbage);
});

test("sqlite log: a file in place of the folder is told", async () => {
  const dir = newDir();
  writeFileSync(dir, "");
  const failure = {
    code: "unavailable",
    message: /^cannot use the folder ".*": it is not a folder/,
  };
  await assert.rejects(openSqliteLog(dir, options), failure);
  await assert.rejects(openSqliteLog(join(dir, "below"), options), failure);
});

test("sqlite log: a folder that cannot be written to is told", async (t) => {
  const dir = smallDisk(t, 4);
  if (!dir) return;
  await (await openSqliteLog(join(dir, "old"), options)).close();
  execFileSync("mount", ["-o", "remount,ro", dir]);
  const failure = {
    code: "unavailable",
    message: /^cannot (use the folder|open the log in) ".*": it cannot be wr/,
  };
  await assert.rejects(openSqliteLog(join(dir, "old"), options), failure);
  await assert.rejects(openSqliteLog(join(dir, "new"), options), failure);
});

test("sqlite log: versions of SQLite that lose data are refused", () => {
  for (const safe of ["3.51.3", "3.51.10", "3.53.4", "4.0.0"])
    assert.equal(isSafeSqlite(safe), true);
  for (const old of ["3.51.2", "3.9.9", "2.99.9", ""]) assert.equal(isSafeSqlite(old), false);
});

test("sqlite log: a full disk acknowledges nothing, and goes on by itself when there is room", async (t) => {
  const dir = smallDisk(t, 6);
  if (!dir) return;
  const log = await opened(t, join(dir, "log"));
  await log.append(blockOf(samplesOf("a", 0, 100)));
  writeFileSync(join(dir, "ballast"), Buffer.alloc(3_000_000));
  const heard: number[] = [];
  log.follow(({ offset }) => heard.push(offset), t.signal);
  const acknowledged = [];
  const full = {
    code: "storage-full",
    message: "cannot append: the disk is full; free some space",
  };
  for (let from = 1000; ; from += 5_000) {
    const refused = await log.append(blockOf(samplesOf("a", from, 5_000))).catch((error) => error);
    if (typeof refused === "number") acknowledged.push(refused);
    else {
      assert.deepEqual({ code: refused.code, message: refused.message }, full);
      break;
    }
  }
  await assert.rejects(log.append(blockOf(samplesOf("new", 1, 5_000))), full);
  assert.equal(log.series.id("new"), undefined);
  assert.deepEqual(heard, acknowledged);
  assert.equal((await timesIn(log)).length, 100 + acknowledged.length * 5_000);

  rmSync(join(dir, "ballast"));
  const offset = await log.append(blockOf(samplesOf("new", 7, 3)));
  assert.equal(offset, 1 + acknowledged.length + 1);
  await log.close();
  const again = await opened(t, join(dir, "log"));
  assert.deepEqual((await timesIn(again)).slice(-3), [7, 8, 9]);
  assert.deepEqual([again.head, again.series.id("a"), again.series.id("new")], [offset, 1, 2]);
});

test("sqlite log: no room to begin with is told", async (t) => {
  const dir = smallDisk(t, 1);
  if (!dir) return;
  for (let size = 1_000_000; size > 100; size /= 2) {
    try {
      writeFileSync(join(dir, String(size)), Buffer.alloc(size));
    } catch {}
  }
  await assert.rejects(openSqliteLog(join(dir, "log"), options), { code: "storage-full" });
});

test("sqlite log: a write-ahead log torn anywhere after an acknowledgement keeps what was acknowledged", async (t) => {
  const dir = newDir();
  const log = await opened(t, dir);
  const wal = `${pathOf(logFile, dir)}-wal`;
  /** Length of the write-ahead log when each batch had been acknowledged. */
  const lengths = [statSync(wal).size];
  const counts = [0];
  for (let batch = 1; batch <= 40; batch++) {
    const samples = samplesOf(`s${batch % 9}`, batch * 1000, 1 + ((batch * 37) % 900));
    await log.append(blockOf(samples));
    counts.push(counts.at(-1)! + samples.length);
    lengths.push(statSync(wal).size);
  }
  const times = await timesIn(log);
  for (let batch = 1; batch < 40; batch += 5) {
    const torn = newDir();
    mkdirSync(torn);
    copyFileSync(pathOf(logFile, dir), pathOf(logFile, torn));
    copyFileSync(wal, `${pathOf(logFile, torn)}-wal`);
    const [from, to] = [lengths[batch]!, lengths[batch + 1]!];
    truncateSync(`${pathOf(logFile, torn)}-wal`, from + Math.floor(noise() * (to - from)));
    if (batch % 2)
      writeFileSync(`${pathOf(logFile, torn)}-wal`, Buffer.alloc(5000, 7), { flag: "a" });
    const found = await openSqliteLog(torn, options);
    assert.equal(found.head, batch);
    assert.deepEqual(await timesIn(found), times.slice(0, counts[batch]));
    assert.equal(await found.append(blockOf(samplesOf("after", 1, 1))), batch + 1);
    await found.close();
    const db = openForWriting(logFile, torn, { walBytes: 1e6, cacheBytes: 1e6 });
    assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map(Object.values), [["ok"]]);
    db.close();
  }
});

test("sqlite log: a batch that the disk has damaged is told, and not drawn", async (t) => {
  const dir = newDir();
  const log = await opened(t, dir);
  await log.append(blockOf(samplesOf("a", 1, 100)));
  const db = openForWriting(logFile, dir, { walBytes: 1e6, cacheBytes: 1e6 });
  db.exec("UPDATE log SET data = zeroblob(length(data))");
  db.close();
  await assert.rejects(timesIn(log), {
    code: "unavailable",
    message: "cannot read the log: batch 1 is damaged",
  });
  assert.equal(await log.append(blockOf(samplesOf("a", 200, 1))), 2);
});

test("sqlite log: the file is made as it must be for space to come back", async () => {
  const dir = newDir();
  await (await openSqliteLog(dir, options)).close();
  const db = openForWriting(logFile, dir, { walBytes: 1e6, cacheBytes: 1e6 });
  assert.deepEqual(
    ["page_size", "auto_vacuum", "synchronous", "user_version"].map((name) => numberOf(db, name)),
    [8192, 2, 2, 1],
  );
  db.close();
});

test("sqlite log: space goes back to the disk", async (t) => {
  let now = 0;
  const dir = newDir();
  const log = await opened(t, dir, { keepMs: 10, maxBytes: 40_000_000, now: () => now });
  for (let call = 0; call < 80; call++) await log.append(blockOf(samplesOf("a", call, 5_000)));
  const before = bytesOnDisk(logFile, dir);
  now = 100;
  await log.append(blockOf(samplesOf("a", 1, 5_000)));
  await log.retain();
  // The next commit is the first that may cut the write-ahead log, which was copied back only now.
  await log.append(blockOf(samplesOf("a", 2, 1)));
  const left = bytesOnDisk(logFile, dir);
  t.diagnostic(`${before} bytes became ${left}`);
  assert.ok(statSync(pathOf(logFile, dir)).size < 1_000_000);
  assert.ok(left <= 11_000_000, `${left} bytes left of ${before}`);
});

test("sqlite log: stays below its bytes, write-ahead log included, however fast it grows", async (t) => {
  const dir = newDir();
  const maxBytes = 12_000_000;
  const log = await opened(t, dir, { maxBytes });
  let most = 0;
  for (let call = 0; call < 600; call++) {
    await log.append(blockOf(samplesOf("a", call, 5_000)));
    most = Math.max(most, bytesOnDisk(logFile, dir));
  }
  t.diagnostic(`${most} bytes at most, batches ${log.oldest} to ${log.head} left`);
  assert.ok(most <= maxBytes, `${most} bytes on disk`);
  assert.ok(log.oldest > 1);
  await log.retain();
  const kept = (log.head - log.oldest + 1) * 5_000 * 7;
  assert.ok(kept > maxBytes / 3, `only ${kept} bytes of samples kept`);
});
