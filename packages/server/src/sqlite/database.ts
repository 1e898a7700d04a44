import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { backup, DatabaseSync, type StatementSync } from "node:sqlite";
import { PlotcastError } from "@plotcast/protocol";

/*
 * The only file that imports node:sqlite, which is a release candidate still: what changes there is
 * changed here.
 */
export type Database = DatabaseSync;
export type Statement = StatementSync;

/** A kind of file of ours: what is in it, and how an older one becomes a newer one. */
export type FileKind = {
  /** What messages call it, such as `log`. */
  readonly what: string;
  /** Its name in the data folder. */
  readonly name: string;
  readonly pageBytes: number;
  /** The tables of a new file, as SQL. */
  readonly schema: string;
  /** The one at index 0 turns a file of version 1 into one of version 2, and so on. */
  readonly migrations: readonly string[];
};

/** Versions before this one can lose commits when the write-ahead log starts over. */
const oldestSafeSqlite = "3.51.3";

/**
 * Makes the folder if it is missing, and keeps every other process out of it until `release`, or
 * until this process ends in whatever way: the kernel drops the lock then.
 */
export function lockFolder(dir: string): { release(): void } {
  let lock: Database | undefined;
  try {
    const version = process.versions.sqlite ?? "";
    if (!isSafeSqlite(version)) {
      throw new PlotcastError(
        "unavailable",
        `cannot use the folder ${JSON.stringify(dir)}: this Node.js has SQLite ${version}, which can lose data; use one with SQLite ${oldestSafeSqlite} or newer`,
      );
    }
    mkdirSync(dir, { recursive: true });
    // A file of its own: an exclusive lock on the log would keep our own reader out.
    lock = new DatabaseSync(join(dir, "plotcast.lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    throw failureOf(`use the folder ${JSON.stringify(dir)}`, error);
  }
  return { release: () => lock.close() };
}

/** Where a file of a kind lies. Without a folder it is in memory only. */
export function pathOf(kind: FileKind, dir: string | undefined): string {
  return dir === undefined ? ":memory:" : join(dir, kind.name);
}

/** What was being done, for the message of a failure. */
export function openingIn(kind: FileKind, dir: string | undefined): string {
  return `open the ${kind.what} in ${dir === undefined ? "memory" : JSON.stringify(dir)}`;
}

export type Limits = {
  /** How far the write-ahead log may grow. */
  readonly walBytes: number;
  /** Pages held in memory. */
  readonly cacheBytes: number;
  /** When what was committed survives a power cut: at once, or only after the next checkpoint. */
  readonly durableAt?: "commit" | "checkpoint";
};

/** The one connection that writes; makes the file if there is none, and migrates an older one. */
export function openForWriting(
  kind: FileKind,
  dir: string | undefined,
  { walBytes, cacheBytes, durableAt = "commit" }: Limits,
): Database {
  let db: Database | undefined;
  try {
    db = new DatabaseSync(pathOf(kind, dir), { timeout: 5000 });
    prepare(db, kind, dir);
    // In WAL mode only FULL syncs at each commit. NORMAL, which does not, keeps the order of commits.
    db.exec(`PRAGMA synchronous = ${durableAt === "commit" ? "FULL" : "NORMAL"}`);
    db.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${Math.ceil(walBytes / kind.pageBytes / 2)}`);
    db.exec(`PRAGMA journal_size_limit = ${walBytes}`);
    return db;
  } catch (error) {
    db?.close();
    throw failureOf(openingIn(kind, dir), error, kind);
  }
}

/** Makes the tables of a new file, and refuses a file that we would spoil. */
function prepare(db: Database, kind: FileKind, dir: string | undefined): void {
  const version = checkVersion(db, kind, dir);
  if (version === 0) {
    // Before the first table, and before WAL: SQLite takes neither of them afterwards.
    db.exec(`PRAGMA page_size = ${kind.pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`);
  }
  if (dir !== undefined && valueIn(db, "PRAGMA journal_mode = WAL") !== "wal") {
    throw cannotOpen(
      kind,
      dir,
      "its disk allows no shared memory; choose a folder on a local disk",
    );
  }
  if (version < currentVersion(kind)) migrate(db, kind, version);
  if (numberOf(db, "auto_vacuum") !== 2) {
    throw cannotOpen(kind, dir, `${kind.name} in it is not ours; choose another folder`);
  }
}

/** The version of a file, 0 if it is new. Refuses one that a newer Plotcast wrote. */
function checkVersion(db: Database, kind: FileKind, dir: string | undefined): number {
  const version = numberOf(db, "user_version");
  const known = currentVersion(kind);
  if (version <= known) return version;
  throw cannotOpen(
    kind,
    dir,
    `a newer Plotcast wrote it (schema ${version}, this one knows ${known}); update Plotcast or choose another folder`,
  );
}

function currentVersion(kind: FileKind): number {
  return kind.migrations.length + 1;
}

/** All or nothing: a file is never between two versions. */
function migrate(db: Database, kind: FileKind, from: number): void {
  const steps = from === 0 ? [kind.schema] : kind.migrations.slice(from - 1);
  db.exec("BEGIN IMMEDIATE");
  for (const sql of steps) db.exec(sql);
  db.exec(`PRAGMA user_version = ${currentVersion(kind)}; COMMIT`);
}

/**
 * A connection that only reads, which needs a file of the newest version. Without mmap: its pages would
 * count as memory of ours.
 */
export function openForReading(kind: FileKind, dir: string): Database {
  let db: Database | undefined;
  try {
    db = new DatabaseSync(pathOf(kind, dir), { readOnly: true, timeout: 5000 });
    const version = checkVersion(db, kind, dir);
    const known = currentVersion(kind);
    if (version < known) {
      const why = `an older Plotcast wrote it (schema ${version}, this one reads ${known})`;
      throw cannotOpen(kind, dir, `${why}; start a server on it once, which brings it up to date`);
    }
    db.exec("PRAGMA cache_size = -2000");
    return db;
  } catch (error) {
    db?.close();
    throw failureOf(openingIn(kind, dir), error, kind);
  }
}

/** Moves what was committed from the write-ahead log to the file; false if a reader was in the way. */
export function checkpoint(db: Database): boolean {
  const { busy, log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get() ?? {};
  return busy === 0 && log === checkpointed;
}

/** Transactions are short: even two in a row in the way are rare. */
const maxBackupAttempts = 100;

/** Copies all of a file that is in use into a new one, a few pages at a time. */
export async function backupDatabase(db: Database, file: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await backup(db, file, { rate: 256 });
      return;
    } catch (error) {
      // It begins on another thread, and cannot while a transaction is under way on this one. Node
      // waits then, except at the very first step: this it makes a failure without an error.
      const inTheWay = error instanceof Error && "errcode" in error && error.errcode === 0;
      if (inTheWay && attempt < maxBackupAttempts) continue;
      throw failureOf(`back up to ${JSON.stringify(file)}`, error);
    }
  }
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

/** All a file occupies on the disk, free pages and write-ahead log included. */
export function bytesOnDisk(kind: FileKind, dir: string): number {
  const file = pathOf(kind, dir);
  return [file, `${file}-wal`]
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

function cannotOpen(kind: FileKind, dir: string | undefined, why: string): PlotcastError {
  return new PlotcastError("unavailable", `cannot ${openingIn(kind, dir)}: ${why}`);
}

/** What SQLite or the file system said, as a failure that a caller may meet. A bug stays what it is. */
export function failureOf(action: string, error: unknown, kind?: FileKind): unknown {
  if (error instanceof PlotcastError || !(error instanceof Error && "code" in error)) return error;
  const [code, why] = reasonOf(error, kind);
  return new PlotcastError(code, `cannot ${action}: ${why}`, { cause: error });
}

function reasonOf(
  error: Error,
  kind: FileKind | undefined,
): ["storage-full" | "unavailable", string] {
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
      return [
        "unavailable",
        kind
          ? `${error.message}; move ${kind.name} away to start a new ${kind.what}`
          : error.message,
      ];
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
