import type { ChartSpec, Frame, Line, Tick } from "../../renderer.ts";
import { markRadius } from "../marking.ts";
import { markLength } from "./axes.ts";
import { type Columns, columnOf, columnsOf, firstFrom } from "./columns.ts";

/** What has been drawn, as far as the next drawing depends on it. */
export type Shown = {
  readonly columns: Columns;
  readonly view: Frame["view"];
  readonly ticks: readonly Tick[];
  /** When each line begins. */
  readonly begins: readonly number[];
  /** All else that must be equal for pixels to be kept. */
  readonly key: string;
};

/** A stretch of columns, `to` not among them. */
export type Stretch = { readonly from: number; readonly to: number };

/** What has been drawn when a frame has. */
export function shownOf(frame: Frame): Shown {
  const { plot, scales, view, xTicks, lines } = frame;
  const columns = columnsOf(frame);
  const { perMs, phase } = columns;
  return {
    ...{ columns, view },
    ticks: [...xTicks],
    begins: lines.map(beginOf),
    key: JSON.stringify([plot, scales, perMs, phase, lines.map(({ marked }) => marked)]),
  };
}

/** Device pixels around the plot that may have ink: lines and marks at its edges, and marks of time. */
export type Margin = { readonly x: number; readonly y: number };

export function marginOf({ lines }: ChartSpec, ratio: number): Margin {
  const reach = Math.max(1, ...lines.map((line) => Math.max(markRadius(line), line.width / 2)));
  const x = Math.ceil(reach * ratio) + 1;
  return { x, y: Math.max(x, Math.ceil(markLength * ratio)) };
}

/**
 * Which columns of the drawing before are those of the next one; undefined: none, and nothing around
 * the plot either.
 */
export function keptOf(
  frame: Frame,
  { lines }: ChartSpec,
  before: Shown,
  now: Shown,
  margin: number,
): Stretch | undefined {
  const still = before.view.from === now.view.from && before.view.to === now.view.to;
  if (before.key !== now.key || !sameMarks(before, now, still)) return undefined;
  const { columns, view } = now;
  let from = Math.max(before.columns.left, columns.left) + (still ? -margin : margin);
  let to = Math.min(before.columns.right, columns.right) + (still ? margin : -margin);
  for (const [i, line] of frame.lines.entries()) {
    const bars = lines[i]!.draw === "bars";
    const known = { begin: before.begins[i]!, to: before.view.to };
    to = Math.min(to, Math.floor(changedColumn(line, now, known, bars ? 1 : 0)) - margin);
    if (!bars || still) continue;
    // How wide a bar is tells the one before it, which may be gone.
    const first = firstFrom(line.times, line.length, Math.max(view.from, before.view.from));
    if (first < line.length)
      from = Math.max(from, Math.ceil(columnOf(columns, line.times[first]!)));
  }
  return from < to ? { from, to } : undefined;
}

/**
 * From which column on a line may look different. `before`: where it began in the frame before, and
 * the end of that frame's view. `reach`: how many points further back a point has a say in what is
 * drawn.
 */
function changedColumn(
  line: Line,
  { columns, view }: Shown,
  before: { readonly begin: number; readonly to: number },
  reach: number,
): number {
  const begin = beginOf(line);
  // Others than those that slid out of view have left, or came.
  if (begin > view.from && begin !== before.begin) return Number.NEGATIVE_INFINITY;
  // A point beyond the edge was not in view, so that another may stand in its place now.
  const until = Math.min(line.changedFrom, before.to);
  const last = firstFrom(line.times, line.length, until) - 1 - reach;
  // The stroke to what has changed begins at what has not.
  return last < 0 ? Number.NEGATIVE_INFINITY : columnOf(columns, line.times[last]!);
}

/** The time of a line's first point. */
function beginOf({ times, length }: Line): number {
  return length > 0 ? times[0]! : Number.POSITIVE_INFINITY;
}

/** Whether the marks of time are the same wherever both had them in view. */
function sameMarks(before: Shown, now: Shown, still: boolean): boolean {
  // Without those at the very edges, which rounding may put on either side.
  const pixel = still ? -1 : 1 / now.columns.perMs;
  const from = Math.max(before.view.from, now.view.from) + pixel;
  const to = Math.min(before.view.to, now.view.to) - pixel;
  const marks = ({ ticks }: Shown) =>
    ticks.flatMap(({ at }) => (at > from && at < to ? at : [])).join();
  return marks(before) === marks(now);
}
