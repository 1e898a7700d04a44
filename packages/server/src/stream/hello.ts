import { encodeFrame, type Hello, type SeriesEntry } from "@plotcast/protocol";

const end = "]}\n\n";

/**
 * Hello in two parts, of which the second, the series, is the same for many viewers and may be long.
 */
export function helloHead(hello: Omit<Hello, "series">): Uint8Array {
  return Buffer.from(encodeFrame({ ...hello, series: [] }).slice(0, -end.length));
}

export function helloTail(series: readonly SeriesEntry[]): Uint8Array {
  return Buffer.from(JSON.stringify(series).slice(1, -1) + end);
}
