/** The name of a zone as people write it; without one, that of this machine's. */
export function zoneName(name?: string): string {
  const zone = name ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone.replaceAll("_", " ");
}

/**
 * What stands at an axis of time. The reader's own clock needs no name; any other does: "Time (UTC)".
 * `named`: also that one, for pictures that others will look at.
 */
export function timeTitle(name?: string, named = false): string {
  return name === undefined && !named ? "Time" : `Time (${zoneName(name)})`;
}
