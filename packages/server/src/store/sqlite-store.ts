import { PlotcastError } from "@plotcast/protocol";
import type { Batch, Log } from "../log/log.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { WorkerCalls } from "../thread/worker-calls.ts";
import type { Keep } from "./engine.ts";
import { unpackHistory } from "./history-codec.ts";
import type {
  History,
  HistoryRequest,
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
  /** Told what cannot be read any more, once for each. */
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
  #damage: string | undefined;
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
    const { missing, ...progress } = await this.#worker.call("begin", {
      ...{ epoch, head, names: known },
    });
    this.#note(progress);
    if (missing.length > 0) await this.#log.know(missing);
    const added = { names: missing, firstId: known.length + 1 };
    const { abouts } = await this.#worker.call("name", added);
    this.#named = series.size;
    for (const [id, about] of abouts) this.#abouts.set(id, about);
    const first = Math.max(progress.applied, oldest - 1);
    for await (const batch of this.#log.read(first, head)) {
      this.#take(batch, true);
      onReplay(batch.offset - first, head - first);
      await this.room();
    }
    this.#log.follow((batch) => this.#take(batch, false), this.#off.signal);
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
      const { buffer, length } = page;
      next = page.next;
      if (length === 0) continue;
      yield {
        times: new Float64Array(buffer, 0, length),
        values: new Float64Array(buffer, 8 * length, length),
        ids: new Uint32Array(buffer, 16 * length, length),
      };
      freeBuffer(buffer);
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

  #take(batch: Batch, replay: boolean): void {
    // What fails here is a bug or the end of the worker's thread, and both are everyone's business.
    this.#apply(batch, replay).catch((error: unknown) => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }

  async #apply({ offset, at, ids, times, values }: Batch, replay: boolean): Promise<void> {
    const { length } = ids;
    const buffer = new ArrayBuffer(20 * length);
    new Float64Array(buffer, 0, length).set(times);
    new Float64Array(buffer, 8 * length, length).set(values);
    new Uint32Array(buffer, 16 * length, length).set(ids);
    const firstId = this.#named + 1;
    const names = namesAfter(this.#log, this.#named);
    this.#named += names.length;
    this.#behind += length;
    const batch = { offset, at, names, firstId, replay, length, buffer };
    try {
      this.#note(await this.#worker.call("apply", batch));
    } finally {
      this.#behind -= length;
    }
  }

  #note({ applied, keptFrom, excess, failure, damage }: Progress): void {
    if (damage !== undefined && damage !== this.#damage) this.#onDamage(damage);
    this.#damage = damage;
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

function namesAfter({ series }: Log, known: number): string[] {
  return Array.from({ length: series.size - known }, (_, i) => series.series(known + 1 + i));
}
