import { PlotcastError, type Sample } from "@plotcast/protocol";
import { freeBuffer } from "../thread/free-buffer.ts";
import {
  columnsIn,
  maxBatchSamples,
  packColumns,
  packSamples,
  type SampleColumns,
  sliceColumns,
} from "./columns.ts";
import type { SeriesIds } from "./series-ids.ts";

/**
 * Bounds the memory of samples whose senders do not wait: 20 MB of columns. A disk that keeps up
 * never has more than a few batches here, so whoever meets this limit meets a stalled disk.
 */
export const maxWaitingSamples = 1_000_000;

type Call = {
  /** Its samples, as `columnsIn` says. */
  readonly buffer: ArrayBuffer;
  readonly length: number;
  /** How many of its samples are in batches already; more than 0 only for a call that is spread. */
  taken: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (reason: unknown) => void;
};

type Options = {
  /** Makes a batch durable and tells everyone; resolves to its offset. Never called twice at a time. */
  readonly commit: (buffer: ArrayBuffer) => Promise<number>;
  readonly series: SeriesIds;
  /** Commits begin at least this far apart, unless a full batch waits: an fsync for each costs dear. */
  readonly intervalMs: number;
  /** Monotonic clock. */
  readonly clock?: () => number;
};

/**
 * Group commit: gathers the samples of many calls into batches, one commit at a time.
 *
 * The first call after a quiet time is committed at once; those that come while a commit is under
 * way share the next one. So a lone sender waits for one fsync, and ten thousand wait for two.
 */
export class AppendQueue {
  readonly #options: Options;
  readonly #clock: () => number;
  readonly #calls: Call[] = [];
  #waiting = 0;
  #busy = false;
  #began = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  append(samples: readonly Sample[]): Promise<number> {
    // A call that alone is beyond the limit would never be taken, so it is when nothing else waits.
    if (this.#waiting > 0 && this.#waiting + samples.length > maxWaitingSamples) {
      return Promise.reject(
        new PlotcastError(
          "unavailable",
          `cannot append ${samples.length} samples: ${this.#waiting} wait for the disk already; send again later`,
        ),
      );
    }
    const buffer = packSamples(samples, this.#options.series);
    this.#waiting += samples.length;
    return new Promise((resolve, reject) => {
      this.#calls.push({ buffer, length: samples.length, taken: 0, resolve, reject });
      this.#next();
    });
  }

  /** Resolves when nothing waits any more. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#next();
    });
  }

  /** Commits now, or sets the timer for it. */
  #next(): void {
    clearTimeout(this.#timer);
    if (this.#busy) return;
    if (this.#calls.length === 0) {
      this.#drained?.();
      return;
    }
    const rest = this.#began + this.#options.intervalMs - this.#clock();
    if (rest <= 0 || this.#waiting >= maxBatchSamples) void this.#commit();
    else this.#timer = setTimeout(() => this.#next(), Math.ceil(rest));
  }

  async #commit(): Promise<void> {
    this.#busy = true;
    this.#began = this.#clock();
    const { calls, buffer } = this.#take();
    try {
      const offset = await this.#options.commit(buffer);
      for (const call of calls) if (isTaken(call)) call.resolve(offset);
    } catch (error) {
      for (const call of calls) this.#fail(call, error);
    }
    this.#busy = false;
    this.#next();
  }

  /** The next batch, and the calls that have samples in it. A call that fits in a batch is not cut. */
  #take(): { calls: Call[]; buffer: ArrayBuffer } {
    const parts: SampleColumns[] = [];
    const calls: Call[] = [];
    let room = maxBatchSamples;
    for (const call of this.#calls) {
      const left = call.length - call.taken;
      if (left > room && calls.length > 0) break;
      const end = call.taken + Math.min(left, room);
      parts.push(sliceColumns(columnsIn(call.buffer), call.taken, end));
      calls.push(call);
      room -= end - call.taken;
      call.taken = end;
      if (room === 0) break;
    }
    this.#waiting -= maxBatchSamples - room;
    this.#calls.splice(0, calls.filter(isTaken).length);
    return { calls, buffer: bufferOf(calls, parts) };
  }

  #fail(call: Call, error: unknown): void {
    call.reject(error);
    if (isTaken(call)) return;
    // What is left of a spread call must not follow its lost part into the log.
    this.#calls.shift();
    this.#waiting -= call.length - call.taken;
  }
}

function isTaken(call: Call): boolean {
  return call.taken === call.length;
}

/** A call that is a batch by itself is handed on as it is, others are copied together. */
function bufferOf(calls: readonly Call[], parts: readonly SampleColumns[]): ArrayBuffer {
  const [first] = calls;
  if (first && calls.length === 1 && parts[0]?.ids.length === first.length) return first.buffer;
  const buffer = packColumns(parts);
  for (const call of calls) if (isTaken(call)) freeBuffer(call.buffer);
  return buffer;
}
