import { setTimeout as elapsed } from "node:timers/promises";
import type { Load } from "./load.ts";
import { measureStep, quiet, type Step } from "./step.ts";
import type { Running } from "./system.ts";

/** A viewer who waits longer than this sees a chart that stutters. */
export const maxP99Ms = 250;
const minDelivered = 0.95;

export type Ladder = {
  readonly steps: readonly Step[];
  /** The highest step with p99 below the limit and 95 % delivered. */
  readonly best: Step | undefined;
  /** The most that was delivered at all, however late. */
  readonly peak: number;
};

export type LadderOptions = {
  readonly viewers: number;
  readonly seconds: number;
  /** Points a second to begin with, and where to end. */
  readonly from: number;
  readonly most: number;
};

/**
 * Twice as much with each step until it is too much, and then once more in between. A step that
 * fails is tried again: the machine has neighbours.
 */
export async function climb(
  running: Running,
  load: Load,
  { viewers, seconds, from, most }: LadderOptions,
): Promise<Ladder> {
  const steps: Step[] = [];
  const attempt = async (points: number): Promise<boolean> => {
    const perSecond = points / viewers;
    for (let tries = 0; tries < 2; tries++) {
      // A few events at least, or the window would hold one more or one less by chance.
      const window = { seconds: Math.max(seconds, 4 / perSecond) };
      const step = await measureStep(running, load, viewers, perSecond, window);
      steps.push(step);
      if (isGood(step)) return true;
      const calm = await Promise.race([quiet(running, load).then(() => true), elapsed(20_000)]);
      if (!calm) break; // it will not recover
    }
    return false;
  };
  let points = from;
  while (points <= most && (await attempt(points))) points *= 2;
  if (points <= most && points > from) await attempt(points / Math.SQRT2);
  const good = steps.filter((step) => isGood(step));
  return {
    steps,
    best: good.toSorted((a, b) => b.points - a.points)[0],
    peak: Math.max(...steps.map((step) => step.points)),
  };
}

/** The highest step that is that quick. */
export function bestWithin({ steps }: Ladder, p99Ms: number): Step | undefined {
  const quick = steps.filter((step) => isGood(step) && step.p99 <= p99Ms);
  return quick.toSorted((a, b) => b.points - a.points)[0];
}

function isGood({ p99, delivered }: Step): boolean {
  return delivered >= minDelivered && p99 >= 0 && p99 < maxP99Ms;
}
