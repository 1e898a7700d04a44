import type { Batch } from "../log/log.ts";
import { bufferFor, columnsIn, type SampleColumns } from "../thread/sample-columns.ts";

/** Batches on their way to the store's thread, in one message. */
export type PackedBatches = {
  readonly batches: readonly Piece[];
  /** The columns of all of them, one batch behind the other. */
  readonly buffer: ArrayBuffer;
};

/** A batch without its columns. */
type Piece = Pick<Batch, "offset" | "at"> & { readonly length: number };

/** A message costs as much as thousands of samples, and the log of a quarter of an hour may have many small batches. */
const mostSamples = 50_000;
const mostBatches = 1_000;

/** Gathers the batches that a start reads from the log, whose columns are gone when the next is read. */
export class BatchPack {
  readonly #buffer: ArrayBuffer;
  readonly #columns: SampleColumns;
  readonly #batches: Piece[] = [];
  #length = 0;

  /** With room for so many samples. */
  constructor(room = mostSamples) {
    this.#buffer = bufferFor(room);
    this.#columns = columnsIn(this.#buffer);
  }

  /** How many samples are in it. */
  get length(): number {
    return this.#length;
  }

  /** False, and does nothing, if there is no room for it. */
  add({ offset, at, ids, times, values }: Batch): boolean {
    const { length } = ids;
    const end = this.#length + length;
    if (end > this.#columns.ids.length || this.#batches.length === mostBatches) return false;
    this.#columns.times.set(times, this.#length);
    this.#columns.values.set(values, this.#length);
    this.#columns.ids.set(ids, this.#length);
    this.#batches.push({ offset, at, length });
    this.#length = end;
    return true;
  }

  take(): PackedBatches {
    return { batches: this.#batches, buffer: this.#buffer };
  }
}

/** A pack of one batch. */
export function packOf(batch: Batch): BatchPack {
  const pack = new BatchPack(batch.ids.length);
  pack.add(batch);
  return pack;
}

/** The batches of a pack, as views of its buffer. */
export function* batchesIn({ batches, buffer }: PackedBatches): Generator<Batch> {
  const { times, values, ids } = columnsIn(buffer);
  let from = 0;
  for (const { offset, at, length } of batches) {
    const to = from + length;
    yield {
      ...{ offset, at, ids: ids.subarray(from, to) },
      ...{ times: times.subarray(from, to), values: values.subarray(from, to) },
    };
    from = to;
  }
}
