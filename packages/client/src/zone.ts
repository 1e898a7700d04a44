import type { Zone } from "@plotcast/protocol";

/**
 * The instant at which clocks in a zone show `local` (milliseconds as if it were UTC). Of an hour
 * that comes twice, the one nearer to `now`; for a time that a clock change skips, shortly after it.
 */
export function instantNear(local: number, zone: Zone, now: number): number {
  // On either side of a change one of the two is right.
  const both = [local - zone(local - 86_400_000), local - zone(local + 86_400_000)];
  const [first, second] = both.filter((time) => time + zone(time) === local);
  if (first === undefined) return Math.max(...both);
  return nearest(second === undefined ? [first] : [first, second], now)!;
}

/** Of several times the one nearest to `now`, of two that are as near the first. */
export function nearest(times: readonly number[], now: number): number | undefined {
  return times.reduce<number | undefined>(
    (best, next) =>
      best !== undefined && Math.abs(best - now) <= Math.abs(next - now) ? best : next,
    undefined,
  );
}
