/**
 * Where labels of one size go that would each like to begin at a place, so that none covers another:
 * as near as there is room between `from` and `to`. Undefined: there is none for it; the first ones
 * have precedence.
 */
export function spread(
  wanted: readonly number[],
  size: number,
  from: number,
  to: number,
): (number | undefined)[] {
  const most = Math.max(0, Math.floor((to - from) / size));
  const order = [...wanted.keys()].slice(0, most).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = wanted.map((): number | undefined => undefined);
  let least = from;
  for (const i of order) {
    places[i] = Math.max(least, wanted[i]!);
    least = places[i] + size;
  }
  // Those that were pushed beyond the end push back.
  let limit = to - size;
  for (const i of order.toReversed()) {
    places[i] = Math.min(limit, places[i]!);
    limit = places[i] - size;
  }
  return places;
}

/** A label beside its place on a line: from there it reaches so far. */
export type Reach = { readonly at: number; readonly width: number };

/**
 * Puts labels into lanes, each into the first in which it covers none before it; -1: there is none.
 * `labels` ascend. What it says of two labels depends on their distance only: nothing jumps while all
 * of them move together.
 */
export function lanesOf(labels: readonly Reach[], lanes: number): number[] {
  const ends = Array.from({ length: lanes }, () => Number.NEGATIVE_INFINITY);
  return labels.map(({ at, width }) => {
    const lane = ends.findIndex((end) => end <= at);
    if (lane >= 0) ends[lane] = at + width;
    return lane;
  });
}
