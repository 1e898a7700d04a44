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

const sampleBytes = 20;

/** The columns that fill a buffer. */
export function columnsIn(buffer: ArrayBuffer): SampleColumns {
  const n = buffer.byteLength / sampleBytes;
  return {
    times: new Float64Array(buffer, 0, n),
    values: new Float64Array(buffer, 8 * n, n),
    ids: new Uint32Array(buffer, 16 * n, n),
  };
}

/** A buffer for so many samples. */
export function bufferFor(samples: number): ArrayBuffer {
  return new ArrayBuffer(samples * sampleBytes);
}
