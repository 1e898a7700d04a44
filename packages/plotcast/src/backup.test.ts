import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { type BackupFlags, backup } from "./backup.ts";
import { fakeFolder } from "./fake-folder.ts";
import { fakeServer } from "./fake-server.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { partOf } from "./save-file.ts";

/** A small database: what a server would send. */
function database(t: TestContext): Buffer {
  const file = path.join(fakeFolder(t), "a.db");
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))");
  db.close();
  return readFileSync(file);
}

/** `plotcast backup` from a server that answers with these bytes, into a folder of its own. */
async function backedUp(
  t: TestContext,
  bytes: Uint8Array,
  {
    flags = {} as Partial<BackupFlags>,
    cut = false,
    before = undefined as string | undefined,
  } = {},
) {
  const file = path.join(fakeFolder(t), "b.db");
  if (before !== undefined) writeFileSync(file, before);
  const asked: (string | undefined)[] = [];
  const url = await fakeServer(t, (request, response) => {
    asked.push(request.url, request.headers.authorization);
    response.write(bytes, () => (cut ? request.socket.destroy() : response.end()));
  });
  const terminal = fakeTerminal();
  const { signal } = new AbortController();
  const error: unknown = await backup(file, { url, ...flags }, terminal, signal).then(
    () => undefined,
    (thrown) => thrown,
  );
  return { file, asked, error, url, printed: terminal.printed() };
}

function failed(error: unknown, expected: object) {
  assert.throws(() => {
    throw error;
  }, expected);
}

test("backup: the file is what the server sent, and it says how to start from it", async (t) => {
  const bytes = database(t);
  const { file, asked, error, printed } = await backedUp(t, bytes, { flags: { writeToken: "r" } });
  assert.equal(error, undefined);
  assert.deepEqual(asked, ["/v1/backup", "Bearer r"]);
  assert.deepEqual(readFileSync(file), bytes);
  assert.match(printed, /^1\d\d KB written to /);
  assert.ok(printed.includes(`plotcast restore ${file} --data <folder> `), printed);
  assert.match(printed, /^ {2}plotcast --data <folder>$/m);
});

test("backup: a file that exists is replaced only by force", async (t) => {
  const bytes = database(t);
  const { file, error, asked } = await backedUp(t, bytes, { before: "precious" });
  const message = `cannot back up to ${file}: it exists; choose another name, or add --force`;
  failed(error, { code: "bad-input", message });
  assert.deepEqual(asked, []);
  assert.equal(readFileSync(file, "utf8"), "precious");
  const forced = await backedUp(t, bytes, { before: "precious", flags: { force: true } });
  assert.equal(forced.error, undefined);
  assert.deepEqual(readFileSync(forced.file), bytes);
});

test("backup: of one that is cut, cut short or none nothing is left", async (t) => {
  const bytes = database(t);
  const half = bytes.subarray(0, 50_000);
  const fails = async (sent: Uint8Array, cut: boolean, message: RegExp) => {
    const { file, error } = await backedUp(t, sent, { cut });
    failed(error, { code: "closed", message });
    assert.deepEqual([existsSync(file), existsSync(partOf(file))], [false, false]);
  };
  await fails(half, true, /^cannot back up http:.*: the connection was cut after \d+ (KB|bytes)$/);
  await fails(half, false, /: it sent only 50 KB of it$/);
  await fails(
    Buffer.from("<!doctype html>".repeat(20)),
    false,
    /no backup; is it a Plotcast server/,
  );
});

test("backup: a signal leaves nothing behind, and is told", async (t) => {
  const file = path.join(fakeFolder(t), "b.db");
  const stop = new AbortController();
  const url = await fakeServer(t, (_request, response) => {
    response.write(Buffer.alloc(1000), () => stop.abort());
  });
  const message = `stopped before the end: ${file} is not written`;
  await assert.rejects(backup(file, { url }, fakeTerminal(), stop.signal), {
    name: "Shortfall",
    message,
  });
  assert.deepEqual([existsSync(file), existsSync(partOf(file))], [false, false]);
});
