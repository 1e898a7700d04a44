import { workerData } from "node:worker_threads";
import { PlotcastError } from "@plotcast/protocol";
import {
  type Database,
  failureOf,
  numberIn,
  numberOf,
  openForWriting,
  openingIn,
  type Statement,
  valueIn,
} from "../sqlite/database.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { answerCalls } from "../thread/worker-calls.ts";
import { encodeBatch } from "./batch-codec.ts";
import { type Batches, bytesOf, columnsOf } from "./batches.ts";
import { timeRange } from "./columns.ts";
import { newEpoch } from "./epoch.ts";
import { logFile } from "./log-file.ts";

/*
 * The worker that alone writes the file. Its thread waits for the disk so that no other has to.
 *
 * It keeps nothing that is not in the file: after any failure it closes the connection, and the next
 * call opens the file afresh. A commit that failed may all the same have reached the disk; it was
 * refused to its sender, so the next commit takes it out again.
 */

export type WriterData = {
  /** Folder of the log. */
  readonly dir: string;
  /** How far the write-ahead log may grow. */
  readonly walBytes: number;
  /** How many bytes of pages may be in use; what is above is trimmed. */
  readonly liveBytes: number;
};

export type Opened = {
  readonly epoch: string;
  readonly head: number;
  readonly oldest: number;
  /** Names of all series; the first has the id 1. */
  readonly series: readonly string[];
};

export type Commit = Batches & {
  /** Of the first batch. */
  readonly offset: number;
  readonly at: number;
  /** New series, and the id of the first of them. */
  readonly names: readonly string[];
  readonly firstId: number;
};

export type Trim = { readonly before: number; readonly upTo: number };

export type WriterCalls = {
  open(options: object): Opened;
  know(series: Pick<Commit, "names" | "firstId">): undefined;
  commit(commit: Commit): { readonly buffer: ArrayBuffer; readonly bytes: number };
  /**
   * Drops a slice of what was appended before a time or is too much, up to an offset at most; `more`
   * if that was not all.
   */
  trim(options: Trim): { readonly oldest: number; readonly more: boolean };
};

/** One slice of trimming: short enough that a commit behind it does not wait for long. */
const sliceRows = 1000;
const sliceBytes = 2_000_000;
const slicePages = 250;
/** Free pages up to this part of the file stay for new batches, which would take them back at once. */
const spareOf = 16;
/** What a row takes besides its blob, roughly. */
const rowBytes = 40;

const { dir, walBytes, liveBytes } = workerData as WriterData;

type Open = {
  readonly db: Database;
  readonly insertSeries: Statement;
  readonly insertBatch: Statement;
  /** Offset of the newest batch in the file. */
  head: number;
};
let current: Open | undefined;

answerCalls<WriterCalls>(
  {
    open: () => attempt(openingIn(logFile, dir), describe),
    know: ({ names, firstId }) =>
      attempt("add series to the log", ({ db, insertSeries }) => {
        db.exec("BEGIN IMMEDIATE");
        for (const [index, name] of names.entries()) insertSeries.run(firstId + index, name);
        db.exec("COMMIT");
        return undefined;
      }),
    commit: (batches) => {
      const blobs = bytesOf(batches).map(encodeBatch);
      const bytes = blobs.reduce((sum, { length }) => sum + length, 0);
      attempt("append", (open) => commit(open, batches, blobs));
      for (const { buffer } of blobs) freeBuffer(buffer);
      return { buffer: batches.buffer, bytes };
    },
    trim: (options) => attempt("trim the log", (open) => trim(open, options)),
  },
  () => current?.db.close(),
);

/** Runs `act` on the open file; throws the connection away if it fails. */
function attempt<T>(action: string, act: (open: Open) => T): T {
  try {
    current ??= openFile();
    return act(current);
  } catch (error) {
    const db = current?.db;
    current = undefined;
    db?.close();
    throw failureOf(action, error);
  }
}

