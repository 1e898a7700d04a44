import { PlotcastError } from "@plotcast/protocol";
import type { Log } from "../log/log.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { columnsIn } from "../thread/sample-columns.ts";
import { WorkerCalls } from "../thread/worker-calls.ts";
import { BatchPack, packOf } from "./batch-pack.ts";
import { unpackHistory } from "./history-codec.ts";
import type {
  History,
  HistoryRequest,
  Keep,
  SamplesPage,
  SamplesRequest,
  SeriesAbout,
  SeriesDetails,
  Store,
  StoreStats,
} from "./store.ts";
import type { Progress, StoreCalls, StoreData } from "./store-worker.ts";
import { Turns } from "./turns.ts";

export type StoreOptions = {
  /** Folder of its file; undefined keeps everything in memory. */
  readonly dir: string | undefined;
  readonly keep: Keep;
  /** What the file may occupy. */
  readonly maxBytes: number;
  /** Told of each row that cannot be read any more, once, with the next batch at the latest. */
  readonly onDamage?: (what: string) => void;
};

/** Samples on their way to the worker, and those that wait there for a chunk: 20 bytes each. */
const maxBehind = 100_000;
const maxExcess = 200_000;
/** More at once would only wait in the worker, where they cannot be given up any more. */
const maxReadsAtOnce = 2;
/** Most of what it holds is a name and an object for each series. */
const heap = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 2 };

/**
 * Opens the store of a log, and brings it up to the log's head. To be called before anything is
 * appended. `onReplay` is told how far that is, in offsets of the log.
 */
