import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { acceptsGzip } from "./accept-encoding.ts";
import { ContextHead } from "./context-head.ts";
import { securityHeaders, sseHeaders } from "./headers.ts";
import type { OpenConnections } from "./open-connections.ts";
import { OrdinaryConnection } from "./ordinary-connection.ts";
import type { AddressOf, FindStream, Guard, Serve } from "./request-head.ts";

export type Env = { Bindings: HttpBindings };

export type FaceParts = {
  /** Everything but streams. */
  readonly app: Hono<Env>;
  readonly findStream: FindStream;
  readonly guard: Guard;
  readonly addressOf: AddressOf;
  readonly answerError: (error: Error, c: Context) => Response;
  readonly open: OpenConnections;
};

/** All that is answered by way of node:http: what every answer has, who may come in, streams, the rest. */
export function createFace(parts: FaceParts): Hono<Env> {
  const { app, guard, addressOf, answerError } = parts;
  const headOf = (c: Context) => new ContextHead(c, addressOf);
  const face = new Hono<Env>();
  face.onError(answerError);
  face.use(async (c, next) => {
    for (const name in securityHeaders) c.header(name, securityHeaders[name]);
    await next();
  });
  face.use(guard.face(headOf));
  face.use(streams(parts));
  face.route("/", app);
  return face;
}

function streams({ findStream, addressOf, open }: FaceParts): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return next();
    const serve = findStream(new ContextHead(c, addressOf));
    if (!serve) return next();
    const gzip = acceptsGzip(c.req.header("accept-encoding"));
    for (const name in sseHeaders) c.header(name, sseHeaders[name]);
    if (gzip) c.header("Content-Encoding", "gzip");
    c.header("Vary", "Accept-Encoding", { append: true });
    if (c.req.method === "HEAD") return c.body(null, 200);
    // Asking `c.res` for them would make Hono merge that response into the one returned below, and
    // send both.
    const headers = Object.fromEntries(c.body(null).headers);
    // That of HTTP/2 can do the same.
    begin(c.env.outgoing as ServerResponse, headers, gzip, serve, open);
    return RESPONSE_ALREADY_SENT;
  };
}

function begin(
  response: ServerResponse,
  headers: Record<string, string>,
  gzip: boolean,
  serve: Serve,
  open: OpenConnections,
): void {
  // Gone already: nobody would ever tell that it is.
  if (response.destroyed || response.socket === undefined) return;
  // Pipelined behind another response, and that one may be a stream that never ends. It must not hold
  // a place. Not a 503: a browser's EventSource never comes back after one.
  if (response.socket === null) {
    const { "content-encoding": _, ...plain } = headers;
    response.writeHead(200, plain);
    response.end(": one stream at a time on a connection\nretry: 1000\n\n");
    return;
  }
  const connection = new OrdinaryConnection(response, headers, gzip, open);
  connection.cork();
  serve(connection);
  connection.uncork();
}
