import type { Sample } from "@plotcast/protocol";
import type { Batch } from "./log.ts";
import type { SeriesIds } from "./series-ids.ts";

/** Samples in columns of equal length, as in a batch. */
export type SampleColumns = Pick<Batch, "ids" | "times" | "values">;

/** What a sample takes in memory: two float64 and one uint32. */
export const sampleBytes = 20;

/** Keeps one commit short, and small what a batch takes in memory here and as a frame in a browser. */
export const maxBatchSamples = 5_000;

/**
 * Views of one buffer, so that columns change threads in one transfer and without a copy:
 *
 *     | times f64 × n | values f64 × n | ids u32 × n |
 *
 * The wide columns come first, because a Float64Array must begin at a multiple of 8.
 */
export function columnsIn(buffer: ArrayBuffer): SampleColumns {
  const n = buffer.byteLength / sampleBytes;
  return {
    times: new Float64Array(buffer, 0, n),
    values: new Float64Array(buffer, 8 * n, n),
    ids: new Uint32Array(buffer, 16 * n, n),
  };
}

/** A stretch of columns, as views of the same memory. */
export function sliceColumns(columns: SampleColumns, from: number, to: number): SampleColumns {
  return {
    ids: columns.ids.subarray(from, to),
    times: columns.times.subarray(from, to),
    values: columns.values.subarray(from, to),
  };
}

/** Puts samples into columns, laid out for `columnsIn`, and gives ids to series that have none. */
export function packSamples(samples: readonly Sample[], series: SeriesIds): ArrayBuffer {
  const buffer = new ArrayBuffer(samples.length * sampleBytes);
  const { ids, times, values } = columnsIn(buffer);
  let at = 0;
  for (const sample of samples) {
    ids[at] = series.give(sample.series);
    times[at] = sample.time;
    values[at] = sample.value ?? Number.NaN;
    at++;
  }
  return buffer;
}

/** One buffer with all parts in their order, laid out for `columnsIn`. */
export function packColumns(parts: readonly SampleColumns[]): ArrayBuffer {
  const n = parts.reduce((sum, part) => sum + part.ids.length, 0);
  const buffer = new ArrayBuffer(n * sampleBytes);
  const all = columnsIn(buffer);
  let at = 0;
  for (const part of parts) {
    all.ids.set(part.ids, at);
    all.times.set(part.times, at);
    all.values.set(part.values, at);
    at += part.ids.length;
  }
  return buffer;
}

/** Earliest and latest of some times; not first and last, since samples may come late. */
export function timeRange(times: Float64Array): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last };
}
