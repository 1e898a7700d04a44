import { PlotcastError, parseSelection, parseSeries } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import type { Log } from "../log/log.ts";
import type { SeriesDetails, Store } from "../store/store.ts";
import { select } from "./selected.ts";
import { parseSeriesAbout } from "./series-about.ts";
import { encodeText, streamBody } from "./stream-body.ts";
import { isoTime } from "./text.ts";

export type SeriesParts = {
  readonly log: Log;
  readonly store: Store;
  readonly onError: (error: unknown) => void;
};

/** `GET /v1/series`: which there are, and what is known of each. `PUT /v1/series`: tells more of one. */
export function seriesRoutes({ log, store, onError }: SeriesParts): Hono {
  const app = new Hono();

  app.get("/v1/series", async (c) => {
    const selection = parseSelection(c.req.queries("series") ?? ["*"]);
    const headers = { "Content-Type": "application/json", "Cache-Control": "no-cache" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const { ids } = await select(selection, log.series);
    return await streamBody(c, encodeText(seriesJson([...ids], log, store)), headers, onError);
  });

  app.put("/v1/series", async (c) => {
    const { series, about } = parseSeriesAbout(await bodyText(c));
    const id = log.series.id(series);
    if (id === undefined) {
      const name = JSON.stringify(series);
      throw new PlotcastError(
        "not-found",
        `cannot describe ${name}: there is no such series; send a sample of it first`,
      );
    }
    await store.describe(id, about);
    return c.body(null, 204);
  });

  return app;
}

// One message, and one piece of work: 100,000 series must not be one.
const idsPerPiece = 500;

async function* seriesJson(
  ids: readonly number[],
  { series: table }: Log,
  store: Store,
): AsyncGenerator<string, void> {
  yield '{"series":[';
  for (let at = 0; at < ids.length; at += idsPerPiece) {
    const some = ids.slice(at, at + idsPerPiece);
    const details = await store.details(some);
    const entries = some.map((id, i) => JSON.stringify(describe(table.series(id), details[i]!)));
    yield `${at === 0 ? "" : ","}${entries.join(",")}`;
  }
  yield "]}\n";
}

function describe(text: string, { first, last, ...about }: SeriesDetails) {
  const { name, labels } = parseSeries(text);
  return {
    series: text,
    name,
    labels: Object.fromEntries(labels),
    ...about,
    ...(first === undefined ? {} : { first: isoTime(first) }),
    ...(last === undefined ? {} : { last: isoTime(last) }),
  };
}

// Several times what the longest series and unit take.
const maxBodyBytes = 16_384;

async function bodyText(c: Context): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of c.req.raw.body ?? []) {
    length += part.length;
    if (length > maxBodyBytes) {
      throw new PlotcastError("too-large", `expected at most ${maxBodyBytes} bytes, found more`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
