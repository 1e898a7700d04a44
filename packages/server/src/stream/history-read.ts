import { PlotcastError } from "@plotcast/protocol";
import type { Log } from "../log/log.ts";
import type { SamplesPage, SeriesHistory, Store } from "../store/store.ts";
import type { HistoryQuery } from "./history-query.ts";

export type HistorySource = {
  readonly log: Log;
  readonly store: Store;
  /** Iterated when reading begins. */
  readonly ids: Iterable<number>;
  readonly signal: AbortSignal;
};

/** Some series of an answer, by id. `offset`: everything up to there is in them. */
export type HistoryPart = {
  readonly offset: number | undefined;
  readonly series: ReadonlyMap<number, SeriesHistory>;
};

type Range = Pick<HistoryQuery, "from" | "to">;

// What is in memory at once, 100 bytes for each.
const bucketsPerPart = 200_000;

/**
 * History for so many pixels, in parts of as many series as fit into memory together. The first part
 * has the smallest offset: who goes on from there misses nothing.
 */
export async function* readThinned(
  { from, to, px, as }: Range & Pick<HistoryQuery, "as"> & { readonly px: number },
  { store, ids, signal }: HistorySource,
): AsyncGenerator<HistoryPart, void> {
  // Not one by one: those that are known now have to be asked for now.
  const wanted = [...ids];
  const size = Math.max(1, Math.floor(bucketsPerPart / px));
  for (let at = 0; at === 0 || at < wanted.length; at += size) {
    const some = wanted.slice(at, at + size);
    yield await store.history({ ids: some, from, to, px, as, signal });
  }
}

// A column is written whole before the next one, so a series is held whole: 160 MB.
const maxSamplesInSeries = 10_000_000;

/** Every sample, a series after the other. Throws `too-large` for a series that memory cannot hold. */
export async function* readWhole(
  range: Range,
  source: HistorySource,
  maxSamples = maxSamplesInSeries,
): AsyncGenerator<HistoryPart, void> {
  const { log, store, ids, signal } = source;
  for (const id of ids) {
    const pages: Pick<SamplesPage, "times" | "values">[] = [];
    let length = 0;
    for await (const page of store.samples({ ...range, ids: [id], signal })) {
      length += page.times.length;
      pages.push({ times: page.times.slice(), values: page.values.slice() });
      if (length > maxSamples) throw tooLarge(log.series.series(id), maxSamples);
    }
    if (length === 0) continue;
    const times = concat(pages.map((page) => page.times));
    const values = concat(pages.map((page) => page.values));
    yield { offset: undefined, series: new Map([[id, { kind: "samples", times, values }]]) };
  }
}

// Their description is one message.
const idsPerMessage = 1000;

/** Those of some series that have samples from before `to` and after `from`, and may have some inside. */
export async function idsWithin(
  { from, to }: Range,
  { store, ids }: Pick<HistorySource, "store" | "ids">,
): Promise<number[]> {
  const all = [...ids];
  const inside: number[] = [];
  for (let at = 0; at < all.length; at += idsPerMessage) {
    const some = all.slice(at, at + idsPerMessage);
    for (const [i, { first, last }] of (await store.details(some)).entries()) {
      const kept = first !== undefined && last !== undefined;
      if (kept && first <= to && last >= from) inside.push(some[i]!);
    }
  }
  return inside;
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function tooLarge(series: string, maxSamples: number): PlotcastError {
  return new PlotcastError(
    "too-large",
    `cannot write more than ${maxSamples} samples of ${JSON.stringify(series)} as JSON; ask for a shorter range, for px, or for csv or ndjson`,
  );
}
