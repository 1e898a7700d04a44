import { bucketColumnNames, bucketsFrom } from "./buckets.ts";
import type { SeriesHistory } from "./store.ts";

/** What is in the columns of one series, to find them again in a buffer. */
type Entry = {
  readonly id: number;
  readonly kind: SeriesHistory["kind"];
  readonly bucketMs: number;
  readonly length: number;
};

/**
 * History on its way from one thread to another: all columns in one buffer, which is not copied. What
 * is behind them in it means nothing.
 */
export type PackedHistory = { readonly entries: readonly Entry[]; readonly buffer: ArrayBuffer };

/** Packs the history of one series after the other, which may be gone then. */
export class HistoryPacker {
  readonly #most: number;
  readonly #entries: Entry[] = [];
  #numbers = new Float64Array(0);
  #used = 0;

  /** Of so many series at most. */
  constructor(most: number) {
    this.#most = most;
  }

  add(id: number, series: SeriesHistory): void {
    const columns = columnsOf(series);
    const { length } = columns[0]!;
    const bucketMs = series.kind === "samples" ? 0 : series.bucketMs;
    this.#entries.push({ id, kind: series.kind, bucketMs, length });
    this.#reserve(columns.length * length);
    for (const column of columns) {
      this.#numbers.set(column, this.#used);
      this.#used += length;
    }
  }

  take(): PackedHistory {
    return { entries: this.#entries, buffer: this.#numbers.buffer };
  }

  #reserve(more: number): void {
    const needed = this.#used + more;
    if (needed <= this.#numbers.length) return;
    // Those that are drawn together are mostly alike. Memory that nobody writes to costs nothing.
    const room = Math.ceil((needed / this.#entries.length) * this.#most * 1.1);
    const larger = new Float64Array(Math.max(needed, room));
    larger.set(this.#numbers.subarray(0, this.#used));
    this.#numbers = larger;
  }
}

export function unpackHistory({ entries, buffer }: PackedHistory): Map<number, SeriesHistory> {
  let at = 0;
  const column = (length: number) => {
    at += length;
    return new Float64Array(buffer, (at - length) * 8, length);
  };
  const seriesOf = ({ kind, bucketMs, length }: Entry): SeriesHistory => {
    if (kind === "buckets") {
      return { kind, bucketMs, buckets: bucketsFrom(() => column(length)) };
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