function openFile(): Open {
  const db = openForWriting(logFile, dir, { walBytes, cacheBytes: 2_000_000 });
  const newest = numberIn(db, "SELECT max(offset) FROM log") ?? 0;
  return {
    db,
    insertSeries: db.prepare("INSERT INTO series VALUES (?, ?) ON CONFLICT (id) DO NOTHING"),
    insertBatch: db.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)"),
    // What was trimmed counts: an emptied log must go on where it was.
    head: Math.max(newest, numberIn(db, "SELECT value FROM meta WHERE key = 'trimmed'") ?? 0),
  };
}

function describe({ db, head }: Open): Opened {
  const insert = "INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING";
  db.prepare(insert).run(newEpoch());
  return {
    epoch: String(valueIn(db, "SELECT value FROM meta WHERE key = 'epoch'")),
    head,
    oldest: oldestOf(db, head),
    series: db
      .prepare("SELECT name FROM series ORDER BY id")
      .all()
      .map(({ name }) => String(name)),
  };
}

function commit(open: Open, batches: Commit, blobs: readonly Uint8Array[]): void {
  const { db, head, insertSeries, insertBatch } = open;
  const { offset, at, names, firstId } = batches;
  if (head < offset - 1) {
    throw new PlotcastError(
      "unavailable",
      `cannot append: the file ends at offset ${head}, and ${offset - 1} was acknowledged; it was replaced or damaged, start again to go on with it`,
    );
  }
  db.exec("BEGIN IMMEDIATE");
  if (head >= offset) db.prepare("DELETE FROM log WHERE offset >= ?").run(offset);
  for (const [index, name] of names.entries()) insertSeries.run(firstId + index, name);
  for (const [index, { times }] of columnsOf(batches).entries()) {
    const { first, last } = timeRange(times);
    insertBatch.run(offset + index, at, times.length, first, last, blobs[index]!);
  }
  db.exec("COMMIT");
  open.head = offset + blobs.length - 1;
}

function trim({ db, head }: Open, options: Trim): { oldest: number; more: boolean } {
  const last = lastToTrim(db, options);
  const free = numberOf(db, "freelist_count");
  const vacuum = free > numberOf(db, "page_count") / spareOf;
  if (last === undefined && !vacuum) {
    // Passive: waits for nobody. It also lets the file shrink by what was vacuumed.
    db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    return { oldest: oldestOf(db, head), more: false };
  }
  db.exec("BEGIN IMMEDIATE");
  if (vacuum) db.exec(`PRAGMA incremental_vacuum(${slicePages})`);
  const vacuumed = numberOf(db, "freelist_count") < free;
  if (last !== undefined) {
    db.prepare("DELETE FROM log WHERE offset <= ?").run(last);
    db.prepare("INSERT OR REPLACE INTO meta VALUES ('trimmed', ?)").run(last);
  }
  db.exec("COMMIT");
  return { oldest: oldestOf(db, head), more: last !== undefined || vacuumed };
}

/** The newest batch of the next slice; undefined if none is too old and there is not too much. */
function lastToTrim(db: Database, { before, upTo }: Trim): number | undefined {
  const livePages = numberOf(db, "page_count") - numberOf(db, "freelist_count");
  let excess = livePages * logFile.pageBytes - liveBytes;
  let freed = 0;
  let last: number | undefined;
  const rows = db.prepare(
    "SELECT offset, at, length(data) AS bytes FROM log WHERE offset <= ? ORDER BY offset LIMIT ?",
  );
  for (const { offset, at, bytes } of rows.all(upTo, sliceRows)) {
    if (freed >= sliceBytes || (Number(at) >= before && excess <= 0)) break;
    freed += Number(bytes) + rowBytes;
    excess -= Number(bytes) + rowBytes;
    last = Number(offset);
  }
  return last;
}

function oldestOf(db: Database, head: number): number {
  return numberIn(db, "SELECT min(offset) FROM log") ?? head + 1;
}
