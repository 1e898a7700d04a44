import type { Hello, SeriesEntry } from "@plotcast/protocol";

const end = "]}\n\n";

/**
 * Hello in two parts, of which the second, the series, is the same for many viewers and may be long.
 */
export function helloHead(hello: Omit<Hello, "type" | "series">): Uint8Array {
  const data = JSON.stringify(hello).slice(0, -1);
  return Buffer.from(`event: hello\ndata: ${data},"series":[`);
}

export function helloTail(series: readonly SeriesEntry[]): Uint8Array {
  return Buffer.from(JSON.stringify(series).slice(1, -1) + end);
}
