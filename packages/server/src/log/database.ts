import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { PlotcastError } from "@plotcast/protocol";

/*
 * The only file that imports node:sqlite, which is a release candidate still: what changes there is
 * changed here.
 *
 *     meta    key, value           `epoch`; `trimmed`: the newest offset that retention has dropped
 *     series  id, name
 *     log     offset, at, n samples, t0 and t1: their earliest and latest time, data: batch-codec.ts
 */
export type Database = DatabaseSync;
export type Statement = StatementSync;

const schemaVersion = 1;
const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
  CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE log (
    offset INTEGER PRIMARY KEY, at REAL NOT NULL, n INTEGER NOT NULL,
    t0 REAL NOT NULL, t1 REAL NOT NULL, data BLOB NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

export const pageBytes = 8192;
/** Versions before this one can lose commits when the write-ahead log starts over. */
const oldestSafeSqlite = "3.51.3";

/** The file of the log in its folder. */
export function logFile(dir: string): string {
  return join(dir, "plotcast.db");
}

/**
 * Makes the folder if it is missing, and keeps every other process out of it until `release`, or
 * until this process ends in whatever way: the kernel drops the lock then.
 */
export function lockFolder(dir: string): { release(): void } {
  let lock: Database | undefined;
  try {
    const version = process.versions.sqlite ?? "";
    if (!isSafeSqlite(version)) {
      throw cannotOpen(
        dir,
        `this Node.js has SQLite ${version}, which can lose data; use one with SQLite ${oldestSafeSqlite} or newer`,
      );
    }
    mkdirSync(dir, { recursive: true });
    // A file of its own: an exclusive lock on the log would keep our own reader out.
    lock = new DatabaseSync(join(dir, "plotcast.lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    throw failureOf(openingIn(dir), error);
  }
  return { release: () => lock.close() };
}

/** What was being done, for the message of a failure. */
export function openingIn(dir: string): string {
  return `open the log in ${JSON.stringify(dir)}`;
}

/** The one connection that writes. `walBytes` bounds how far the write-ahead log may grow. */
export function openForWriting(dir: string, walBytes: number): Database {
  let db: Database | undefined;
  try {
    db = new DatabaseSync(logFile(dir), { timeout: 5000 });
    prepare(db, dir);
    db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000");
    db.exec(`PRAGMA wal_autocheckpoint = ${Math.ceil(walBytes / pageBytes / 2)}`);
    db.exec(`PRAGMA journal_size_limit = ${walBytes}`);
    return db;
  } catch (error) {
    db?.close();
    throw failureOf(openingIn(dir), error);
  }
}

/** Makes the tables of a new file, and refuses a file that we would spoil. */
function prepare(db: Database, dir: string): void {
  const version = numberOf(db, "user_version");
  if (version > schemaVersion) {
    throw cannotOpen(
      dir,
      `a newer Plotcast wrote it (schema ${version}, this one knows ${schemaVersion}); update Plotcast or choose another folder`,
    );
  }
  if (version === 0) {
    // Before the first table, and before WAL: SQLite takes neither of them afterwards.
    db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`);
  }
  if (valueIn(db, "PRAGMA journal_mode = WAL") !== "wal") {
    throw cannotOpen(dir, "its disk allows no shared memory; choose a folder on a local disk");
  }
  // FULL and not NORMAL: in WAL mode only FULL syncs at each commit, and we acknowledge each.
  db.exec("PRAGMA synchronous = FULL");
  if (version === 0) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`);
  if (numberOf(db, "auto_vacuum") !== 2) {
    throw cannotOpen(dir, "plotcast.db in it is not ours; choose another folder");
  }
}

/** A connection that only reads. Without mmap: its pages would count as memory of ours. */
export function openForReading(dir: string): Database {
  const db = new DatabaseSync(logFile(dir), { readOnly: true, timeout: 5000 });
  db.exec("PRAGMA cache_size = -2000");
  return db;
}

/** The first column of the first row. */
export function valueIn(db: Database, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

/** `valueIn` as a number; undefined if there is none. */
export function numberIn(db: Database, sql: string): number | undefined {
  const value = valueIn(db, sql);
  return typeof value === "number" ? value : undefined;
}

/** The number a pragma answers with. */
export function numberOf(db: Database, pragma: string): number {
  return numberIn(db, `PRAGMA ${pragma}`) ?? 0;
}

/** All the log occupies on the disk, free pages and write-ahead log included. */
export function bytesOnDisk(dir: string): number {
  return [logFile(dir), `${logFile(dir)}-wal`]
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + statSync(path).size, 0);
}

/** False for versions of SQLite that are known to lose data. */
export function isSafeSqlite(version: string): boolean {
  const parts = version.split(".").map(Number);
  const oldest = oldestSafeSqlite.split(".").map(Number);
  const differs = oldest.findIndex((part, index) => part !== (parts[index] ?? 0));
  return differs < 0 || (parts[differs] ?? 0) > oldest[differs]!;
}

function cannotOpen(dir: string, why: string): PlotcastError {
  return new PlotcastError("unavailable", `cannot ${openingIn(dir)}: ${why}`);
}

/** What SQLite or the file system said, as a failure that a caller may meet. A bug stays what it is. */
export function failureOf(action: string, error: unknown): unknown {
  if (error instanceof PlotcastError || !(error instanceof Error && "code" in error)) return error;
  const [code, why] = reasonOf(error);
  return new PlotcastError(code, `cannot ${action}: ${why}`, { cause: error });
}

function reasonOf(error: Error): ["storage-full" | "unavailable", string] {
  const { code, errcode } = error as Error & { code?: unknown; errcode?: number };
  switch (code === "ERR_SQLITE_ERROR" && errcode !== undefined ? sqliteReason(errcode) : code) {
    case "full":
    case "ENOSPC":
    case "EDQUOT":
      return ["storage-full", "the disk is full; free some space"];
    case "locked":
      return [
        "unavailable",
        "another plotcast, or a database tool, is using it; stop that one or choose another folder",
      ];
    case "damaged":
      return ["unavailable", `${error.message}; move plotcast.db away to start a new log`];
    case "EEXIST":
    case "ENOTDIR":
      return ["unavailable", "it is not a folder; choose another"];
    case "unwritable":
    case "EACCES":
    case "EPERM":
    case "EROFS":
    // What Node makes of EROFS when it is asked to make a folder with its parents.
    case "ENOENT":
      return ["unavailable", "it cannot be written to; allow it or choose another folder"];
    default:
      return ["unavailable", error.message];
  }
}

function sqliteReason(errcode: number): string | undefined {
  // SQLITE_IOERR_SHMSIZE: its index of the write-ahead log found no room.
  if (errcode === 4874) return "full";
  // The low byte is the kind of failure, the rest is detail.
  return {
    5: "locked",
    8: "unwritable",
    11: "damaged",
    13: "full",
    14: "unwritable",
    26: "damaged",
  }[errcode & 0xff];
}
