import { workerData } from "node:worker_threads";
import { PlotcastError } from "@plotcast/protocol";
import { type Database, failureOf, openForReading } from "../sqlite/database.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { sampleBytes } from "../thread/sample-columns.ts";
import { answerCalls } from "../thread/worker-calls.ts";
import { decodeBatch } from "./batch-codec.ts";
import { logFile } from "./log-file.ts";

/*
 * The worker that reads the file, a page at a time.
 *
 * A page is read within one call: no statement stays open between calls, since an open one keeps
 * the write-ahead log from starting over, and it would grow for as long as a slow viewer reads.
 */

export type ReaderData = { readonly dir: string };

/** Batches after `after`, as far as a page goes. */
export type Page = {
  /** Of each batch. */
  readonly offsets: readonly number[];
  readonly ats: readonly number[];
  readonly lengths: readonly number[];
  /** Samples of all batches, one after the other, as `columnsIn` says. */
  readonly buffer: ArrayBuffer;
  /** Everything up to this offset is in this page or was left out on purpose. */
  readonly reached: number;
};

export type Range = { readonly after: number; readonly until: number; readonly since: number };

export type ReaderCalls = { page(range: Range): Page };

/** Bounds what one read holds in memory, 1 MB, and how long another read waits for its turn. */
const pageSamples = 50_000;
/** The same for tiny batches, where it is the rows that cost, and for those that `since` leaves out. */
const pageRows = 5_000;
const scannedRows = 100_000;

type Row = { readonly offset: number; readonly at: number; readonly n: number };

const { dir } = workerData as ReaderData;
let current: Database | undefined;

answerCalls<ReaderCalls>(
  {
    page: (range) => {
      try {
        current ??= openForReading(logFile, dir);
        // One transaction, so that retention cannot come between the rows and their blobs.
        current.exec("BEGIN");
        const page = pageOf(current, range);
        current.exec("COMMIT");
        return page;
      } catch (error) {
        current?.close();
        current = undefined;
        throw failureOf("read the log", error);
      }
    },
  },
  () => current?.close(),
);

function pageOf(db: Database, { after, until, since }: Range): Page {
  const scanned = Math.min(until, after + scannedRows);
  const { rows, samples } = rowsOf(db, after, scanned, since);
  const buffer = new ArrayBuffer(samples * sampleBytes);
  const blob = db.prepare("SELECT data FROM log WHERE offset = ?");
  let at = 0;
  for (const { offset, n } of rows) {
    copyBatch(offset, n, blob.get(offset)?.data as Uint8Array, buffer, at);
    at += n;
  }
  const full = samples >= pageSamples || rows.length === pageRows;
  return {
    offsets: rows.map(({ offset }) => offset),
    ats: rows.map(({ at }) => at),
    lengths: rows.map(({ n }) => n),
    buffer,
    reached: full ? rows.at(-1)!.offset : scanned,
  };
}

/** The rows of a page without their blobs, which SQLite then does not touch. */
function rowsOf(db: Database, after: number, until: number, since: number) {
  const rows: Row[] = [];
  let samples = 0;
  const found = db
    .prepare("SELECT offset, at, n FROM log WHERE offset > ? AND offset <= ? AND t1 >= ? LIMIT ?")
    .iterate(after, until, since, pageRows);
  for (const row of found) {
    const { offset, at, n } = row as Row;
    rows.push({ offset, at, n });
    samples += n;
    if (samples >= pageSamples) break;
  }
  return { rows, samples };
}

/** Puts a batch behind the `at` samples that the page has already. */
function copyBatch(offset: number, n: number, blob: Uint8Array, page: ArrayBuffer, at: number) {
  const bytes = decoded(offset, n, blob);
  const to = new Uint8Array(page);
  const samples = page.byteLength / sampleBytes;
  // Bytes, not numbers: columns inside a blob are not aligned as typed arrays want them.
  to.set(bytes.subarray(0, 8 * n), 8 * at);
  to.set(bytes.subarray(8 * n, 16 * n), 8 * (samples + at));
  to.set(bytes.subarray(16 * n), 16 * samples + 4 * at);
  freeBuffer(bytes.buffer);
  freeBuffer(blob.buffer);
}

function decoded(offset: number, n: number, blob: Uint8Array): Uint8Array {
  try {
    const bytes = decodeBatch(blob);
    if (bytes.length === n * sampleBytes) return bytes;
    throw new Error(`expected ${n} samples, found ${bytes.length / sampleBytes}`);
  } catch (error) {
    const message = `cannot read the log: batch ${offset} is damaged`;
    throw new PlotcastError("unavailable", message, { cause: error });
  }
}
