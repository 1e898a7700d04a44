import type { Columns, History as HistoryFrame, SeriesEntry } from "@plotcast/protocol";
import type { SeriesHistory } from "../store/store.ts";
import { bucketPoints, pointsPerBucket } from "./bucket-points.ts";

// A frame is encoded here and parsed there in one go, which must stay a few milliseconds: others wait
// for it, and the viewer draws in the same thread. About 25 KB of text.
const maxPointsPerFrame = 2500;
// What a series costs in a frame besides its points, in points.
const seriesCost = 3;

type Part = { readonly bucketMs: number; readonly columns: Map<number, Columns> };

/**
 * History in frames, each made when it is asked for: raw samples apart from buckets, and a long series
 * over several frames. `introduce` gives those of some series that the viewer has not been told of.
 */
export function* historyFrames(
  history: ReadonlyMap<number, SeriesHistory>,
  { from, to }: { readonly from: number; readonly to: number },
  introduce: (ids: Iterable<number>) => SeriesEntry[],
): Generator<HistoryFrame, void> {
  const frame = ({ bucketMs, columns }: Part, done: boolean): HistoryFrame => {
    const series = introduce(columns.keys());
    return { type: "history", from, to, bucketMs, done, series, columns };
  };
  let part: Part | undefined;
  for (const next of parts(history)) {
    if (part) yield frame(part, false);
    part = next;
  }
  yield frame(part ?? { bucketMs: 0, columns: new Map() }, true);
}

function* parts(history: ReadonlyMap<number, SeriesHistory>): Generator<Part, void> {
  const widths = Map.groupBy(history, ([, series]) => widthOf(series));
  for (const [bucketMs, group] of widths) {
    let columns = new Map<number, Columns>();
    let room = maxPointsPerFrame;
    for (const [id, series] of group) {
      for (let at = 0; at < lengthOf(series); ) {
        if (room <= 0) {
          yield { bucketMs, columns };
          columns = new Map();
          room = maxPointsPerFrame;
        }
        const fits = Math.ceil(room / (series.kind === "buckets" ? pointsPerBucket : 1));
        const end = Math.min(at + fits, lengthOf(series));
        const stretch = columnsOf(series, at, end);
        columns.set(id, stretch);
        // A frame has one stretch of each series: what is left of it needs the next.
        room = end < lengthOf(series) ? 0 : room - stretch.times.length - seriesCost;
        at = end;
      }
    }
    if (columns.size > 0) yield { bucketMs, columns };
  }
}

function widthOf(series: SeriesHistory): number {
  return series.kind === "samples" ? 0 : series.bucketMs;
}

function lengthOf(series: SeriesHistory): number {
  return series.kind === "buckets" ? series.buckets.starts.length : series.times.length;
}

function columnsOf(series: SeriesHistory, from: number, to: number): Columns {
  if (series.kind === "buckets") return bucketPoints(series, from, to);
  const times = Array.from(series.times.subarray(from, to));
  const values = Array.from(series.values.subarray(from, to), (v) => (Number.isNaN(v) ? null : v));
  return { times, values };
}
