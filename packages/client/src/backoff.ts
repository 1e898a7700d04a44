const firstCeilingMs = 250;
const lastCeilingMs = 30_000;

/**
 * How long to wait before the next attempt, after `failures` in a row (from 0).
 *
 * Anything from nothing to a ceiling that doubles: when a server restarts, all its viewers are cut in
 * the same instant, and only chance spreads them out again. The ceiling never exceeds half a minute,
 * so that a page left open overnight is back soon after the server is.
 */
export function backoffMs(failures: number, random: () => number): number {
  return random() * Math.min(lastCeilingMs, firstCeilingMs * 2 ** failures);
}
