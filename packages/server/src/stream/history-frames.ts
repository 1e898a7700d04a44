import type { Columns, History, SeriesEntry } from "@plotcast/protocol";
import type { SeriesHistory } from "../store/store.ts";

// A frame is parsed in one go, in the viewer's main thread and by its proxies: about 100 KB of text.
const maxPointsPerFrame = 10_000;

/**
 * History in frames: raw samples apart from buckets, in parts small enough to draw as they come.
 * `introduce` gives those of some series that the viewer has not been told of.
 */
export function historyFrames(
  history: ReadonlyMap<number, SeriesHistory>,
  { from, to }: { readonly from: number; readonly to: number },
  introduce: (ids: Iterable<number>) => SeriesEntry[],
): History[] {
  const parts: { bucketMs: number; columns: Map<number, Columns> }[] = [];
  for (const [bucketMs, group] of Map.groupBy(history, ([, series]) => series.bucketMs)) {
    let room = 0;
    for (const [id, { times, values }] of group) {
      if (room <= 0) {
        parts.push({ bucketMs, columns: new Map() });
        room = maxPointsPerFrame;
      }
      parts.at(-1)!.columns.set(id, { times, values });
      room -= times.length;
    }
  }
  if (parts.length === 0) parts.push({ bucketMs: 0, columns: new Map() });
  return parts.map((part, i) => ({
    type: "history",
    from,
    to,
    ...part,
    done: i === parts.length - 1,
    series: introduce(part.columns.keys()),
  }));
}
