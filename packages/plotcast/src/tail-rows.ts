import type { Change, SeriesColumns } from "@plotcast/client";
import type { Sample } from "@plotcast/protocol";
import { formatLocalTime } from "./local-time.ts";
import { printable } from "./output.ts";

/**
 * Returns a function that picks from each change what has not been printed yet, by time.
 *
 * After a reset, history is told afresh: of it only what is later than the last row of a series is
 * new. `skipHistory` leaves the first history out and begins with what comes after it.
 */
export function createRows(skipHistory: boolean): (change: Change) => Sample[] {
  const lastTimes = new Map<string, number>();
  let skip = skipHistory;
  const isLater = ({ series, time }: Sample) => time > (lastTimes.get(series) ?? -Infinity);
  return (change) => {
    if (change.type !== "history" && change.type !== "samples") return [];
    const all = rowsOf(change.columns);
    // Live samples may be late, and are new nevertheless.
    const rows = change.type === "samples" ? all : all.filter(isLater);
    for (const row of rows) if (isLater(row)) lastTimes.set(row.series, row.time);
    const skipped = skip && change.type === "history";
    if (change.type === "samples" || change.done) skip = false;
    return skipped ? [] : rows;
  };
}

/** `2026-01-31T12:00:00.000+01:00 cpu 12.5` */
export function formatRow({ time, series, value }: Sample): string {
  return `${formatLocalTime(time)} ${printable(series)} ${value}\n`;
}

function rowsOf(columns: SeriesColumns): Sample[] {
  const rows: Sample[] = [];
  for (const [series, { times, values }] of columns)
    for (const [index, time] of times.entries()) rows.push({ time, series, value: values[index]! });
  // Stable: what a series has twice at one time stays in the order of the log.
  return rows.sort((a, b) => a.time - b.time);
}
