/** Gives out times of arrival, each later than the one before. Unix milliseconds. */
export type ArrivalClock = () => number;

/**
 * A clock that is read often: at least 1 µs lies between any two of its times.
 *
 * The later of two samples of one series at one time wins, so without this of ten numbers that
 * arrive in one body nine would be lost.
 */
export function createArrivalClock(now: () => number = Date.now): ArrivalClock {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    last = Math.max(Math.round(now() * 1e3), last + 1);
    return last / 1e3;
  };
}

/** The one clock of the process: two bodies that arrive at once must not share times either. */
export const arrivalClock: ArrivalClock = createArrivalClock();
