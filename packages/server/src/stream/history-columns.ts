import type { SeriesHistory } from "../store/store.ts";

/** What is told of a series: columns of equal length, beside their times. NaN: nothing is known. */
export type HistoryColumns = {
  readonly bucketMs: number;
  readonly times: Float64Array;
  readonly columns: readonly (readonly [name: string, column: Float64Array])[];
};

/** As JSON has it: samples have values, buckets have what they know, rates have rates. */
export function columnsOf(history: SeriesHistory): HistoryColumns {
  switch (history.kind) {
    case "samples":
      return { bucketMs: 0, times: history.times, columns: [["values", history.values]] };
    case "rates":
      return { ...history, columns: [["rates", history.values]] };
    case "buckets": {
      const { starts, mins, maxs, firsts, lasts, sums, counts } = history.buckets;
      const means = sums.map((sum, i) => sum / counts[i]!);
      const { bucketMs } = history;
      return {
        bucketMs,
        times: starts,
        columns: bucketColumns(mins, maxs, firsts, lasts, means, counts),
      };
    }
  }
}

/** As a table has it, where all rows have the same columns: a sample is a bucket of its own. */
export function tableOf(history: SeriesHistory): HistoryColumns {
  if (history.kind === "rates") {
    return { ...history, columns: [["rate", history.values]] };
  }
  if (history.kind === "buckets") return columnsOf(history);
  const { times, values } = history;
  const counts = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  const columns = bucketColumns(values, values, values, values, values, counts);
  return { bucketMs: 0, times, columns };
}

/** Names of the columns of a table, besides time, series and the width of the bucket. */
export function tableHeader(as: "values" | "rates"): readonly string[] {
  if (as === "rates") return ["rate"];
  const none = new Float64Array();
  return bucketColumns(none, none, none, none, none, none).map(([name]) => name);
}

function bucketColumns(
  min: Float64Array,
  max: Float64Array,
  first: Float64Array,
  last: Float64Array,
  mean: Float64Array,
  count: Float64Array,
): HistoryColumns["columns"] {
  return Object.entries({ min, max, first, last, mean, count });
}
