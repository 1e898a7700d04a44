import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { canonicalSeries, PlotcastError, parseSelection, parseSeries } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import type { Connection } from "../hub/hub.ts";
import { historyCsv, historyJson, readHistory } from "./history.ts";
import { sseHeaders } from "./node-connection.ts";
import { countParam, durationParam, timeParam } from "./query.ts";
import { type StreamParts, sayBye, sayPlainBye, servePlain, serveStream } from "./stream.ts";
import type { Farewell, Viewers } from "./viewers.ts";

type Env = { Bindings: HttpBindings };

export type StreamRoutesParts = StreamParts & {
  readonly viewers: Viewers;
  /** Called when a viewer comes; what it returns is called when it has left. */
  readonly onViewer: (c: Context) => () => void;
  /** A stream that failed by our own fault. */
  readonly onError: (error: unknown) => void;
};

const quarterHour = 15 * 60_000;
/** The series of the tutorial's *Random Dataset*, which `plotcast demo` makes. */
const tutorialSeries = "random";

/** What is read: `/v1/stream`, `/chart-data`, `/v1/history` and `/v1/series`. */
export function streamRoutes(parts: StreamRoutesParts): Hono<Env> {
  const app = new Hono<Env>();

  app.get("/v1/stream", (c) => {
    const request = {
      selection: parseSelection(c.req.queries("series") ?? ["*"]),
      spanMs: durationParam("span", c.req.query("span"), quarterHour),
      px: countParam("px", c.req.query("px"), 800),
      position: c.req.header("last-event-id") ?? c.req.query("position"),
    };
    return open(c, parts, sayBye, (connection) => serveStream(request, connection, parts));
  });

  app.get("/chart-data", (c) => {
    const series = canonicalSeries(c.req.query("series") ?? tutorialSeries);
    const position = c.req.header("last-event-id") ?? c.req.query("position");
    const request = { series, selection: parseSelection([series]) };
    const resume = position === undefined ? request : { ...request, position };
    return open(c, parts, sayPlainBye, (connection) => servePlain(resume, connection, parts));
  });

  app.get("/v1/history", async (c) => {
    const now = parts.now();
    const range = {
      from: timeParam("from", c.req.query("from"), now - quarterHour, now),
      to: timeParam("to", c.req.query("to"), now, now),
    };
    const px = rawParam(c.req.query("raw")) ? undefined : countParam("px", c.req.query("px"), 800);
    const selection = parseSelection(c.req.queries("series") ?? ["*"]);
    const format = formatParam(c.req.query("format"));
    const { signal } = c.req.raw;
    const history = await readHistory({ selection, ...range, px, signal }, parts);
    c.header("Cache-Control", "no-cache");
    if (format === "csv") {
      return c.body(historyCsv(history), 200, { "Content-Type": "text/csv; charset=utf-8" });
    }
    return c.body(historyJson(history, range), 200, { "Content-Type": "application/json" });
  });

  app.get("/v1/series", (c) => {
    const { matches } = parseSelection(c.req.queries("series") ?? ["*"]);
    const table = parts.log.series;
    const texts = Array.from({ length: table.size }, (_, i) => table.series(i + 1)).filter(matches);
    c.header("Cache-Control", "no-cache");
    return c.json({ series: texts.map(describe) });
  });

  return app;
}

function describe(text: string) {
  const { name, labels } = parseSeries(text);
  return { series: text, name, labels: Object.fromEntries(labels) };
}

function open(
  c: Context<Env>,
  { viewers, onViewer, onError }: StreamRoutesParts,
  farewell: Farewell,
  serve: (connection: Connection) => Promise<void>,
): Response {
  if (c.req.method === "HEAD") return c.body(null, 200, sseHeaders);
  // Whatever the middleware decided (CORS, say) belongs to this response too. Asking `c.res` for it
  // would make Hono merge that response into the one returned below, and send both.
  const headers = Object.fromEntries(c.body(null).headers);
  const connection = viewers.open(c.env.outgoing, headers, farewell);
  if (connection) {
    const left = onViewer(c);
    connection.closed.addEventListener("abort", left);
    serve(connection).catch((error: unknown) => {
      if (!connection.closed.aborted) onError(error);
      // The viewer comes back at its position; a stream that went silent would never.
      connection.end();
    });
  }
  return RESPONSE_ALREADY_SENT;
}

function rawParam(text: string | undefined): boolean {
  return text === "1" || text === "true";
}

function formatParam(text = "json"): "json" | "csv" {
  if (text === "json" || text === "csv") return text;
  throw new PlotcastError(
    "bad-input",
    `expected json or csv for "format", found ${JSON.stringify(text.slice(0, 40))}`,
  );
}
