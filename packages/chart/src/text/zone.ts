import { localZone, type Zone, zoneNamed } from "@plotcast/protocol";

const quarterMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;
/** Zones that are kept ready: a page has one or two, and making one costs a thousand lookups. */
const maxZones = 20;
/** Offsets remembered per zone: a year of days, several times over, in some 100 KB. */
const maxOffsets = 4000;

const zones = new Map<string, Zone>();

/** A zone by its IANA name; the zone of this machine without one. Throws RangeError for no zone. */
export function zoneOf(name?: string): Zone {
  if (name === undefined) return localZone;
  let zone = zones.get(name);
  if (!zone) {
    zone = remembering(zoneNamed(name));
    if (zones.size >= maxZones) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}

/**
 * Asking `Intl` takes some ten microseconds, an axis asks a hundred times, and a page has fifty of them
 * sixty times a second. Clocks change at whole quarters of an hour, and not twice a day: a day that ends
 * as it began has one offset, and of the others each quarter has.
 */
function remembering(zone: Zone): Zone {
  const known = new Map<number, number>();
  const at = (time: number): number => {
    let offset = known.get(time);
    if (offset === undefined) {
      if (known.size >= maxOffsets) known.clear();
      offset = zone(time);
      known.set(time, offset);
    }
    return offset;
  };
  return (time) => {
    const day = Math.floor(time / dayMs) * dayMs;
    const offset = at(day);
    return offset === at(day + dayMs) ? offset : at(Math.floor(time / quarterMs) * quarterMs);
  };
}

/**
 * The instant at which clocks show `local` (milliseconds as if it were UTC). Of an hour that comes
 * twice, the first; for a time that a clock change skips, the moment of the change or shortly after.
 */
export function instantOf(local: number, zone: Zone): number {
  // On either side of a change one of the two guesses is right; where both are, the earlier.
  const early = local - zone(local - dayMs);
  const late = local - zone(local + dayMs);
  const candidates = [Math.min(early, late), Math.max(early, late)];
  return candidates.find((time) => time + zone(time) === local) ?? candidates[1]!;
}
