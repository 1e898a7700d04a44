import { setImmediate as nextTurn } from "node:timers/promises";
import { sampleBytes } from "../thread/sample-columns.ts";
import { AppendQueue } from "./append-queue.ts";
import { type Batches, columnsOf } from "./batches.ts";
import { timeRange } from "./columns.ts";
import { newEpoch } from "./epoch.ts";
import { Listeners } from "./listeners.ts";
import type { Batch, LogOptions } from "./log.ts";
import { closedError, type Retaining, retainEveryMs } from "./retaining.ts";
import type { SampleBlock } from "./sample-block.ts";
import { SeriesIds } from "./series-ids.ts";

/** What a batch takes besides its samples, roughly: the object, its buffer and three views. */
const batchOverheadBytes = 600;
/** A reader lets others run after this many samples; a long history must not stop the server. */
const samplesPerTurn = 50_000;

/** A log that is gone with the process: for `--no-persist` and for tests. */
export function openMemoryLog(options: LogOptions): Retaining {
  return new MemoryLog(options);
}

class MemoryLog implements Retaining {
  readonly epoch = newEpoch();
  readonly series = new SeriesIds();
  oldest = 1;
  /** The batch at `oldest` and all after it. */
  readonly #batches: { readonly batch: Batch; readonly latest: number }[] = [];
  #bytes = 0;
  #closing: Promise<void> | undefined;
  readonly #options: LogOptions;
  readonly #now: () => number;
  readonly #listeners = new Listeners();
  readonly #queue = new AppendQueue({
    commit: (batches) => this.#commit(batches),
    series: this.series,
    intervalMs: 0,
  });
  readonly #timer = setInterval(() => this.retain(), retainEveryMs).unref();

  constructor(options: LogOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get head(): number {
    return this.oldest + this.#batches.length - 1;
  }

  async append(block: SampleBlock): Promise<number> {
    this.#checkOpen();
    return block.length === 0 ? this.head : this.#queue.append(block);
  }

  async know(series: readonly string[]): Promise<void> {
    for (const name of series) this.series.give(name);
    this.series.saved(this.series.unsaved().length);
  }

  async *read(after: number, until: number, { since = Number.NEGATIVE_INFINITY } = {}) {
    this.#checkOpen();
    const last = Math.min(until, this.head);
    let passed = 0;
    let next = after + 1;
    for (;;) {
      next = Math.max(next, this.oldest);
      const entry = this.#batches[next - this.oldest];
      if (!entry || next > last) return;
      next++;
      if (entry.latest >= since) yield entry.batch;
      passed += entry.batch.ids.length;
      if (passed >= samplesPerTurn) {
        passed = 0;
        await nextTurn();
      }
      this.#checkOpen();
    }
  }

  follow(listener: (batch: Batch) => void, signal: AbortSignal): void {
    this.#checkOpen();
    this.#listeners.add(listener, signal);
  }

  async retain(): Promise<void> {
    const { keepMs, neededAfter = () => this.head } = this.#options;
    const before = this.#now() - keepMs;
    const upTo = neededAfter();
    let count = 0;
    for (const { batch } of this.#batches) {
      if (batch.offset > upTo) break;
      if (batch.at >= before && this.#bytes <= this.#options.maxBytes) break;
      this.#bytes -= bytesOf(batch);
      count++;
    }
    this.#batches.splice(0, count);
    this.oldest += count;
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing ??= this.#queue.drain();
    return this.#closing;
  }

  async #commit(batches: Batches): Promise<number> {
    const names = this.series.unsaved().length;
    // One turn is long enough for a loop of calls to share a batch.
    await nextTurn();
    this.series.saved(names);
    const at = this.#now();
    for (const columns of columnsOf(batches)) {
      const batch = { offset: this.head + 1, at, ...columns };
      this.#batches.push({ batch, latest: timeRange(batch.times).last });
      this.#bytes += bytesOf(batch);
      this.#listeners.call(batch);
    }
    const offset = this.head;
    if (this.#bytes > this.#options.maxBytes) await this.retain();
    return offset;
  }

  #checkOpen(): void {
    if (this.#closing) throw closedError();
  }
}

function bytesOf(batch: Batch): number {
  return batch.ids.length * sampleBytes + batchOverheadBytes;
}
