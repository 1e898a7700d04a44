import { once } from "node:events";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { PlotcastError } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import { clientAddress } from "./access/client-address.ts";
import { guard } from "./access/guard.ts";
import type { Backend } from "./backend.ts";
import type { ServerOptions } from "./config.ts";
import { Fanout } from "./hub/fanout.ts";
import { ingestRoutes } from "./ingest/http.ts";
import type { Intake } from "./ingest/intake.ts";
import type { SeriesLimit } from "./ingest/series-limit.ts";
import { assetRoutes, loadAssets } from "./ops/assets.ts";
import { answerFailure } from "./ops/http-status.ts";
import type { Logger } from "./ops/logger.ts";
import { streamRoutes } from "./stream/routes.ts";
import { Viewers } from "./stream/viewers.ts";

/** The HTTP face of a process: everything that comes and goes by its port. */
export interface Front {
  /** E.g. `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string;
  /** Ends every stream with `bye` and lets senders finish. */
  close(): Promise<void>;
}

export type FrontParts = {
  readonly backend: Backend;
  readonly intake: Intake;
  /** One limit for all doors. */
  readonly limit: SeriesLimit;
  readonly logger: Logger;
};

const heartbeatMs = 15_000;

// Enough to spread the viewers' return, and short enough for whoever waits for the process to end.
const drainMs = 1_000;
const viewerGraceMs = 1_000;
const senderGraceMs = 1_000;
// Besides the viewers: senders and page loads. Each connection costs memory before it says a word.
const otherConnections = 2_000;

/** Listens. Rejects with `unavailable` if the port cannot be had. */
export async function startFront(
  { backend: { log, store }, intake, limit, logger }: FrontParts,
  options: ServerOptions,
): Promise<Front> {
  const assets = await loadAssets(options.assetDirs);
  const address = addressOf(options);
  const off = new AbortController();
  const hub = new Fanout(log.head);
  const viewers = new Viewers(options.maxViewers);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => answerError(error, c, logger));
  app.use(securityHeaders);
  app.use(guard(options));
  const stream = {
    log,
    hub,
    viewers,
    store,
    backupDir: options.dataDir ?? tmpdir(),
    heartbeatMs,
    now: Date.now,
    onViewer: (c: Context) => logViewer(c, address(c), logger, viewers),
    onError: (error: unknown) => logger.error({ err: error }, "a stream failed"),
  };
  app.route("/", streamRoutes(stream));
  app.route("/", ingestRoutes(intake, { limit }));
  app.route("/", assetRoutes(assets));

  const http = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { connectionsCheckingInterval: 5_000 },
  }) as HttpServer;
  limitConnections(http, options.maxViewers);
  await listen(http, options);
  log.follow((batch) => hub.publish(batch), off.signal);
  const heartbeat = setInterval(() => hub.heartbeat(), heartbeatMs);

  return {
    url: urlOf(http, options.host),
    close: async () => {
      const closed = once(http, "close");
      http.close();
      // A viewer that reads nothing would keep the process for as long as it likes.
      const gone = viewers.drain(drainMs, (ms) => delay(ms));
      await Promise.race([gone, delay(drainMs + viewerGraceMs)]);
      http.closeIdleConnections();
      await Promise.race([closed, delay(senderGraceMs, undefined, { ref: false })]);
      http.closeAllConnections();
      await closed;
      clearInterval(heartbeat);
      off.abort();
    },
  };
}

function addressOf({ trustedProxies }: ServerOptions): (c: Context) => string {
  const find = clientAddress(trustedProxies);
  return (c) => {
    const { incoming } = c.env as { incoming: IncomingMessage };
    return find(incoming.socket.remoteAddress ?? "", c.req.header("x-forwarded-for"));
  };
}

async function securityHeaders(c: Context, next: () => Promise<void>): Promise<void> {
  c.header("X-Content-Type-Options", "nosniff");
  // A token may be part of the address.
  c.header("Referrer-Policy", "no-referrer");
  await next();
}

function answerError(error: Error, c: Context, logger: Logger): Response {
  if (error instanceof PlotcastError) return answerFailure(c, error);
  logger.error({ err: error, path: c.req.path }, "BUG: a request failed");
  return c.text("cannot answer: a mistake of ours, see the server's log\n", 500);
}

function logViewer(c: Context, address: string, logger: Logger, viewers: Viewers): () => void {
  const path = c.req.path;
  const since = Date.now();
  logger.info({ address, path, viewers: viewers.count }, "viewer joined");
  return () => {
    const seconds = Math.round((Date.now() - since) / 1000);
    logger.info({ address, path, seconds, viewers: viewers.count }, "viewer left");
  };
}

function limitConnections(http: HttpServer, maxViewers: number): void {
  http.maxConnections = maxViewers + otherConnections;
  // Whoever sends its headers drop by drop holds a connection; a body may take as long as it likes,
  // for that is how `ping | curl -T -` works.
  http.headersTimeout = 10_000;
  http.requestTimeout = 0;
}

async function listen(http: HttpServer, options: ServerOptions): Promise<void> {
  // Beyond these many the machine has another problem.
  const attempts = options.portMayMove ? 100 : 1;
  for (let port = options.port; ; port++) {
    try {
      http.listen(port, options.host);
      await once(http, "listening");
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && port + 1 < options.port + attempts && port < 65_535) continue;
      const why = code === "EADDRINUSE" ? "it is in use; choose another with --port" : code;
      const what = `cannot listen on ${options.host} port ${port}: ${why}`;
      throw new PlotcastError("unavailable", what, { cause });
    }
  }
}

function urlOf(http: HttpServer, host: string): string {
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("BUG: no TCP address");
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
