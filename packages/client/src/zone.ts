/** Milliseconds that clocks in a zone are ahead of UTC at an instant. */
export type Zone = (time: number) => number;

/** A zone by its IANA name; the zone of this machine without one. Throws for a name that is none. */
export function zoneOf(name?: string): Zone {
  if (name === undefined) return (time) => -new Date(time).getTimezoneOffset() * 60_000;
  const format = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" });
  return (time) => {
    const text = format.formatToParts(time).find((part) => part.type === "timeZoneName")!.value;
    const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text);
    if (!match) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === "-" ? -1000 : 1000) * seconds;
  };
}

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
