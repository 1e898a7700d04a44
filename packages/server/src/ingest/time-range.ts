import { PlotcastError } from "@plotcast/protocol";
import type { SampleBlock } from "../log/sample-block.ts";

/** The times that are taken, Unix milliseconds; both ends included. */
export type TimeRange = {
  /** What is older is no longer kept. */
  readonly from: number;
  /** Beyond, only a broken clock sends: `maxAheadMs` after now. */
  readonly to: number;
};

/** How far ahead of the server's clock a sample may be: forecasts and plans are, by months. */
export const maxAheadMs = 366 * 86_400_000;

export const everyTime: TimeRange = {
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
};

/** The sentence for a time that is outside of the range. */
export function outsideOf(range: TimeRange, time: number): string {
  if (time < range.from) {
    return `expected a time within what is kept (since ${iso(range.from)}), found ${iso(time)}`;
  }
  const clock = iso(range.to - maxAheadMs);
  return `expected a time at most a year ahead of the server's clock (${clock}), found ${iso(time)}; is a clock wrong?`;
}

/**
 * Samples without a time get that of our clock. Where this was set back to before all that is kept,
 * they would be acknowledged and then dropped: so they are not taken. Undefined if all can be.
 */
export function clockRefusal(
  { times }: SampleBlock,
  keptFrom: number,
  now: number,
): PlotcastError | undefined {
  if (now >= keptFrom || !times.some((time) => time < keptFrom)) return undefined;
  return new PlotcastError(
    "unavailable",
    `cannot append: the server's clock says ${iso(now)}, and what is kept begins at ${iso(keptFrom)}; set the clock right, or send a time with each sample`,
  );
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
