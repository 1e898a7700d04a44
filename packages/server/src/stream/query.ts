import { PlotcastError, parseDuration, parseTime } from "@plotcast/protocol";

/** Milliseconds of a query parameter such as `15m`; `fallback` if it is not there. */
export function durationParam(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const ms = parseDuration(text);
  if (ms === undefined) throw bad(name, "a duration such as 15m", text);
  return ms;
}

// A screen has no more columns than this, and nobody may ask for a bucket per millisecond.
const maxPx = 8192;

/** Buckets wanted, for a screen so wide. */
export function pxParam(text: string | undefined): number {
  return Math.min(maxPx, countParam("px", text, 800));
}

// A tab that nobody sees asks for one frame a second or fewer, and no screen shows more than 240.
const minRate = 0.1;
const maxRate = 1000;
const defaultRate = 50;
/** A viewer gets the next lower of these: each one is a group of its own. */
const rates = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50, 60, 100, 240, 1000];

/** Frames a second at most. Samples that come faster share a frame; none is left out. */
export function rateParam(text: string | undefined): number {
  const rate = text === undefined ? defaultRate : Number(text);
  const fits = text === undefined || /^\d{1,4}(\.\d{1,3})?$/.test(text);
  if (!fits || rate < minRate || rate > maxRate) {
    throw bad("rate", `frames a second from ${minRate} to ${maxRate}`, text ?? "");
  }
  return rates.findLast((step) => step <= rate)!;
}

/** A whole number of at least 1. */
export function countParam(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw bad(name, "a whole number from 1", text);
  return Number(text);
}

/** Unix milliseconds of an ISO 8601 or a Unix time, or of `-15m`: so long ago. */
export function timeParam(
  name: string,
  text: string | undefined,
  fallback: number,
  now: number,
): number {
  if (text === undefined || text === "now") return text === undefined ? fallback : now;
  if (/^-\d/.test(text)) {
    const ago = parseDuration(text.slice(1));
    if (ago !== undefined) return now - ago;
  }
  const time = parseTime(text);
  if (time === undefined) {
    throw bad(name, "a time such as 2026-01-31T12:00:00Z, a Unix time or -15m", text);
  }
  return time;
}

/** One of a few words, the first of which is the default. */
export function choiceParam<T extends string>(
  name: string,
  text: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  if (text === undefined) return choices[0];
  const choice = choices.find((word) => word === text);
  if (choice === undefined) throw bad(name, listOf(choices), text);
  return choice;
}

/** `1` or `true`; not there, `0` and `false` are no. */
export function flagParam(name: string, text: string | undefined): boolean {
  return ["1", "true"].includes(choiceParam(name, text, ["0", "1", "false", "true"]));
}

/** A failure of parameters that do not go together. */
export function contradiction(message: string): PlotcastError {
  return new PlotcastError("bad-input", message);
}

/** `a, b or c` */
function listOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function bad(name: string, expected: string, found: string): PlotcastError {
  const shown = JSON.stringify(found.length > 40 ? `${found.slice(0, 40)}…` : found);
  return new PlotcastError("bad-input", `expected ${expected} for "${name}", found ${shown}`);
}
