/**
 * Samples in columns of equal length, as views of one buffer, which changes threads without a copy:
 *
 *     | times f64 × n | values f64 × n | ids u32 × n |
 *
 * The wide columns come first, because a Float64Array must begin at a multiple of 8.
 */
export type SampleColumns = {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly ids: Uint32Array;
};

/** What a sample takes in memory: two float64 and one uint32. */
export const sampleBytes = 20;

/** The columns that fill a buffer, or `n` samples of it from byte `from` on. */
export function columnsIn(
  buffer: ArrayBuffer,
  from = 0,
  n = buffer.byteLength / sampleBytes,
): SampleColumns {
  return {
    times: new Float64Array(buffer, from, n),
    values: new Float64Array(buffer, from + 8 * n, n),
    ids: new Uint32Array(buffer, from + 16 * n, n),
  };
}

/** A buffer for so many samples. */
export function bufferFor(samples: number): ArrayBuffer {
  return new ArrayBuffer(samples * sampleBytes);
}
