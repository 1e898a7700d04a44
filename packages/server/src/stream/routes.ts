import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { canonicalSeries, parseSelection } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import type { Connection } from "../hub/hub.ts";
import { historyRoutes } from "./history-routes.ts";
import { sseHeaders } from "./node-connection.ts";
import { durationParam, pxParam } from "./query.ts";
import { seriesRoutes } from "./series-routes.ts";
import { storeRoutes } from "./store-routes.ts";
import { type StreamParts, sayBye, sayPlainBye, servePlain, serveStream } from "./stream.ts";
import type { Farewell, Viewers } from "./viewers.ts";

type Env = { Bindings: HttpBindings };

export type StreamRoutesParts = StreamParts & {
  readonly viewers: Viewers;
  /** Where a backup is written before it is sent. */
  readonly backupDir: string;
  /** Called when a viewer comes; what it returns is called when it has left. */
  readonly onViewer: (c: Context) => () => void;
  /** A stream, or an answer of which a part had been sent, that failed by our own fault. */
  readonly onError: (error: unknown) => void;
};

const quarterHour = 15 * 60_000;
/** The series of the tutorial's *Random Dataset*, which `plotcast demo` makes. */
const tutorialSeries = "random";

/** What is read: streams here, everything else in the routes at the end. */
export function streamRoutes(parts: StreamRoutesParts): Hono<Env> {
  const app = new Hono<Env>();

  app.get("/v1/stream", (c) => {
    const request = {
      selection: parseSelection(c.req.queries("series") ?? ["*"]),
      spanMs: durationParam("span", c.req.query("span"), quarterHour),
      px: pxParam(c.req.query("px")),
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

  for (const routes of [historyRoutes(parts), seriesRoutes(parts), storeRoutes(parts)]) {
    app.route("/", routes);
  }
  return app;
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
