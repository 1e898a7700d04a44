import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  backupDatabase,
  type FileKind,
  openForReading,
  openForWriting,
  valueIn,
} from "./database.ts";

const kind: FileKind = {
  what: "test",
  name: "test.db",
  pageBytes: 4096,
  schema: "CREATE TABLE some (text TEXT NOT NULL) STRICT",
  migrations: [],
};

test("database: a backup is made, whatever is written while it begins", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plotcast-database-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const db = openForWriting(kind, undefined, { walBytes: 1e6, cacheBytes: 1e6 });
  t.after(() => db.close());
  const insert = db.prepare("INSERT INTO some VALUES (?)");
  for (let i = 1; i <= 10; i++) {
    const made = backupDatabase(db, join(dir, kind.name));
    // Long enough for the thread that makes the backup to find this in its way.
    db.exec("BEGIN IMMEDIATE");
    for (let row = 0; row < 1000; row++) insert.run("x".repeat(500));
    db.exec("COMMIT");
    await made;
    const copy = openForReading(kind, dir);
    const count = Number(valueIn(copy, "SELECT count(*) FROM some"));
    assert.ok(count === i * 1000 || count === i * 1000 - 1000, `${count} rows`);
    copy.close();
    rmSync(join(dir, kind.name));
  }
});
