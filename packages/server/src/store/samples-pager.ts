import { bufferFor, columnsIn } from "../thread/sample-columns.ts";
import type { HistoryReader } from "./history-reader.ts";
import { justAfter } from "./points.ts";
import type { StoredSeries } from "./stored-series.ts";

/** Samples of many series in a stretch of time, sorted by time, then by id. */
export type PackedPage = {
  /** Where the next page begins; Infinity after the last. */
  readonly next: number;
  /** Of its samples, as `columnsIn` reads it; without a byte if there are none. */
  readonly buffer: ArrayBuffer;
};

/** Bounds what a page holds in memory, 20 bytes for each sample, and how long it keeps others waiting. */
const samplesPerPage = 100_000;
const mostPerPage = 5 * samplesPerPage;
/** A page with less of each series would decode the same chunks again and again. */
const samplesOfEach = 256;

/** The page that begins at `from`; `to` belongs to the last one. Of each series its id in the log. */
export function readPage(
  reader: HistoryReader,
  wanted: readonly (readonly [id: number, StoredSeries])[],
  from: number,
  to: number,
): PackedPage {
  const limit = Math.min(mostPerPage, Math.max(samplesPerPage, samplesOfEach * wanted.length));
  const all = wanted.map(([, series]) => series);
  const first = all.reduce(
    (least, series) => Math.min(least, reader.nextTime(series, from)),
    Number.POSITIVE_INFINITY,
  );
  if (!(first <= to)) return { next: Number.POSITIVE_INFINITY, buffer: new ArrayBuffer(0) };
  const last = justAfter(to);
  const end = endOfPage(reader, all, [first, last], limit);
  const parts = wanted.map(([id, series]) => ({ id, ...reader.samples(series, first, end) }));
  return { next: end >= last ? Number.POSITIVE_INFINITY : end, buffer: packed(parts) };
}

type Part = { readonly id: number; readonly times: Float64Array; readonly values: Float64Array };

function packed(parts: readonly Part[]): ArrayBuffer {
  const length = parts.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  const ids = new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    times.set(part.times, at);
    values.set(part.values, at);
    ids.fill(part.id, at, at + part.times.length);
    at += part.times.length;
  }
  const order = Uint32Array.from(times.keys());
  order.sort((a, b) => times[a]! - times[b]! || ids[a]! - ids[b]!);
  const buffer = bufferFor(length);
  const sorted = columnsIn(buffer);
  for (let at = 0; at < length; at++) {
    const from = order[at]!;
    sorted.times[at] = times[from]!;
    sorted.values[at] = values[from]!;
    sorted.ids[at] = ids[from]!;
  }
  return buffer;
}

/** Where a page should end that begins at `first`: with about `limit` samples, `last` at most. */
function endOfPage(
  reader: HistoryReader,
  all: readonly StoredSeries[],
  [first, last]: readonly [number, number],
  limit: number,
): number {
  const count = (end: number) =>
    all.reduce((sum, series) => sum + reader.estimate(series, first, end), 0);
  // An hour to begin with; then ever shorter until it fits, or longer as long as it does.
  let span = Math.min(last - first, 3_600_000);
  while (span > 1 && count(first + span) > limit) span /= 4;
  while (first + span < last && count(Math.min(last, first + span * 4)) <= limit) span *= 4;
  return Math.min(last, Math.max(first + span, justAfter(first)));
}
