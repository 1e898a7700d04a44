import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { PlotcastError } from "@plotcast/protocol";
import { checkData } from "../../packages/server/src/check.ts";
import { logFile } from "../../packages/server/src/log/log-file.ts";
import { blockOf } from "../../packages/server/src/log/sample-block.ts";
import {
  type Database,
  type FileKind,
  openForWriting,
  pathOf,
} from "../../packages/server/src/sqlite/database.ts";
import { historyFile } from "../../packages/server/src/store/history-file.ts";
import { seededRandom } from "../random.ts";
import { batchOf, Model, type Plan } from "./history-batches.ts";
import {
  type FolderOptions,
  keepAll,
  type OpenHistory,
  openHistory,
  readSamples,
} from "./history-folder.ts";

/* What log and store do when their files are not as they were left. */

const root = mkdtempSync(join(tmpdir(), "plotcast-files-"));
after(() => rmSync(root, { recursive: true, force: true }));
const plan: Plan = { seed: 7, begin: Date.UTC(2026, 0, 31, 12) };
const random = seededRandom(1);

let folders = 0;
function newDir(): string {
  return join(root, String(++folders));
}

async function opened(t: TestContext, dir: string, some: Partial<FolderOptions> = {}) {
  const history = await openHistory(dir, { ...keepAll, ...some });
  t.after(() => history.close());
  return history;
}

async function append({ log }: OpenHistory, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await log.append(blockOf(batchOf(plan, number)));
}

/** Puts all there is into chunks: a backup does. */
async function seal({ store }: OpenHistory): Promise<void> {
  await store.backup(join(root, `backup${++folders}`));
}

/** A copy of a folder in use, of one moment: the store's thread may be about to write. */
function frozen(dir: string): string {
  const state = () => readdirSync(dir).map((name) => statSync(join(dir, name)).mtimeMs);
  for (;;) {
    const copy = newDir();
    const before = state();
    cpSync(dir, copy, { recursive: true });
    if (before.join() === state().join()) return copy;
  }
}

function modelOf(batches: number): Model {
  const model = new Model(plan);
  model.advance(batches);
  return model;
}

/** A folder with so many batches in chunks, and as many that only the log has. */
async function folderOf(batches: number): Promise<string> {
  const dir = newDir();
  const history = await openHistory(dir, keepAll);
  await append(history, 1, batches);
  await seal(history);
  await append(history, batches + 1, 2 * batches);
  await history.close();
  return dir;
}

function change(kind: FileKind, dir: string, act: (db: Database) => void): void {
  const db = openForWriting(kind, dir, { walBytes: 1e6, cacheBytes: 1e6 });
  act(db);
  db.close();
}

function wal(kind: FileKind, dir: string): string {
  return `${pathOf(kind, dir)}-wal`;
}

