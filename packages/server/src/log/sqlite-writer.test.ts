import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openForReading } from "../sqlite/database.ts";
import { WorkerCalls } from "../thread/worker-calls.ts";
import { packBatches } from "./batches.ts";
import { logFile } from "./log-file.ts";
import type { Commit, WriterCalls } from "./sqlite-writer.ts";

function started(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), "plotcast-writer-"));
  const url = new URL("./sqlite-writer.ts", import.meta.url);
  const writer = new WorkerCalls<WriterCalls>(url, { dir, walBytes: 1e6, liveBytes: 1e9 });
  t.after(async () => {
    await writer.end();
    rmSync(dir, { recursive: true });
  });
  return { writer, dir };
}

function commitOf(offset: number, time: number, names: string[] = []): Commit {
  const columns = {
    ids: Uint32Array.of(1),
    times: Float64Array.of(time),
    values: Float64Array.of(1),
  };
  return { offset, at: 0, names, firstId: 1, ...packBatches([[columns]]) };
}

test("sqlite writer: a commit that was refused but reached the disk is taken out by the next", async (t) => {
  const { writer, dir } = started(t);
  await writer.call("commit", commitOf(1, 10, ["a"]));
  await writer.call("commit", commitOf(2, 20));
  // As if the second had been refused: the log gives its offset, and an unsaved name, again.
  await writer.call("commit", commitOf(2, 21, ["a"]));
  const db = openForReading(logFile, dir);
  t.after(() => db.close());
  assert.deepEqual(db.prepare("SELECT offset, t0 FROM log").all().map(Object.values), [
    [1, 10],
    [2, 21],
  ]);
});

test("sqlite writer: a file that lost what was acknowledged is not written to", async (t) => {
  const { writer } = started(t);
  await writer.call("commit", commitOf(1, 10, ["a"]));
  await assert.rejects(writer.call("commit", commitOf(3, 30)), {
    code: "unavailable",
    message: /^cannot append: the file ends at offset 1, and 2 was acknowledged/,
  });
});

test("sqlite writer: a commit that fails halfway leaves nothing behind, and the next is taken", async (t) => {
  const { writer, dir } = started(t);
  await writer.call("commit", commitOf(1, 10, ["a"]));
  const conflicting = { ...commitOf(2, 20, ["b", "a"]), firstId: 2 };
  await assert.rejects(writer.call("commit", conflicting), {
    code: "unavailable",
    message: /^cannot append: UNIQUE/,
  });
  await writer.call("commit", commitOf(2, 21));
  const db = openForReading(logFile, dir);
  t.after(() => db.close());
  assert.deepEqual(db.prepare("SELECT t0 FROM log").all().map(Object.values), [[10], [21]]);
  assert.deepEqual(db.prepare("SELECT name FROM series").all().map(Object.values), [["a"]]);
});
