import type { Guess } from "@plotcast/client";
import { durationText } from "../text/format.ts";
import type { Source } from "./source.ts";

/** A cadence has no attribute that tells it: it is what the samples are. */
export type Found = Omit<Guess, "attribute"> & { readonly attribute?: string };

// A list for people, in a small panel.
const maxSeries = 4;
/** Clocks are off by less; zones differ by whole quarters of an hour, give or take a late sample. */
const leastZoneMs = 20 * 60_000;
const quarterMs = 15 * 60_000;
const nearMs = 2 * 60_000;

/**
 * All that a source is taken for without its having said so, as it is now: what the client guessed,
 * how often samples come, and a doubt where times look as if they were of another zone. `unit`: as the
 * chart was told, whatever the source's names say.
 */
export function guessesOf({ guesses, tracks, clock }: Source, unit?: string): Found[] {
  const kept =
    unit === undefined ? guesses : guesses.filter(({ attribute }) => attribute !== "unit");
  const list: Found[] = kept.map((guess) => {
    const isZone = guess.attribute === "source-zone" && guess.from === "guessed";
    return isZone ? { ...guess, found: guess.found + zoneDoubt(clock.skewMs) } : guess;
  });
  if (unit !== undefined) list.push({ what: "unit", found: unit, from: "told", attribute: "unit" });
  const cadence = cadenceText(tracks);
  if (cadence !== "") list.push({ what: "cadence", found: cadence, from: "guessed" });
  return list;
}

function zoneDoubt(skewMs: number): string {
  const size = Math.abs(skewMs);
  const quarters = Math.round(size / quarterMs) * quarterMs;
  if (size < leastZoneMs || Math.abs(size - quarters) > nearMs) return "";
  return `, but times are ${durationText(quarters)} ${skewMs > 0 ? "ahead" : "behind"}`;
}

/** One figure if all have it; else those of the first few. */
function cadenceText(tracks: Source["tracks"]): string {
  const known = [...tracks.values()].flatMap(({ series, ring }) => {
    const { medianMs } = ring.cadence;
    return medianMs > 0 ? [{ series, text: intervalText(medianMs) }] : [];
  });
  const texts = new Set(known.map(({ text }) => text));
  if (texts.size <= 1) return [...texts].join();
  const first = known.slice(0, maxSeries).map(({ series, text }) => `${text} (${series})`);
  const more = known.length - first.length;
  return [...first, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** Two digits: what is found from arrivals is not known better. */
function intervalText(ms: number): string {
  if (ms >= 59_500) return `every ${durationText(Math.round(ms / 1000) * 1000)}`;
  const digits = Number((ms >= 995 ? ms / 1000 : ms).toPrecision(2));
  return `every ${digits}\u00a0${ms >= 995 ? "s" : "ms"}`;
}
