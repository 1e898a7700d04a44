import { parseSelection } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";
import { entityTag, hasTag } from "./etag.ts";
import { historyJson } from "./history-json.ts";
import { contentTypes, type HistoryQuery, parseHistoryQuery } from "./history-query.ts";
import { type HistorySource, idsWithin, readThinned, readWhole } from "./history-read.ts";
import { bucketsCsv, bucketsNdjson, samplesCsv, samplesNdjson } from "./history-table.ts";
import { type Selected, select } from "./selected.ts";
import { encodeText, streamBody } from "./stream-body.ts";

export type HistoryParts = {
  readonly log: Log;
  readonly store: Store;
  readonly now: () => number;
  /** An answer that failed by our own fault when a part of it had been sent. */
  readonly onError: (error: unknown) => void;
};

/** `GET /v1/history`: what some series did in a range, in three formats. */
export function historyRoutes(parts: HistoryParts): Hono {
  const app = new Hono();
  app.get("/v1/history", async (c) => {
    const query = parseHistoryQuery(c, parts.now());
    const selection = parseSelection(c.req.queries("series") ?? ["*"]);
    const selected = await select(selection, parts.log.series);
    const tag = await tagOf(query, selected, parts);
    const caching = { ETag: tag, "Cache-Control": cacheControl(query, parts.store) };
    c.header("Vary", "Accept", { append: true });
    if (hasTag(c.req.header("if-none-match"), tag)) return c.body(null, 304, caching);
    const headers = { ...caching, "Content-Type": contentTypes[query.format] };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return await answer(c, query, selected, headers, parts);
  });
  return app;
}

async function answer(
  c: Context,
  query: HistoryQuery,
  { ids }: Selected,
  headers: Record<string, string>,
  { log, store, onError }: HistoryParts,
): Promise<Response> {
  const { signal } = c.req.raw;
  const texts = textsOf(query, { log, store, ids, signal });
  try {
    return await streamBody(c, encodeText(texts), headers, onError);
  } catch (error) {
    // Whoever asked has left: whatever is said now, nobody hears it.
    if (signal.aborted) return c.body(null);
    throw error;
  }
}

async function* textsOf(query: HistoryQuery, source: HistorySource): AsyncGenerator<string, void> {
  const { from, to, px, as, format } = query;
  const { log, store, signal } = source;
  const table = log.series;
  if (px === undefined) {
    if (format === "json") return yield* historyJson(readWhole(query, source), query, log);
    const ids = await idsWithin(query, source);
    const pages = store.samples({ ids, from, to, signal });
    yield* format === "csv" ? samplesCsv(pages, ids, table) : samplesNdjson(pages, table);
    return;
  }
  const parts = readThinned({ ...query, px }, source);
  if (format === "json") yield* historyJson(parts, query, log);
  else yield* format === "csv" ? bucketsCsv(parts, as, table) : bucketsNdjson(parts, table);
}

async function tagOf(
  query: HistoryQuery,
  { ids }: Selected,
  { log, store }: HistoryParts,
): Promise<string> {
  const { from, to, px = 0, as, format } = query;
  const reach = reachOf(query, store);
  const version = await store.version(from - reach, to + reach);
  return entityTag([log.epoch, version, from, to, px, as, format], ids);
}

/**
 * What ends before anything that is kept can never change: not even a late sample is taken there. All
 * else is asked for again each time, which costs an answer of 304 and no reading.
 */
function cacheControl(query: HistoryQuery, store: Store): string {
  const final = query.fixed && query.to + reachOf(query, store) < store.keptFrom;
  return final ? "private, max-age=31536000, immutable" : "private, no-cache";
}

const hour = 3_600_000;

/**
 * How far beyond the range an answer may know of. Buckets at both ends are told whole and reach beyond
 * it: by less than 4 times the width asked for, which is how far the round widths are apart; and
 * where only hours are kept they are hours.
 */
function reachOf({ from, to, px }: HistoryQuery, { keptFrom }: Store): number {
  if (px === undefined) return 0;
  return Math.max(1, (4 * (to - from)) / px, from < keptFrom ? hour : 0);
}
