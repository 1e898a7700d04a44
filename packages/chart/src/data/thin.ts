import { bucketWidths } from "@plotcast/protocol";

/** A window is thinned to so many buckets at least: more than any screen has pixels across. */
const finest = 4096;

/** Widths of which all wider ones are multiples: such a bucket lies in one of each that lines are drawn by. */
const nested = bucketWidths.filter((width, i) =>
  bucketWidths.slice(i).every((wider) => wider % width === 0),
);

/** What a ring holds, without its free ends. */
type Held = {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly starts: Uint8Array;
};

/** The width that a window of `spanMs` is thinned to: no line that is drawn of all of it changes. */
export function thinnedWidth(spanMs: number): number {
  const most = spanMs / finest;
  return nested.findLast((width) => width <= most) ?? 2 ** Math.floor(Math.log2(most));
}

/**
 * Of the first `count` samples, keeps what a line needs in each bucket of a width: first, least,
 * greatest and last, and the latest absence. Moves them together, to the end of these `count`, and
 * returns how many are gone.
 */
export function thin(held: Held, count: number, width: number): number {
  const { times, values } = held;
  let to = count;
  for (let end = count; end > 0; ) {
    const bucket = Math.floor(times[end - 1]! / width);
    let begin = end - 1;
    while (begin > 0 && Math.floor(times[begin - 1]! / width) === bucket) begin--;
    const kept = needed(values, begin, end);
    for (let i = end - 1; i >= begin; i--) {
      if (kept.includes(i)) move(held, i, --to);
    }
    end = begin;
  }
  return to;
}

/** The indices, from `begin` to before `end`, of what a line needs. */
function needed(values: Float64Array, begin: number, end: number): readonly number[] {
  let [first, least, greatest, last, absent] = [-1, -1, -1, -1, -1];
  for (let i = begin; i < end; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      absent = i;
      continue;
    }
    if (first < 0) first = least = greatest = i;
    if (value < values[least]!) least = i;
    if (value > values[greatest]!) greatest = i;
    last = i;
  }
  return [first, least, greatest, last, absent];
}

function move({ times, values, starts }: Held, from: number, to: number): void {
  times[to] = times[from]!;
  values[to] = values[from]!;
  starts[to] = starts[from]!;
}
