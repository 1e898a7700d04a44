import { canonicalSeries, PlotcastError, type Sample } from "@plotcast/protocol";
import type { Intake } from "./intake.ts";
import { quote } from "./rejection.ts";
import type { SeriesLimit } from "./series-limit.ts";
import { outsideOf } from "./time-range.ts";

/** What a Date can hold; beyond, no time has a text. */
const maxTime = 8.64e15;

/**
 * Throws `bad-input` for the first sample that is none: programs hand them over without a format that
 * has looked at them, and one bad name in the log would break every viewer's selection for good.
 * Throws `too-many` for a new series beyond the limit.
 */
export function checkSamples(
  samples: readonly Sample[],
  intake: Pick<Intake, "findSeries" | "timeRange">,
  limit: SeriesLimit,
): void {
  const range = intake.timeRange();
  for (const [index, { series, time, value }] of samples.entries()) {
    const wrong = (what: string) => {
      throw new PlotcastError("bad-input", `cannot append sample ${index}: ${what}`);
    };
    if (!Number.isFinite(time) || Math.abs(time) > maxTime) {
      wrong(`expected Unix milliseconds as time, found ${time}`);
    }
    if (time < range.from || time > range.to) wrong(outsideOf(range, time));
    if (value !== null && !Number.isFinite(value)) {
      wrong(`expected a finite number or null as value, found ${value}`);
    }
    // What the log knows has been looked at.
    if (intake.findSeries(series) !== undefined) continue;
    const canonical = canonicalSeries(series);
    if (canonical !== series) wrong(`expected series ${quote(canonical)}, found ${quote(series)}`);
    const refusal = limit.refuse(series);
    if (refusal !== undefined) throw new PlotcastError("too-many", refusal);
  }
}
