import type { PlainOptions, TimeFormat } from "@plotcast/client";
import { parseDuration } from "@plotcast/protocol";
import { quote, Reader } from "./options.ts";

/** Where samples come from, and how they are read there. */
export type SourceOptions = {
  /** Absolute; one that cannot be an address is as it was written, and refused by whoever follows it. */
  readonly urls: readonly string[];
  readonly plain: PlainOptions;
  readonly poll: number | undefined;
  readonly problems: readonly string[];
};

/** Each costs a connection or a part of one, and memory for what it holds. */
const maxSources = 20;
/** Somebody's server answers each time; and slower than once a day is not live. */
const pollLimits = { least: 100, most: 24 * 3600e3 };
const formats: readonly TimeFormat[] = [
  ...(["unix-s", "unix-ms", "unix-us", "unix-ns"] as const),
  ...(["iso", "time-of-day", "mm:ss", "arrival"] as const),
];

/**
 * Reads `src`, one address or several with spaces between, and what is said of an endpoint that is not
 * ours. `more`: addresses from elsewhere. What is wrong is reported and treated as absent.
 */
export function parseSourceOptions(
  attribute: (name: string) => string | null,
  more: readonly string[],
  baseUrl: string,
): SourceOptions {
  const problems: string[] = [];
  const read = new Reader(attribute, problems);
  // A comma may be part of an address, a space cannot.
  const own = (attribute("src") ?? "").split(/\s+/).filter((src) => src !== "");
  const asked = [...own, ...more];
  if (asked.length > maxSources) {
    problems.push(`expected at most ${maxSources} sources, found ${asked.length}`);
  }
  const urls = new Set(
    asked.slice(0, maxSources).map((src) => URL.parse(src, baseUrl)?.href ?? src),
  );
  return {
    urls: [...urls],
    plain: readPlain(attribute, read),
    poll: readPoll(attribute("poll"), problems),
    problems,
  };
}

function readPlain(attribute: (name: string) => string | null, read: Reader): PlainOptions {
  const timeField = attribute("time-field")?.trim();
  const timeFormat = read.word("time-format", ["", ...formats], "");
  const zone = read.zone("source-zone");
  const fields = words(attribute("fields"));
  const events = words(attribute("events"));
  return {
    ...(timeField ? { timeField } : {}),
    ...(timeFormat === "" ? {} : { timeFormat }),
    ...(zone === undefined ? {} : { zone }),
    ...(fields.length > 0 ? { fields } : {}),
    ...(events.length > 0 ? { events } : {}),
  };
}

function readPoll(text: string | null, problems: string[]): number | undefined {
  if (text === null) return undefined;
  const ms = parseDuration(text) ?? 0;
  if (ms >= pollLimits.least && ms <= pollLimits.most) return ms;
  problems.push(`expected poll="5s", from 100ms to a day, found ${quote(text)}`);
  return undefined;
}

function words(text: string | null): string[] {
  return (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
}
