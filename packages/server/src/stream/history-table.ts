import type { SeriesTable } from "../log/log.ts";
import type { SamplesPage } from "../store/store.ts";
import { type HistoryColumns, tableHeader, tableOf } from "./history-columns.ts";
import type { HistoryPart } from "./history-read.ts";
import { csvCell, isoTime, numberCell, numberJson, timeJson } from "./text.ts";

// Pieces of text are about so long: the work of a millisecond.
const pieceLength = 16_000;

/**
 * A line per time, a column per series, ascending by id: `time,cpu,"mem{host=""a""}"`. A cell is empty
 * where a series has no sample at that time, and where its value is known to be absent.
 */
export async function* samplesCsv(
  pages: AsyncIterable<SamplesPage>,
  ids: readonly number[],
  table: SeriesTable,
): AsyncGenerator<string, void> {
  let text = "time";
  for (const id of ids) {
    text += `,${csvCell(table.series(id))}`;
    if (text.length >= pieceLength) {
      yield text;
      text = "";
    }
  }
  const columns = new Map(ids.map((id, i) => [id, i + 1]));
  // A line goes on with the next page if it has samples of the same time.
  let time: number | undefined;
  let column = ids.length;
  for await (const page of pages) {
    for (let i = 0; i < page.ids.length; i++) {
      if (page.times[i] !== time) {
        time = page.times[i]!;
        text += `${",".repeat(ids.length - column)}\n${isoTime(time)}`;
        column = 0;
      }
      const next = columns.get(page.ids[i]!)!;
      text += ",".repeat(next - column) + numberCell(page.values[i]!);
      column = next;
      if (text.length >= pieceLength) {
        yield text;
        text = "";
      }
    }
  }
  yield `${text}${",".repeat(ids.length - column)}\n`;
}

/** A line per sample: `{"series":"cpu","time":1767225600000,"value":12.5}`, by time. */
export async function* samplesNdjson(
  pages: AsyncIterable<SamplesPage>,
  table: SeriesTable,
): AsyncGenerator<string, void> {
  const heads = new Map<number, string>();
  const headOf = (id: number) => {
    const head = heads.get(id) ?? `{"series":${JSON.stringify(table.series(id))},"time":`;
    heads.set(id, head);
    return head;
  };
  let text = "";
  for await (const { ids, times, values } of pages) {
    for (let i = 0; i < ids.length; i++) {
      const value = numberJson(values[i]!);
      text += `${headOf(ids[i]!)}${timeJson(times[i]!)},"value":${value}}\n`;
      if (text.length >= pieceLength) {
        yield text;
        text = "";
      }
    }
  }
  yield text;
}

/** A line per bucket: `time,series,bucket_ms,min,max,first,last,mean,count`, or `…,rate`. */
export async function* bucketsCsv(
  parts: AsyncIterable<HistoryPart>,
  as: "values" | "rates",
  table: SeriesTable,
): AsyncGenerator<string, void> {
  yield `${["time", "series", "bucket_ms", ...tableHeader(as)].join(",")}\n`;
  yield* rows(parts, (id) => {
    const name = csvCell(table.series(id));
    return ({ times, bucketMs, columns }, i) => {
      const cells = columns.map(([, column]) => numberCell(column[i]!));
      return `${isoTime(times[i]!)},${name},${bucketMs},${cells.join(",")}\n`;
    };
  });
}

/** The same as JSON: `{"series":"cpu","time":1767225600000,"bucketMs":60000,"min":…}`. */
export async function* bucketsNdjson(
  parts: AsyncIterable<HistoryPart>,
  table: SeriesTable,
): AsyncGenerator<string, void> {
  yield* rows(parts, (id) => {
    const name = JSON.stringify(table.series(id));
    return ({ times, bucketMs, columns }, i) => {
      const cells = columns.map(([name, column]) => `,"${name}":${numberJson(column[i]!)}`);
      const head = `{"series":${name},"time":${numberJson(times[i]!)},"bucketMs":${bucketMs}`;
      return `${head}${cells.join("")}}\n`;
    };
  });
}

/** The lines of each series, in pieces. */
async function* rows(
  parts: AsyncIterable<HistoryPart>,
  rowOf: (id: number) => (told: HistoryColumns, i: number) => string,
): AsyncGenerator<string, void> {
  let text = "";
  for await (const { series } of parts) {
    for (const [id, history] of series) {
      const told = tableOf(history);
      const row = rowOf(id);
      for (let i = 0; i < told.times.length; i++) {
        text += row(told, i);
        if (text.length >= pieceLength) {
          yield text;
          text = "";
        }
      }
    }
  }
  yield text;
}
