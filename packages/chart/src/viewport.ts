import type { SeriesColumns } from "@plotcast/client";
import type { View } from "./window.ts";

/** A part of the height of a plot, as fractions of the automatic range: 0 at its lower end, 1 at its upper. */
export type Heights = { readonly from: number; readonly to: number };

/** A stretch of time, and perhaps of values, at which a chart is held. Unix ms, source's clock. */
export type Held = {
  readonly from: number;
  readonly to: number;
  /** From a box zoom; undefined: all of it. */
  readonly y?: Heights;
};

/** Beyond, there are no dates. */
const mostMs = 8.64e15;
/** Shorter stretches cannot be told apart by clocks; longer ones nobody has data of. */
export const spanLimits = { least: 10, most: 20 * 365 * 24 * 3600e3 };
/**
 * What a chart looks at: it follows the newest samples, or it is held where somebody wants to look.
 *
 * One rule, so that nobody has to guess: whatever is panned or zoomed is held, also with the newest
 * samples in sight, and only a request to follow ends that: "Back to live", a double click, End, Escape.
 * Held, data keep landing; nothing moves but on request.
 */
export class Viewport {
  readonly #changed: () => void;
  readonly #reach: () => View;
  #held: Held | undefined;
  #news = 0;

  /**
   * `changed`: told after each change of what is looked at. `reach`: the stretch that gestures stay in,
   * from the oldest sample that can be had to the newest; either end may be infinite.
   */
  constructor(changed: () => void, reach: () => View = () => everything) {
    this.#changed = changed;
    this.#reach = reach;
  }

  /** Undefined while following. */
  get held(): Held | undefined {
    return this.#held;
  }

  get reach(): View {
    return this.#reach();
  }

  /** How many samples have come since it is held. */
  get news(): number {
    return this.#news;
  }

  /** Tells of samples that have come live, of the series that are shown. */
  arrived(samples: number): void {
    if (this.#held) this.#news += samples;
  }

  /** Looks at a stretch and stays there. One that is too short or too long is brought into limits. */
  hold({ from, to, y }: Held): void {
    if (!(Math.abs(from) <= mostMs && Math.abs(to) <= mostMs)) return;
    const span = clamp(to - from, spanLimits.least, spanLimits.most);
    const start = to - from === span ? from : from / 2 + to / 2 - span / 2;
    const held = { from: start, to: start + span, ...(y ? { y } : {}) };
    if (sameHeld(held, this.#held)) return;
    if (!this.#held) this.#news = 0;
    this.#held = held;
    this.#changed();
  }

  /** Goes on with what is newest. */
  follow(): void {
    if (!this.#held) return;
    this.#held = undefined;
    this.#changed();
  }
}

const everything: View = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Whether two look at the same. */
function sameHeld(a: Held | undefined, b: Held | undefined): boolean {
  return (
    a?.from === b?.from && a?.to === b?.to && a?.y?.from === b?.y?.from && a?.y?.to === b?.y?.to
  );
}

/** How many samples there are of those series that are shown. */
export function samplesIn(columns: SeriesColumns, shown: (series: string) => boolean): number {
  let count = 0;
  for (const [series, { times }] of columns) if (shown(series)) count += times.length;
  return count;
}

/** A number, brought between two others. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
