import { lockFolder } from "../sqlite/database.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { columnsIn } from "../thread/sample-columns.ts";
import { WorkerCalls } from "../thread/worker-calls.ts";
import { AppendQueue } from "./append-queue.ts";
import { type Batches, columnsOf } from "./batches.ts";
import { sliceColumns } from "./columns.ts";
import { Listeners } from "./listeners.ts";
import type { Batch, LogOptions } from "./log.ts";
import { closedError, type Retaining, retainEveryMs } from "./retaining.ts";
import type { SampleBlock } from "./sample-block.ts";
import { SeriesIds } from "./series-ids.ts";
import type { Page, ReaderCalls, ReaderData } from "./sqlite-reader.ts";
import type { Opened, WriterCalls, WriterData } from "./sqlite-writer.ts";

/** More often, and each fsync carries too few samples; less often, and a sender waits for nothing. */
const commitEveryMs = 5;

/**
 * The log in one SQLite file of a folder, which is made if it is missing.
 *
 * Rejects with a sentence for people when the folder cannot be used: taken by another process, not
 * writable, or written by a newer Plotcast.
 */
export async function openSqliteLog(dir: string, options: LogOptions): Promise<Retaining> {
  const lock = lockFolder(dir);
  const writer = new WorkerCalls<WriterCalls>(workerUrl("writer"), writerData(dir, options));
  try {
    return new SqliteLog(await writer.call("open", {}), { dir, options, writer, lock });
  } catch (error) {
    await writer.end();
    lock.release();
    throw error;
  }
}

/** From source and from what is published: a worker lies beside this file, in the same language. */
function workerUrl(name: "writer" | "reader"): URL {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./sqlite-${name}.${extension}`, import.meta.url);
}

/**
 * How `maxBytes` is divided: into the write-ahead log, what may come between two trimmings, the
 * free pages that a file keeps, and, the most, pages in use.
 */
function writerData(dir: string, { maxBytes }: LogOptions): WriterData {
  const walBytes = Math.min(32_000_000, Math.floor(maxBytes / 4));
  const liveBytes = ((maxBytes - walBytes) * 15) / 16 - growthBytes(maxBytes);
  return { dir, walBytes, liveBytes };
}

function growthBytes(maxBytes: number): number {
  return maxBytes / 32;
}

type Parts = {
  readonly dir: string;
  readonly options: LogOptions;
  readonly writer: WorkerCalls<WriterCalls>;
  readonly lock: { release(): void };
};

class SqliteLog implements Retaining {
  readonly epoch: string;
  readonly series: SeriesIds;
  head: number;
  oldest: number;
  readonly #options: LogOptions;
  readonly #now: () => number;
  readonly #writer: WorkerCalls<WriterCalls>;
  readonly #reader: WorkerCalls<ReaderCalls>;
  readonly #lock: { release(): void };
  readonly #listeners = new Listeners();
  readonly #queue: AppendQueue;
  readonly #timer: NodeJS.Timeout;
  /** What was committed since the last trimming began. */
  #grown = 0;
  #retaining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ epoch, head, oldest, series }: Opened, { dir, options, writer, lock }: Parts) {
    this.epoch = epoch;
    this.head = head;
    this.oldest = oldest;
    this.series = new SeriesIds(series);
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#writer = writer;
    const readerData: ReaderData = { dir };
    this.#reader = new WorkerCalls<ReaderCalls>(workerUrl("reader"), readerData);
    this.#lock = lock;
    this.#queue = new AppendQueue({
      commit: (batches) => this.#commit(batches),
      series: this.series,
      intervalMs: commitEveryMs,
    });
    this.#timer = setInterval(() => this.#retainQuietly(), retainEveryMs).unref();
  }

  async append(block: SampleBlock): Promise<number> {
    this.#checkOpen();
    return block.length === 0 ? this.head : this.#queue.append(block);
  }

  async know(series: readonly string[]): Promise<void> {
    this.#checkOpen();
    for (const name of series) this.series.give(name);
    const names = this.series.unsaved();
    await this.#writer.call("know", { names, firstId: this.series.size + 1 });
    this.series.saved(names.length);
  }

  async *read(after: number, until: number, { since = Number.NEGATIVE_INFINITY } = {}) {
    this.#checkOpen();
    const last = Math.min(until, this.head);
    let reached = after;
    for (;;) {
      // Again for each page: retention may have overtaken a slow reader.
      reached = Math.max(reached, this.oldest - 1);
      if (reached >= last) return;
      const page = await this.#reader.call("page", { after: reached, until: last, since });
      try {
        for (const batch of batchesOf(page)) {
          this.#checkOpen();
          yield batch;
        }
      } finally {
        freeBuffer(page.buffer);
      }
      this.#checkOpen();
      reached = page.reached;
    }
  }

  follow(listener: (batch: Batch) => void, signal: AbortSignal): void {
    this.#checkOpen();
    this.#listeners.add(listener, signal);
  }

  retain(): Promise<void> {
    this.#retaining ??= this.#retain().finally(() => {
      this.#retaining = undefined;
    });
    return this.#retaining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #commit(batches: Batches): Promise<number> {
    const at = this.#now();
    const names = this.series.unsaved();
    const firstId = this.series.size + 1;
    const commit = { offset: this.head + 1, at, names, firstId, ...batches };
    const { buffer, bytes } = await this.#writer.call("commit", commit);
    this.series.saved(names.length);
    for (const columns of columnsOf({ ...batches, buffer })) {
      this.head++;
      this.#listeners.call({ offset: this.head, at, ...columns });
    }
    this.#grown += bytes;
    if (this.#grown > growthBytes(this.#options.maxBytes)) this.#retainQuietly();
    return this.head;
  }

  /** In slices, between which the writer takes commits. */
  async #retain(): Promise<void> {
    this.#grown = 0;
    const { keepMs, neededAfter = () => this.head } = this.#options;
    const before = this.#now() - keepMs;
    for (let more = true; more && !this.#closing; ) {
      const trimmed = await this.#writer.call("trim", { before, upTo: neededAfter() });
      this.oldest = trimmed.oldest;
      more = trimmed.more;
    }
  }

  /** A trimming that fails is made up for by the next; what is wrong, senders are told. */
  #retainQuietly(): void {
    this.retain().catch(() => {});
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue.drain();
    await this.#retaining?.catch(() => {});
    // The reader first: the last connection to close tidies the write-ahead log away.
    await this.#reader.end();
    await this.#writer.end();
    this.#lock.release();
  }

  #checkOpen(): void {
    if (this.#closing) throw closedError();
  }
}

function* batchesOf({ offsets, ats, lengths, buffer }: Page): Generator<Batch> {
  const columns = columnsIn(buffer);
  let from = 0;
  for (const [index, offset] of offsets.entries()) {
    const to = from + lengths[index]!;
    yield { offset, at: ats[index]!, ...sliceColumns(columns, from, to) };
    from = to;
  }
}
