import { PlotcastError } from "@plotcast/protocol";
import { freeBuffer } from "../thread/free-buffer.ts";
import { columnsIn, type SampleColumns } from "../thread/sample-columns.ts";
import { type Batches, packBatches } from "./batches.ts";
import { maxBatchSamples, packBlock, sliceColumns } from "./columns.ts";
import type { SampleBlock } from "./sample-block.ts";
import type { SeriesIds } from "./series-ids.ts";

/**
 * Bounds the memory of samples whose senders do not wait: 20 MB of columns. A disk that keeps up
 * never has more than a few batches here, so whoever meets this limit meets a stalled disk.
 */
export const maxWaitingSamples = 1_000_000;

/**
 * A commit takes so many batches at most. More, and small senders wait longer behind a large one;
 * fewer, and a large one waits for more fsyncs, which cost the more the less there is to write.
 */
export const maxCommitBatches = 4;

type Call = {
  /** Its samples, as `columnsIn` says. */
  readonly buffer: ArrayBuffer;
  readonly length: number;
  /** How many of its samples are in batches already; more than 0 only for a call that is spread. */
  taken: number;
  /** Which batch of the commit under way holds the last of them. */
  batch: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (reason: unknown) => void;
};

type Options = {
  /**
   * Makes batches durable, all or none, and tells everyone; resolves to the offset of the last. Never
   * called twice at a time.
   */
  readonly commit: (batches: Batches) => Promise<number>;
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

  append(block: SampleBlock): Promise<number> {
    const { length } = block;
    // A call that alone is beyond the limit would never be taken, so it is when nothing else waits.
    if (this.#waiting > 0 && this.#waiting + length > maxWaitingSamples) {
      return Promise.reject(
        new PlotcastError(
          "unavailable",
          `cannot append ${length} samples: ${this.#waiting} wait for the disk already; send again later`,
        ),
      );
    }
    const buffer = packBlock(block, this.#options.series);
    this.#waiting += length;
    return new Promise((resolve, reject) => {
      this.#calls.push({ buffer, length, taken: 0, batch: 0, resolve, reject });
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
    const { calls, batches } = this.#take();
    const last = batches.lengths.length - 1;
    try {
      const offset = await this.#options.commit(batches);
      for (const call of calls) if (isTaken(call)) call.resolve(offset - last + call.batch);
    } catch (error) {
      for (const call of calls) this.#fail(call, error);
    }
    this.#busy = false;
    this.#next();
  }

  /** The next batches, and the calls that have samples in them. */
  #take(): { calls: Set<Call>; batches: Batches } {
    const calls = new Set<Call>();
    const batches: SampleColumns[][] = [];
    while (this.#calls.length > 0 && batches.length < maxCommitBatches) {
      const taken = this.#takeBatch(batches.length);
      for (const call of taken.calls) calls.add(call);
      batches.push(taken.parts);
    }
    return { calls, batches: joined(calls, batches) };
  }

  /** The next batch. A call that fits in one is not cut. */
  #takeBatch(batch: number): { calls: Call[]; parts: SampleColumns[] } {
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
      call.batch = batch;
      if (room === 0) break;
    }
    this.#waiting -= maxBatchSamples - room;
    this.#calls.splice(0, calls.filter(isTaken).length);
    return { calls, parts };
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

/** A call that is all there is, and fits, is handed on as it is; others are copied together. */
function joined(calls: ReadonlySet<Call>, batches: readonly SampleColumns[][]): Batches {
  const [call] = calls;
  if (
    call &&
    calls.size === 1 &&
    batches.length === 1 &&
    batches[0]![0]!.ids.length === call.length
  )
    return { buffer: call.buffer, lengths: [call.length] };
  const packed = packBatches(batches);
  for (const each of calls) if (isTaken(each)) freeBuffer(each.buffer);
  return packed;
}
