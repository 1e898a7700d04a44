import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { fakeFolder } from "./fake-folder.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { restore } from "./restore.ts";
import { partOf } from "./save-file.ts";

/** A backup, and a data folder that is not there yet. */
function places(t: TestContext) {
  const folder = fakeFolder(t);
  const file = path.join(folder, "b.db");
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))");
  db.close();
  const data = path.join(folder, "some", "plots");
  return { file, data, history: path.join(data, "history.db"), folder };
}

async function restored(file: string, data: string) {
  const terminal = fakeTerminal();
  await restore(file, { data }, terminal, new AbortController().signal);
  return terminal.printed();
}

test("restore: the backup becomes the history of a new folder, and stays where it is", async (t) => {
  const { file, data, history } = places(t);
  const printed = await restored(file, data);
  assert.deepEqual(readFileSync(history), readFileSync(file));
  assert.match(printed, /^1\d\d KB restored to .*history\.db\. Start with: plotcast --data /);
  assert.equal(existsSync(partOf(history)), false);
});

test("restore: a folder with a history, or with what is left of one, is not touched", async (t) => {
  for (const name of ["history.db", "history.db-wal"]) {
    const { file, data } = places(t);
    mkdirSync(data, { recursive: true });
    writeFileSync(path.join(data, name), "precious");
    const message = `cannot restore to ${data}: it has a history (${name}); choose another folder`;
    await assert.rejects(restored(file, data), { code: "bad-input", message });
    assert.equal(readFileSync(path.join(data, name), "utf8"), "precious");
  }
});

test("restore: what is no backup, or not the whole of one, is refused", async (t) => {
  const { file, data, folder } = places(t);
  const refuses = async (name: string, bytes: Uint8Array, found: string) => {
    const other = path.join(folder, name);
    writeFileSync(other, bytes);
    const message = `${other}: expected what "plotcast backup" has written, found ${found}`;
    await assert.rejects(restored(other, data), { code: "bad-input", message });
  };
  const whole = readFileSync(file);
  await refuses("a.csv", Buffer.from("time,temp\n".repeat(100)), "something else");
  await refuses("empty", Buffer.alloc(0), "something else");
  const all = `${Number((whole.length / 1000).toPrecision(3))} KB`;
  await refuses("half.db", whole.subarray(0, 50_000), `the first 50 KB of ${all}`);
  const missing = path.join(folder, "x");
  const message = `cannot read ${missing}: there is no such file`;
  await assert.rejects(restored(missing, data), { code: "bad-input", message });
  assert.equal(existsSync(data), false);
});
