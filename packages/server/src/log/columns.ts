import { columnsIn, type SampleColumns, sampleBytes } from "../thread/sample-columns.ts";
import type { SampleBlock } from "./sample-block.ts";
import type { SeriesIds } from "./series-ids.ts";

/** Keeps small what a batch takes in memory here and as a frame in a browser. */
export const maxBatchSamples = 5_000;

/** A stretch of columns, as views of the same memory. */
export function sliceColumns(columns: SampleColumns, from: number, to: number): SampleColumns {
  return {
    ids: columns.ids.subarray(from, to),
    times: columns.times.subarray(from, to),
    values: columns.values.subarray(from, to),
  };
}

/** Copies a block into one buffer, laid out for `columnsIn`, and gives ids to series that have none. */
export function packBlock(block: SampleBlock, series: SeriesIds): ArrayBuffer {
  const { length, names, refs } = block;
  const given = new Uint32Array(names.length);
  for (let i = 0; i < given.length; i++) given[i] = series.give(names[i]!);
  const buffer = new ArrayBuffer(length * sampleBytes);
  const { ids, times, values } = columnsIn(buffer);
  times.set(block.times);
  values.set(block.values);
  for (let at = 0; at < length; at++) ids[at] = given[refs[at]!]!;
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
