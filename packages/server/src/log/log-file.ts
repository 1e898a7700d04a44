import type { FileKind } from "../sqlite/database.ts";

/*
 *     meta    key, value           `epoch`; `trimmed`: the newest offset that retention has dropped
 *     series  id, name
 *     log     offset, at, n samples, t0 and t1: their earliest and latest time, data: batch-codec.ts
 */
export const logFile: FileKind = {
  what: "log",
  name: "plotcast.db",
  // Small: each commit writes whole pages, and an acknowledgement waits for them.
  pageBytes: 8192,
  schema: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE log (
      offset INTEGER PRIMARY KEY, at REAL NOT NULL, n INTEGER NOT NULL,
      t0 REAL NOT NULL, t1 REAL NOT NULL, data BLOB NOT NULL
    ) STRICT;
  `,
  migrations: [],
};
