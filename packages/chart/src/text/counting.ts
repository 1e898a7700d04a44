import { decimal, type Round, type Step } from "../round.ts";

/** Powers of two. */
export const binary: Round = {
  *steps(rough) {
    for (let exponent = Math.max(-1100, Math.floor(Math.log2(rough))); ; exponent++) {
      yield { times: 2 ** exponent, over: 1 };
    }
  },
  base: 2,
};

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const clockSteps = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
];

/** Seconds, minutes, hours and days as on a clock, of numbers that are so many seconds each. */
export function clock(seconds: number): Round {
  const [times, over] = seconds < 1 ? [Math.round(1 / seconds), 1] : [1, seconds];
  const own = (step: Step) => ({ times: step.times * times, over: step.over * over });
  return {
    *steps(rough) {
      const roughSeconds = rough * seconds;
      // Longer than there are calendars for: and days times seconds would be infinite.
      if (roughSeconds > 1e15) return yield* decimal.steps(rough);
      for (const step of decimal.steps(roughSeconds)) {
        if (step.times >= step.over) break;
        yield own(step);
      }
      for (const step of clockSteps) yield own({ times: step, over: 1 });
      for (const step of decimal.steps(Math.max(1, roughSeconds / day))) {
        // Two days and a half begin at noon.
        if (Number.isInteger(step.times / step.over)) {
          yield own({ times: step.times * day, over: step.over });
        }
      }
    },
    base: 10,
  };
}
