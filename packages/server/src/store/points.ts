/** Samples of one series: times strictly ascending (after sorting), Unix ms; in `values` NaN stands for null. */
export type Points = { readonly times: Float64Array; readonly values: Float64Array };

export const noPoints: Points = { times: new Float64Array(0), values: new Float64Array(0) };

/** A stretch of samples, as views of the same memory. */
export function slicePoints({ times, values }: Points, from: number, to: number): Points {
  return { times: times.subarray(from, to), values: values.subarray(from, to) };
}

/** Samples of parts that follow each other in time. */
export function joinPoints(parts: readonly Points[]): Points {
  const some = parts.filter(({ times }) => times.length > 0);
  if (some.length === 1) return some[0]!;
  const length = some.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  let at = 0;
  for (const part of some) {
    times.set(part.times, at);
    values.set(part.values, at);
    at += part.times.length;
  }
  return { times, values };
}
