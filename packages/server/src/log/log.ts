import type { SampleBlock } from "./sample-block.ts";

/**
 * Samples that were put into the log together, in the order in which they were appended.
 *
 * Columns of equal length. `ids` are those of the log's series table; `times` are Unix milliseconds;
 * in `values` NaN stands for `null`, since NaN itself is refused at the door.
 */
export type Batch = {
  readonly offset: number;
  /** When it was appended, Unix milliseconds. */
  readonly at: number;
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

/** How much of the past a log holds, and the clock it goes by. */
export type LogOptions = {
  /** Batches appended longer ago than this are dropped. */
  readonly keepMs: number;
  /** The oldest batches are dropped so that all the log occupies stays below this. */
  readonly maxBytes: number;
  /** Batches after this offset are still needed, and kept whatever they occupy. */
  readonly neededAfter?: () => number;
  readonly now?: () => number;
};

/** Every series the log has ever seen. Ids are small, start at 1 and never change within an epoch. */
export interface SeriesTable {
  /** Ids are 1 to `size`. */
  readonly size: number;
  id(series: string): number | undefined;
  /** The canonical text of a series. Throws for an id it has not given out: a bug of the caller. */
  series(id: number): string;
}

/**
 * The truth: one totally ordered, durable sequence of batches.
 *
 * Offsets start at 1 and grow by one. `log-contract.ts` says all this as tests, which every
 * implementation passes.
 */
export interface Log {
  /** Names the life of this log: `[a-z0-9]{1,16}`. A new one only when what came before is lost. */
  readonly epoch: string;
  /** Offset of the newest batch; 0 before the first. */
  readonly head: number;
  /** Offset of the oldest batch still held; `head + 1` if none is. */
  readonly oldest: number;
  readonly series: SeriesTable;

  /**
   * Resolves to the offset of the batch that holds the samples, once that batch is durable and every
   * listener has been given it. Samples of several calls may share a batch; those of one call keep
   * their order, and only a call larger than a batch is spread over several (then: the last offset).
   * Series are canonical texts, unknown ones are added to the table. No samples make no batch and
   * resolve to `head`. Rejects with `storage-full` or
   * `unavailable`, and then none or only the first of the samples are in the log. The columns are the
   * caller's again as soon as the call returns.
   */
  append(block: SampleBlock): Promise<number>;

  /**
   * Adds series that have no sample here: the store may have some from an earlier log. Durable when it
   * resolves. To be called before the first `append`.
   */
  know(series: readonly string[]): Promise<void>;

  /**
   * Batches after `after` up to and including `until`, and none above what `head` was at the first
   * step. In order. Begins at `oldest` if `after` is older than that, and goes on at `oldest` if it
   * is overtaken by retention: the caller compares offsets. An end before the last batch, by `break`
   * or `return`, leaves nothing held. With `since`, batches that hold only samples from
   * before that time may be left out. The columns of a batch may be gone once the next one is asked
   * for: whoever keeps them copies them.
   */
  read(after: number, until: number, options?: { since?: number }): AsyncIterable<Batch>;

  /**
   * Resolves once everything is here that anybody can have seen by now. Missing where the log is in
   * this process: there it always is.
   */
  catchUp?(): Promise<void>;

  /** Calls `listener` with each new batch, in order, in the same turn in which `head` moves to it. */
  follow(listener: (batch: Batch) => void, signal: AbortSignal): void;

  /** Refuses every further call with `closed`, ends reads with it, and waits for what is being appended. */
  close(): Promise<void>;
}
