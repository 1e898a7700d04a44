import { type Buckets, bucketColumnNames } from "./buckets.ts";
import type { SeriesHistory } from "./store.ts";

/** What is in the columns of one series, to find them again in a buffer. */
type Entry = {
  readonly id: number;
  readonly kind: SeriesHistory["kind"];
  readonly bucketMs: number;
  readonly length: number;
};

/** History on its way from one thread to another: all columns in one buffer, which is not copied. */
export type PackedHistory = { readonly entries: readonly Entry[]; readonly buffer: ArrayBuffer };

export function packHistory(history: ReadonlyMap<number, SeriesHistory>): PackedHistory {
  const entries: Entry[] = [];
  const all: Float64Array[] = [];
  for (const [id, series] of history) {
    const columns = columnsOf(series);
    const bucketMs = series.kind === "samples" ? 0 : series.bucketMs;
    entries.push({ id, kind: series.kind, bucketMs, length: columns[0]!.length });
    all.push(...columns);
  }
  const packed = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of all) {
    packed.set(column, at);
    at += column.length;
  }
  return { entries, buffer: packed.buffer };
}

export function unpackHistory({ entries, buffer }: PackedHistory): Map<number, SeriesHistory> {
  let at = 0;
  const column = (length: number) => {
    at += length;
    return new Float64Array(buffer, (at - length) * 8, length);
  };
  const seriesOf = ({ kind, bucketMs, length }: Entry): SeriesHistory => {
    if (kind === "buckets") {
      const columns = bucketColumnNames.map((name) => [name, column(length)]);
      return { kind, bucketMs, buckets: Object.fromEntries(columns) as Buckets };
    }
    const [times, values] = [column(length), column(length)];
    return kind === "rates" ? { kind, bucketMs, times, values } : { kind, times, values };
  };
  return new Map(entries.map((entry) => [entry.id, seriesOf(entry)]));
}

function columnsOf(series: SeriesHistory): readonly Float64Array[] {
  if (series.kind === "buckets") return bucketColumnNames.map((name) => series.buckets[name]);
  return [series.times, series.values];
}
