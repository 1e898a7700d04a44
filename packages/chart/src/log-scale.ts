import { logWorthwhile, niceScale, type Scale } from "./range.ts";
import type { Round } from "./round.ts";

/**
 * Places for the ticks of a logarithmic axis, `each` to a power of its base, and how many of them may
 * be from one tick to the next: all divide the last place that there is, so that an axis can end there.
 */
const lattices = {
  10: {
    at: (place: number) => Number(`${[1, 2, 5].at(place % 3)}e${Math.floor(place / 3)}`),
    each: 3,
    steps: [1, 3, 6, 9, 15, 30, 60, 90, 150, 300, 450, 900],
  },
  2: {
    at: (place: number) => 2 ** place,
    each: 1,
    steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  },
};

/** As `niceScale`; ends and ticks are powers of the base, or 1, 2 and 5 of each, if that fits. */
export function logScale(low: number, high: number, maxTicks: number, round: Round): Scale {
  if (high / low < logWorthwhile) {
    const even = niceScale(low, high, maxTicks, round);
    if (even.min > 0) return { ...even, log: true };
  }
  const { at, each, steps } = lattices[round.base];
  const placeOf = (value: number) => {
    let place = each * Math.floor(Math.log(value) / Math.log(round.base)) - 1;
    // Logarithms are not exact.
    while (at(place + 1) <= value) place++;
    return place;
  };
  const first = placeOf(low);
  const last = placeOf(high) + (at(placeOf(high)) < high ? 1 : 0);
  const intervals = Math.max(2, maxTicks - 1);
  for (const step of steps) {
    const from = Math.floor(first / step);
    const to = Math.max(from + 1, Math.ceil(last / step));
    if (to - from > intervals) continue;
    const ticks = Array.from({ length: to - from + 1 }, (_, i) => at((from + i) * step));
    return { min: ticks[0]!, max: ticks.at(-1)!, step: 0, ticks, log: true };
  }
  throw new Error("BUG: steps of a logarithmic axis came to an end");
}