function remove(kind: FileKind, dir: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${pathOf(kind, dir)}${end}`, { force: true });
}

test("history files: whatever is torn off the store's write-ahead log, the log makes up for it", async (t) => {
  // The log drops all that it may, which is what no torn file can take from the store any more.
  const options = { replayMs: 0 };
  const used = newDir();
  const history = await opened(t, used, options);
  let sent = 0;
  for (let state = 1; state <= 12; state++) {
    await append(history, sent + 1, sent + 8);
    sent += 8;
    await seal(history);
    // Half way it makes sure that a power cut would take none of that, as it does every few seconds.
    for (; state === 6 && history.store.applied === 0; sent++) {
      await append(history, sent + 1, sent + 1);
      await delay(100);
    }
    await history.log.retain();
  }
  const model = modelOf(sent);
  assert.ok(history.log.oldest > 1);
  const dir = frozen(used);
  const { size } = statSync(wal(historyFile, dir));
  t.diagnostic(
    `${size} bytes to tear, batches ${history.log.oldest} to ${history.log.head} in the log`,
  );
  for (let cut = 0; cut <= 8; cut++) {
    const torn = newDir();
    cpSync(dir, torn, { recursive: true });
    truncateSync(wal(historyFile, torn), Math.max(0, Math.floor((size * (cut - random())) / 8)));
    if (cut % 2) appendFileSync(wal(historyFile, torn), Buffer.alloc(50_000, 7));
    const found = await opened(t, torn, options);
    assert.equal(found.log.head, history.log.head);
    model.assertIs(await readSamples(found), {}, `cut ${cut}`);
    await seal(found);
    await found.close();
    assert.deepEqual((await checkData(torn)).problems, []);
  }
});

test("history files: without the store's file all comes back that the log still has", async (t) => {
  const dir = await folderOf(20);
  remove(historyFile, dir);
  const found = await opened(t, dir);
  modelOf(40).assertIs(await readSamples(found));
  await seal(found);
  await found.close();
  assert.deepEqual((await checkData(dir)).problems, []);
});

test("history files: without the log's file the history stays, under a new epoch", async (t) => {
  const dir = newDir();
  const history = await openHistory(dir, keepAll);
  await append(history, 1, 30);
  await seal(history);
  const { epoch } = history.log;
  await history.close();
  remove(logFile, dir);
  const found = await opened(t, dir);
  assert.notEqual(found.log.epoch, epoch);
  assert.equal(found.log.head, 0);
  const model = modelOf(30);
  model.assertIs(await readSamples(found));
  // Offsets begin anew, and what comes at the same ones is none of what was there.
  await append(found, 31, 60);
  model.advance(60);
  model.assertIs(await readSamples(found));
  await found.close();
  const again = await opened(t, dir);
  model.assertIs(await readSamples(again));
  await again.close();
  assert.deepEqual((await checkData(dir)).problems, []);
});

test("history files: a file of a newer version is refused and left alone", async (t) => {
  const dir = await folderOf(2);
  change(historyFile, dir, (db) =>
    db.exec("PRAGMA user_version = 9; PRAGMA journal_mode = DELETE"),
  );
  const before = readFileSync(pathOf(historyFile, dir));
  const refusal = {
    code: "unavailable",
    message: `cannot open the history in "${dir}": a newer Plotcast wrote it (schema 9, this one knows 2); update Plotcast or choose another folder`,
  };
  await assert.rejects(openHistory(dir, keepAll), refusal);
  await assert.rejects(checkData(dir), refusal);
  assert.deepEqual(readFileSync(pathOf(historyFile, dir)), before);
  remove(historyFile, dir);
  modelOf(4).assertIs(await readSamples(await opened(t, dir)));
});

test("history files: a file that is none of ours is refused, left alone, and can be moved away", async (t) => {
  const dir = await folderOf(2);
  remove(historyFile, dir);
  const garbage = Buffer.alloc(100_000, "not a database ");
  writeFileSync(pathOf(historyFile, dir), garbage);
  const refusal = {
    code: "unavailable",
    message: `cannot open the history in "${dir}": file is not a database; move history.db away to start a new history`,
  };
  await assert.rejects(openHistory(dir, keepAll), refusal);
  await assert.rejects(checkData(dir), refusal);
  assert.deepEqual(readFileSync(pathOf(historyFile, dir)), garbage);
  remove(historyFile, dir);
  modelOf(4).assertIs(await readSamples(await opened(t, dir)));
});

test("history files: a folder that cannot be written to is told", async (t) => {
  const disk = smallDisk(t);
  if (!disk) return;
  const dir = join(disk, "data");
  const history = await openHistory(dir, keepAll);
  await append(history, 1, 3);
  await seal(history);
  await history.close();
  execFileSync("mount", ["-o", "remount,ro", disk]);
  const message = new RegExp(
    `^cannot (use the folder|open the log in) "${dir}": it cannot be written to; allow it or choose another folder$`,
  );
  await assert.rejects(openHistory(dir, keepAll), { code: "unavailable", message });
});

test("history files: one flipped bit is found and told, and everything else is served", async (t) => {
  const dir = await folderOf(60);
  const model = modelOf(120);
  const hurt = flipBit(dir, "SELECT * FROM chunk WHERE series = 1 ORDER BY t0 LIMIT 1 OFFSET 2");
  const { problems } = await checkData(dir);
  assert.match(problems[0] ?? "", new RegExp(`^"${hurt.name}", chunk ${hurt.id}: .*damaged`));
  assert.ok(
    problems.every((problem) => problem.startsWith(`"${hurt.name}"`)),
    problems.join("\n"),
  );

  const told: string[] = [];
  const found = await opened(t, dir, { onDamage: (what) => told.push(what) });
  const samples = await readSamples(found);
  const own = samples.get(hurt.name)!.times;
  assert.equal(own.filter((time) => time < hurt.t0 || time > hurt.t1).length, own.length);
  assert.ok(own.some((time) => time < hurt.t0) && own.some((time) => time > hurt.t1));
  samples.delete(hurt.name);
  model.assertIs(samples, { without: [hurt.name] });
  // What still comes for that stretch of time is taken in like any other.
  const time = (hurt.t0 + hurt.t1) / 2 + 0.25;
  await found.log.append(blockOf([{ series: hurt.name, time, value: 77 }]));
  await seal(found);
  const after = (await readSamples(found)).get(hurt.name)!;
  assert.equal(after.values[after.times.indexOf(time)], 77);
  assert.deepEqual([after.times.length, told.length], [own.length + 1, 1]);
  assert.match(told[0]!, new RegExp(`^chunk ${hurt.id} of the history is damaged and left out: `));
});

test("history files: a flipped bit in a rollup is found, and harms no sample", async (t) => {
  const dir = await folderOf(60);
  const hurt = flipBit(
    dir,
    "SELECT * FROM rollup WHERE series = 1 AND level = 1 ORDER BY t0 LIMIT 1",
  );
  const { problems } = await checkData(dir);
  assert.match(problems[0] ?? "", new RegExp(`^"${hurt.name}", rollup ${hurt.id}: .*damaged`));
  const found = await opened(t, dir);
  modelOf(120).assertIs(await readSamples(found));
  await append(found, 121, 140);
  await seal(found);
  modelOf(140).assertIs(await readSamples(found));
});

test("history files: where a page was overwritten, it is told what can be done, and nobody waits for ever", async (t) => {
  const dir = await folderOf(40);
  const model = modelOf(80);
  for (const table of ["meta", "series", "chunk", "rollup"]) {
    const hurt = newDir();
    cpSync(dir, hurt, { recursive: true });
    overwritePage(hurt, table);
    assert.notEqual((await checkData(hurt)).problems.length, 0, table);
    const failures = await failuresOf(hurt);
    assert.notEqual(failures.length, 0, table);
    for (const { code, message } of failures) {
      assert.equal(code, "unavailable", message);
      assert.match(
        message,
        /^cannot (open|read|write) the history.*: database disk image is malformed; move history\.db away to start a new history$/,
      );
    }
    remove(historyFile, hurt);
    const found = await opened(t, hurt);
    model.assertIs(await readSamples(found), { later: 10 }, table);
    await found.close();
  }
});

/** What fails when a server goes about its business in a folder. */
async function failuresOf(dir: string): Promise<PlotcastError[]> {
  const failures: PlotcastError[] = [];
  const note = (error: PlotcastError) => void failures.push(error);
  const history = await openHistory(dir, keepAll).catch(note);
  if (!history) return failures;
  const { log, store } = history;
  for (let id = 1; id <= log.series.size; id++) {
    const range = { ids: [id], from: -1e15, to: 1e15 };
    await store.history({ ...range, px: 100 }).catch(note);
    await Array.fromAsync(store.samples(range)).catch(note);
  }
  for (let number = 81; number <= 90; number++) {
    await store
      .room()
      .then(() => append(history, number, number))
      .catch(note);
  }
  await seal(history).catch(note);
  await history.close();
  return failures;
}

/** Overwrites the last page that holds rows of a table. */
function overwritePage(dir: string, table: string): void {
  let page = 0;
  change(historyFile, dir, (db) => {
    const sql = "SELECT max(pageno) AS page FROM dbstat WHERE name = ? AND pagetype = 'leaf'";
    page = Number(db.prepare(sql).get(table)?.page);
  });
  const bytes = readFileSync(pathOf(historyFile, dir));
  bytes.fill(0x55, (page - 1) * historyFile.pageBytes, page * historyFile.pageBytes);
  writeFileSync(pathOf(historyFile, dir), bytes);
}

type Hurt = {
  readonly id: number;
  readonly name: string;
  readonly t0: number;
  readonly t1: number;
};

/** Flips a bit in the middle of the blob of a row. */
function flipBit(dir: string, sql: string): Hurt {
  let hurt: Hurt | undefined;
  change(historyFile, dir, (db) => {
    const row = db.prepare(sql).get()!;
    const data = Uint8Array.from(row.data as Uint8Array);
    data[data.length >> 1]! ^= 4;
    const table = sql.includes("FROM chunk") ? "chunk" : "rollup";
    db.prepare(`UPDATE ${table} SET data = ? WHERE id = ?`).run(data, Number(row.id));
    const { name } = db.prepare("SELECT name FROM series WHERE id = ?").get(Number(row.series))!;
    hurt = { id: Number(row.id), name: String(name), t0: Number(row.t0), t1: Number(row.t1) };
  });
  return hurt!;
}

/** A disk of its own, which can be made read-only; undefined where we may not mount one. */
function smallDisk(t: TestContext): string | undefined {
  const dir = newDir();
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", dir], { stdio: "pipe" });
  } catch (error) {
    t.skip(`NOT TESTED: no disk can be mounted here: ${error}`);
    return undefined;
  }
  t.after(() => execFileSync("umount", ["-l", dir]));
  return dir;
}
