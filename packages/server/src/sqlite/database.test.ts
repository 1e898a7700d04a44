import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type FileKind, numberOf, openForReading, openForWriting, valueIn } from "./database.ts";

const root = mkdtempSync(join(tmpdir(), "plotcast-database-"));
after(() => rmSync(root, { recursive: true, force: true }));
const limits = { walBytes: 1e6, cacheBytes: 1e6 };
const first: FileKind = {
  ...{ what: "box", name: "box.db", pageBytes: 8192 },
  schema: "CREATE TABLE thing (name TEXT) STRICT; INSERT INTO thing VALUES ('old')",
  migrations: [],
};
const second = "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 3";
const third = "UPDATE thing SET size = size + 1";

function newDir(): string {
  return mkdtempSync(join(root, "d"));
}

function made(kind: FileKind, dir: string): { version: number; thing: unknown } {
  const db = openForWriting(kind, dir, limits);
  const found = {
    version: numberOf(db, "user_version"),
    thing: valueIn(db, "SELECT size FROM thing"),
  };
  db.close();
  return found;
}

test("database: a file of an older version goes through every step to the newest, once", () => {
  const dir = newDir();
  openForWriting(first, dir, limits).close();
  const newest = { ...first, migrations: [second, third] };
  assert.deepEqual(made(newest, dir), { version: 3, thing: 4 });
  assert.deepEqual(made(newest, dir), { version: 3, thing: 4 });
});

test("database: a new file is of the newest version at once", () => {
  const schema = "CREATE TABLE thing (size INTEGER) STRICT; INSERT INTO thing VALUES (7)";
  assert.deepEqual(made({ ...first, schema, migrations: [second, third] }, newDir()), {
    version: 3,
    thing: 7,
  });
});

test("database: a step that fails leaves the file as it was", () => {
  const dir = newDir();
  openForWriting(first, dir, limits).close();
  const broken = { ...first, migrations: [second, "SELECT nothing FROM nowhere"] };
  assert.throws(() => openForWriting(broken, dir, limits), { message: /^cannot open the box in / });
  assert.deepEqual(made({ ...first, migrations: [second] }, dir), { version: 2, thing: 3 });
});

test("database: a file of a newer version is neither written nor read", () => {
  const dir = newDir();
  openForWriting({ ...first, migrations: [second] }, dir, limits).close();
  const refusal = {
    code: "unavailable",
    message: `cannot open the box in "${dir}": a newer Plotcast wrote it (schema 2, this one knows 1); update Plotcast or choose another folder`,
  };
  assert.throws(() => openForWriting(first, dir, limits), refusal);
  assert.throws(() => openForReading(first, dir), refusal);
});

test("database: a file of an older version is not read before it is brought up to date", () => {
  const dir = newDir();
  openForWriting(first, dir, limits).close();
  const newest = { ...first, migrations: [second] };
  assert.throws(() => openForReading(newest, dir), {
    code: "unavailable",
    message: `cannot open the box in "${dir}": an older Plotcast wrote it (schema 1, this one reads 2); start a server on it once, which brings it up to date`,
  });
  openForWriting(newest, dir, limits).close();
  openForReading(newest, dir).close();
});

test("database: without a folder it is in memory", () => {
  const db = openForWriting(first, undefined, limits);
  assert.equal(valueIn(db, "SELECT name FROM thing"), "old");
  db.close();
});
