import { formatPosition } from "@plotcast/protocol";
import type { Log } from "../log/log.ts";
import { columnsOf } from "./history-columns.ts";
import type { HistoryPart } from "./history-read.ts";
import { numberJson } from "./text.ts";

/**
 * `{"from":…,"to":…,"position":"k3x9-7","series":[{"series":"cpu","bucketMs":0,"times":[…],"values":[…]}]}`
 * in pieces, each the work of a millisecond at most.
 */
export async function* historyJson(
  parts: AsyncIterable<HistoryPart>,
  { from, to }: { readonly from: number; readonly to: number },
  { epoch, series: table }: Pick<Log, "epoch" | "series">,
): AsyncGenerator<string, void> {
  const head = `{"from":${numberJson(from)},"to":${numberJson(to)}`;
  let begun = false;
  let separator = "";
  for await (const { offset, series } of parts) {
    if (!begun) {
      const position = offset === undefined ? "" : `,"position":"${formatPosition(epoch, offset)}"`;
      yield `${head}${position},"series":[`;
      begun = true;
    }
    for (const [id, history] of series) {
      const { bucketMs, times, columns } = columnsOf(history);
      yield `${separator}{"series":${JSON.stringify(table.series(id))},"bucketMs":${bucketMs}`;
      separator = ",";
      for (const [name, column] of [["times", times] as const, ...columns]) {
        yield* columnJson(name, column);
      }
      yield "}";
    }
  }
  yield begun ? "]}\n" : `${head},"series":[]}\n`;
}

const numbersPerPiece = 2000;

function* columnJson(name: string, column: Float64Array): Generator<string, void> {
  yield `,"${name}":[`;
  for (let at = 0; at < column.length; at += numbersPerPiece) {
    const numbers = Array.from(column.subarray(at, at + numbersPerPiece), numberJson).join(",");
    yield at === 0 ? numbers : `,${numbers}`;
  }
  yield "]";
}
