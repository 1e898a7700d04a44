import { type Columns, PlotcastError, type Selection } from "@plotcast/protocol";
import type { Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { SeriesHistory, Store } from "../store/store.ts";
import { selected } from "./selected.ts";

export type HistoryQuery = {
  readonly selection: Selection;
  readonly from: number;
  readonly to: number;
  /** Undefined: every sample. */
  readonly px: number | undefined;
  readonly signal?: AbortSignal;
};

/** History by the canonical text of each series, in the order in which the log came to know them. */
export async function readHistory(
  { selection, ...range }: HistoryQuery,
  { log, store, hub }: { readonly log: Log; readonly store: Store; readonly hub: Hub },
): Promise<Map<string, SeriesHistory>> {
  const wants = selected(selection, log.series);
  const found = await store.history({ ...range, wants, until: hub.head });
  return new Map([...found].map(([id, history]) => [log.series.series(id), history]));
}

/** `{"from":…,"to":…,"series":[{"series":"cpu","bucketMs":0,"times":[…],"values":[…]}]}` */
export function historyJson(
  history: ReadonlyMap<string, SeriesHistory>,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const series = [...history].map(([name, { bucketMs, times, values }]) => {
    const head = `{"series":${JSON.stringify(name)},"bucketMs":${bucketMs}`;
    return `${head},"times":[${times.join(",")}],"values":[${values.map(numberText).join(",")}]}`;
  });
  return `{"from":${from},"to":${to},"series":[${series.join(",")}]}\n`;
}

// Series that were never sampled together have a line for each sample, with a cell for each series.
const maxCells = 5_000_000;

/**
 * A line per time, a column per series: `time,cpu,"mem{host=""a""}"`. Times are ISO 8601 in UTC. A
 * cell is empty where a series has no sample at that time, and where its value is known to be absent.
 * Throws `too-large` for a table that would be mostly empty cells.
 */
export function historyCsv(history: ReadonlyMap<string, Columns>): string {
  const names = [...history.keys()];
  const points = history.values().reduce((sum, { times }) => sum + times.length, 0);
  if (points * names.length > maxCells) {
    throw new PlotcastError(
      "too-large",
      `cannot write ${names.length} series with ${points} samples as one table; ask for fewer series or a shorter range, or for JSON`,
    );
  }
  const rows = new Map<number, string[]>();
  for (const [column, { times, values }] of [...history.values()].entries()) {
    for (const [i, time] of times.entries()) {
      let row = rows.get(time);
      if (!row) {
        row = Array<string>(names.length).fill("");
        rows.set(time, row);
      }
      const value = values[i]!;
      row[column] = value === null ? "" : numberText(value);
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const lines = sorted.map(([time, row]) => `${isoTime(time)},${row.join(",")}\n`);
  return `${["time", ...names].map(csvCell).join(",")}\n${lines.join("")}`;
}

/** As JavaScript writes it, which reads back as the very same float64; also negative zero. */
function numberText(value: number | null): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** ISO 8601 in UTC with milliseconds, or microseconds where there are any. */
function isoTime(time: number): string {
  const whole = Math.floor(time);
  const micros = Math.round((time - whole) * 1000);
  const text = new Date(micros === 1000 ? whole + 1 : whole).toISOString();
  return micros % 1000 === 0 ? text : text.replace("Z", `${String(micros).padStart(3, "0")}Z`);
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
