import { columnsIn, type SampleColumns, sampleBytes } from "../thread/sample-columns.ts";

/**
 * Samples of several batches, one batch after the other in one buffer, which changes threads in one
 * transfer. Each is laid out as `columnsIn` says and begins at a multiple of 8.
 */
export type Batches = {
  readonly buffer: ArrayBuffer;
  /** How many samples each of them has. */
  readonly lengths: readonly number[];
};

/** Views of the columns of each batch. */
export function columnsOf({ buffer, lengths }: Batches): SampleColumns[] {
  let at = 0;
  return lengths.map((length) => {
    const columns = columnsIn(buffer, at, length);
    at += alignedBytes(length);
    return columns;
  });
}

/** Views of the bytes of each batch. */
export function bytesOf({ buffer, lengths }: Batches): Uint8Array[] {
  let at = 0;
  return lengths.map((length) => {
    const bytes = new Uint8Array(buffer, at, length * sampleBytes);
    at += alignedBytes(length);
    return bytes;
  });
}

/** Copies parts together: each list of them is one batch. */
export function packBatches(batches: readonly (readonly SampleColumns[])[]): Batches {
  const lengths = batches.map((parts) => parts.reduce((sum, { ids }) => sum + ids.length, 0));
  const bytes = lengths.reduce((sum, length) => sum + alignedBytes(length), 0);
  const packed = { buffer: new ArrayBuffer(bytes), lengths };
  for (const [i, all] of columnsOf(packed).entries()) {
    let at = 0;
    for (const part of batches[i]!) {
      all.ids.set(part.ids, at);
      all.times.set(part.times, at);
      all.values.set(part.values, at);
      at += part.ids.length;
    }
  }
  return packed;
}

function alignedBytes(length: number): number {
  return Math.ceil((length * sampleBytes) / 8) * 8;
}
