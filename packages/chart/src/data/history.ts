import { isOurs } from "@plotcast/client";
import type { View } from "../window.ts";
import { Ring } from "./ring.ts";

/** What is asked of one series: its samples, or how fast a counter grows. */
export type Asked = { readonly series: string; readonly rates: boolean };

/** What a server told of some series in a stretch of time. */
export type Told = {
  readonly rings: ReadonlyMap<string, Ring>;
  /** The widest buckets in it; 0: every sample. */
  readonly bucketMs: number;
};

/** Room in each ring for what comes live after it, before it is asked for anew. */
export const liveRoom = 20_000;
/** A request's address must fit into the 8 KB that servers and proxies read. */
const maxQuery = 3000;
/** Selectors in one request, by the server's own limit. */
const maxSelectors = 64;
/** An answer of more than this is no answer to what we ask: memory is worth more than the rest of it. */
const maxSamples = 4_000_000;

/**
 * The address of history beside that of a stream, with the same token or whatever else lets us in;
 * undefined for streams of others, which have none.
 */
export function historyUrl(
  stream: string,
  name: "history" | "series" = "history",
): URL | undefined {
  if (!isOurs(stream)) return undefined;
  const url = new URL(stream);
  url.pathname = url.pathname.replace(/stream$/, name);
  for (const own of ["series", "span", "px", "rate", "position", "history"]) {
    url.searchParams.delete(own);
  }
  url.hash = "";
  return url;
}

/** The addresses that together ask for all of it. */
export function historyRequests(
  stream: string,
  asked: readonly Asked[],
  { from, to }: View,
  px: number,
): string[] {
  return [false, true].flatMap((rates) => {
    const series = asked.filter((one) => one.rates === rates).map((one) => one.series);
    return inParts(series).map((part) => {
      const url = historyUrl(stream)!;
      for (const one of part) url.searchParams.append("series", one);
      url.searchParams.set("from", isoTime(from));
      url.searchParams.set("to", isoTime(to));
      url.searchParams.set("px", String(px));
      if (rates) url.searchParams.set("as", "rates");
      return url.href;
    });
  });
}

/** The addresses that together ask since when these series are kept. */
export function seriesRequests(stream: string, series: readonly string[]): string[] {
  return inParts(series).map((part) => {
    const url = historyUrl(stream, "series")!;
    for (const one of part) url.searchParams.append("series", one);
    return url.href;
  });
}

/** Since when the first of some series is kept, by answers of `GET /v1/series`; undefined: nobody knows. */
export function oldestOf(
  answers: readonly unknown[],
  series: ReadonlySet<string>,
): number | undefined {
  let oldest = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    for (const one of arrayOf(recordOf(answer).series)) {
      const { series: name, first } = recordOf(one) as { series?: unknown; first?: unknown };
      const time = typeof first === "string" ? Date.parse(first) : Number.NaN;
      if (series.has(String(name)) && time < oldest) oldest = time;
    }
  }
  return Number.isFinite(oldest) ? oldest : undefined;
}

function inParts(series: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const one of series) {
    const length = encodeURIComponent(one).length + "&series=".length;
    if (parts.length === 0 || length > room || parts.at(-1)!.length >= maxSelectors) {
      parts.push([]);
      room = maxQuery;
    }
    parts.at(-1)!.push(one);
    room -= length;
  }
  return parts;
}

// Years beyond these have another form, and no samples.
function isoTime(time: number): string {
  return new Date(Math.min(253402300799999, Math.max(0, time))).toISOString();
}

/**
 * Reads answers of `GET /v1/history`: a ring for each series asked for, empty where nothing is in that
 * stretch. What selectors brought besides is left out. `until`: nothing is later than that. Throws for
 * what is no such answer.
 */
export function readHistory(
  answers: readonly unknown[],
  asked: readonly Asked[],
  until: number,
): Told {
  const told = new Map<string, Record<string, unknown>>();
  for (const answer of answers) {
    for (const series of arrayOf(recordOf(answer).series)) {
      const record = recordOf(series);
      told.set(String(record.series), record);
    }
  }
  const rings = new Map<string, Ring>();
  let widest = 0;
  let room = maxSamples;
  for (const { series, rates } of asked) {
    const record = told.get(series) ?? { times: [], values: [], rates: [] };
    const times = timesOf(record.times);
    const bucketMs = Number(record.bucketMs ?? 0);
    room -= times.length * (bucketMs > 0 && !rates ? 4 : 1);
    if (room < 0) throw new Error("the server sent more than was asked for");
    const ring = new Ring(4 * times.length + liveRoom);
    if (rates) addRates(ring, times, numbersOf(record.rates), bucketMs, until);
    else if (bucketMs > 0) addBuckets(ring, times, record, bucketMs, until);
    else addSamples(ring, times, numbersOf(record.values));
    widest = Math.max(widest, bucketMs);
    rings.set(series, ring);
  }
  return { rings, bucketMs: widest };
}

function addSamples(ring: Ring, times: readonly number[], values: Numbers): void {
  for (let i = 0; i < times.length; i++) ring.add(times[i]!, values[i] ?? null);
}

/**
 * A bucket is its extremes between its first and its last value. When they were is not told: they are
 * put in the order that makes the shorter way, each in its part of the bucket, which is about a pixel.
 */
function addBuckets(
  ring: Ring,
  starts: readonly number[],
  record: Record<string, unknown>,
  bucketMs: number,
  until: number,
): void {
  const [mins, maxs, firsts, lasts] = ["min", "max", "first", "last"].map((name) =>
    numbersOf(record[name]),
  ) as [Numbers, Numbers, Numbers, Numbers];
  for (let i = 0; i < starts.length; i++) {
    const [start, first, last] = [starts[i]!, firsts[i], lasts[i]];
    if (first === null || first === undefined || last === null || last === undefined) {
      ring.add(start, null, bucketMs);
      continue;
    }
    // The bucket that is being filled has nothing beyond now.
    const width = Math.max(1e-3, Math.min(bucketMs, until - start));
    const extremes = last >= first ? [mins[i]!, maxs[i]!] : [maxs[i]!, mins[i]!];
    for (const [part, value] of [first, ...extremes, last].entries()) {
      ring.add(start + (part * width) / 4, value, bucketMs);
    }
  }
}

/** What a bucket grew by is told for the middle of it. */
function addRates(
  ring: Ring,
  times: readonly number[],
  rates: Numbers,
  bucketMs: number,
  until: number,
): void {
  for (let i = 0; i < times.length; i++) {
    const middle = Math.min(bucketMs, Math.max(0, until - times[i]!)) / 2;
    ring.add(times[i]! + middle, rates[i] ?? null, bucketMs);
  }
}

type Numbers = readonly (number | null)[];

// What is no number is as if it were absent; what is no list is no answer.
function numbersOf(value: unknown): Numbers {
  return arrayOf(value).map((one) => (typeof one === "number" ? one : null));
}

function timesOf(value: unknown): number[] {
  const times = arrayOf(value).map(Number);
  if (!times.every(Number.isFinite)) throw new Error("the answer is no history");
  return times;
}

function arrayOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("the answer is no history");
  return value;
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error("the answer is no history");
  return value as Record<string, unknown>;
}
