/** Milliseconds that clocks in a zone are ahead of UTC at an instant. */
export type Zone = (time: number) => number;

/** A zone by its IANA name; the zone of this machine without one. */
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
 * The instant at which clocks show `local` (milliseconds as if it were UTC). Of an hour that comes
 * twice, the first; for a time that a clock change skips, the moment of the change or shortly after.
 */
export function instantOf(local: number, zone: Zone): number {
  // On either side of a change one of the two guesses is right; where both are, the earlier.
  const early = local - zone(local - 86_400_000);
  const late = local - zone(local + 86_400_000);
  const candidates = [Math.min(early, late), Math.max(early, late)];
  return candidates.find((time) => time + zone(time) === local) ?? candidates[1]!;
}
