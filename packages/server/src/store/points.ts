/** Samples of one series: times strictly ascending (after sorting), Unix ms; in `values` NaN stands for null. */
export type Points = { readonly times: Float64Array; readonly values: Float64Array };

export const noPoints: Points = { times: new Float64Array(0), values: new Float64Array(0) };

export function newPoints(length: number): Points {
  return { times: new Float64Array(length), values: new Float64Array(length) };
}

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

/** The samples from one time up to before another, as views of the same memory. */
export function between(points: Points, from: number, end: number): Points {
  const first = lowerBound(points.times, from);
  return slicePoints(points, first, lowerBound(points.times, end, first));
}

/** The samples from one time to another, both included, as views of the same memory. */
export function betweenBoth(points: Points, from: number, to: number): Points {
  const first = lowerBound(points.times, from);
  return slicePoints(points, first, upperBound(points.times, to));
}

/** Index of the first of some ascending numbers that is at least `least`. */
export function lowerBound(numbers: Float64Array, least: number, from = 0): number {
  let [low, high] = [from, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of some ascending numbers are at most `most`. */
export function upperBound(numbers: Float64Array, most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least time after another. */
export function justAfter(time: number): number {
  return time + 2 ** (Math.floor(Math.log2(Math.max(1, Math.abs(time)))) - 52);
}
