import { parseDuration } from "@plotcast/protocol";

/** How far back a page looks as long as nobody says how far: as there are samples, up to `autoLimit`. */
export const autoSpan = "auto";
const autoLimit = "15m";

const presets = ["1m", "5m", "1h", "6h", "24h", "7d", "30d", "1y"];
// Each at most twice the one before: when a chart grows into the next, its line stays a good part of
// it. A new server whose first minute is a sliver at the edge of 15 looks broken.
const autoSteps = ["1m", "2m", "3m", "5m", "7m", "10m", autoLimit];

/** What a page looks back, and what its charts show of it just now. */
export type View = { readonly span: string; readonly shown: string };

/** A span from an address; `auto` for anything that is none. */
export function readSpan(text: string | null): string {
  const span = text?.trim() ?? "";
  return (parseDuration(span) ?? 0) > 0 ? span : autoSpan;
}

/** The spans to choose from, shortest first; among them the one that is chosen, whatever it is. */
export function offeredSpans(chosen: string): string[] {
  if ([autoSpan, ...presets].some((offered) => sameSpan(offered, chosen))) {
    return [autoSpan, ...presets];
  }
  const sorted = [...presets, chosen].sort((a, b) => parseDuration(a)! - parseDuration(b)!);
  return [autoSpan, ...sorted];
}

/** Whether two texts mean the same: `60s`, `1m`. */
export function sameSpan(a: string, b: string): boolean {
  return parseDuration(a) === parseDuration(b);
}

/** How much history a page asks for: a duration. */
export function heldSpan(span: string): string {
  return span === autoSpan ? autoLimit : span;
}

/** What charts show: a duration that fits the age of the oldest sample, if that is for us to choose. */
export function shownSpan(span: string, ageMs: number | undefined): string {
  if (span !== autoSpan) return span;
  return autoSteps.find((step) => parseDuration(step)! >= (ageMs ?? Infinity)) ?? autoLimit;
}