export async function openSqliteStore(
  log: Log,
  options: StoreOptions,
  onReplay: (done: number, total: number) => void = () => {},
): Promise<Store> {
  const store = new SqliteStore(log, options);
  try {
    await store.open(onReplay);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class SqliteStore implements Store {
  applied = 0;
  keptFrom = Number.NEGATIVE_INFINITY;
  readonly #log: Log;
  readonly #worker: WorkerCalls<StoreCalls>;
  readonly #reads = new Turns(maxReadsAtOnce);
  readonly #off = new AbortController();
  readonly #abouts = new Map<number, SeriesAbout>();
  /** Series whose names the worker knows. */
  #named = 0;
  /** Samples handed over and not taken in yet. */
  #behind = 0;
  #excess = 0;
  #asking: Promise<Progress> | undefined;
  #failure: Progress["failure"];
  readonly #onDamage: (what: string) => void;

  constructor(log: Log, { dir, keep, maxBytes, onDamage = () => {} }: StoreOptions) {
    this.#onDamage = onDamage;
    this.#log = log;
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const url = new URL(`./store-worker.${extension}`, import.meta.url);
    const data: StoreData = { dir, keep, maxBytes };
    this.#worker = new WorkerCalls(url, data, { heap, what: "history", restarts: false });
  }

  async open(onReplay: (done: number, total: number) => void): Promise<void> {
    const { epoch, head, series, oldest } = this.#log;
    const known = namesAfter(this.#log, 0);
    const begun = this.#worker.call("begin", { epoch, head, names: known });
    // Whatever reads the log may have a thread of its own to start: both at once.
    const [{ missing, reached, ...progress }] = await Promise.all([begun, readLast(this.#log)]);
    this.#note(progress);
    if (missing.length > 0) await this.#log.know(missing);
    const added = { names: missing, firstId: known.length + 1 };
    const { abouts } = await this.#worker.call("name", added);
    this.#named = series.size;
    for (const [id, about] of abouts) this.#abouts.set(id, about);
    const first = Math.max(reached, oldest - 1);
    await this.#replay(first, head, onReplay);
    this.#log.follow((batch) => this.#take(packOf(batch), false), this.#off.signal);
    // Nobody has to wait for it, but until then the log keeps all it has.
    this.#must(this.#worker.call("checkpoint", {}));
  }

  /** The next batches are read while these are taken in. */
  async #replay(
    after: number,
    until: number,
    onReplay: (done: number, total: number) => void,
  ): Promise<void> {
    let pack = new BatchPack();
    for await (const batch of this.#log.read(after, until)) {
      if (pack.add(batch)) continue;
      this.#take(pack, true);
      onReplay(batch.offset - after, until - after);
      await this.room();
      pack = new BatchPack();
      if (!pack.add(batch)) this.#take(packOf(batch), true);
    }
    this.#take(pack, true);
    await this.room();
  }

  async history({ ids, from, to, andLater, px, as, signal }: HistoryRequest): Promise<History> {
    const { entries, buffer, offset } = await this.#read(signal, () =>
      this.#worker.call("history", {
        ...{ ids: Uint32Array.from(ids), from, to, px },
        ...{ andLater: andLater ?? false, as: as ?? "values" },
      }),
    );
    return { offset, series: unpackHistory({ entries, buffer }) };
  }

  async *samples({ ids, from, to, signal }: SamplesRequest): AsyncGenerator<SamplesPage> {
    const wanted = Uint32Array.from(ids);
    for (let next = from; next !== Number.POSITIVE_INFINITY; ) {
      const page = await this.#read(signal, () =>
        this.#worker.call("samples", { ids: wanted, from: next, to }),
      );
      next = page.next;
      if (page.buffer.byteLength === 0) continue;
      yield columnsIn(page.buffer);
      freeBuffer(page.buffer);
    }
  }

  async version(from: number, to: number): Promise<string> {
    return (await this.#worker.call("version", { from, to })).version;
  }

  async missedSince(offset: number): Promise<number | undefined> {
    return (await this.#worker.call("missedSince", { offset })).time;
  }

  about(id: number): SeriesAbout | undefined {
    return this.#abouts.get(id);
  }

  async details(ids: Iterable<number>): Promise<SeriesDetails[]> {
    return [...(await this.#worker.call("details", { ids: Uint32Array.from(ids) })).details];
  }

  async describe(id: number, about: SeriesAbout): Promise<void> {
    await this.#worker.call("describe", { id, about });
    this.#abouts.set(id, { ...this.#abouts.get(id), ...about });
  }

  async room(): Promise<void> {
    while (this.#behind > maxBehind || this.#excess > maxExcess || this.#failure) {
      // One question for all who wait.
      this.#asking ??= this.#worker.call("progress", {}).finally(() => {
        this.#asking = undefined;
      });
      this.#note(await this.#asking);
      if (this.#failure) throw new PlotcastError(this.#failure.code, this.#failure.message);
    }
  }

  stats(): Promise<StoreStats> {
    return this.#worker.call("stats", {});
  }

  async backup(file: string): Promise<void> {
    // What comes from now on is not waited for: it never ends.
    const upTo = this.#log.head;
    for (let more = true; more; ) more = (await this.#worker.call("sealAll", { upTo })).more;
    await this.#worker.call("backup", { file });
  }

  close(): Promise<void> {
    this.#off.abort();
    return this.#worker.end();
  }

  #take(pack: BatchPack, replay: boolean): void {
    const firstId = this.#named + 1;
    const names = namesAfter(this.#log, this.#named);
    this.#named += names.length;
    this.#behind += pack.length;
    const call = this.#worker.call("apply", { ...pack.take(), names, firstId, replay });
    this.#must(
      call.finally(() => {
        this.#behind -= pack.length;
      }),
    );
  }

  /** What fails here is a bug or the end of the worker's thread, and both are everyone's business. */
  #must(progress: Promise<Progress>): void {
    progress.then(
      (known) => this.#note(known),
      (error: unknown) =>
        queueMicrotask(() => {
          throw error;
        }),
    );
  }

  #note({ applied, keptFrom, excess, failure, damage }: Progress): void {
    for (const what of damage) this.#onDamage(what);
    this.applied = applied;
    this.keptFrom = keptFrom;
    this.#excess = excess;
    this.#failure = failure;
  }

  async #read<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
    return await this.#reads.take(() => {
      signal?.throwIfAborted();
      return act();
    });
  }
}

async function readLast(log: Log): Promise<void> {
  for await (const _batch of log.read(log.head - 1, log.head)) return;
}

function namesAfter({ series }: Log, known: number): string[] {
  return Array.from({ length: series.size - known }, (_, i) => series.series(known + 1 + i));
}
