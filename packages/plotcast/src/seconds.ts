import { setTimeout } from "node:timers/promises";

export type Clock = {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

const wallClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};

/**
 * Every whole second of the wall clock as it comes, in Unix milliseconds, until the signal.
 *
 * Seconds that pass while the machine sleeps or is busy are left out, not made up for. Each second
 * is told at most once, also when a timer fires early or the clock is set back a little.
 */
export async function* seconds(
  signal: AbortSignal,
  { now, sleep }: Clock = wallClock,
): AsyncGenerator<number, void, undefined> {
  let last = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const next = Math.floor(now() / 1000) * 1000 + 1000;
    // A clock set back by more than a second is a new time: waiting for the old one would take hours.
    const due = next === last || next === last - 1000 ? last + 1000 : next;
    try {
      await sleep(due - now(), signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    last = due;
    yield due;
  }
}
