import { once } from "node:events";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { PlotcastError, type Sample } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import { clientAddress } from "./access/client-address.ts";
import { guard } from "./access/guard.ts";
import { dividedBytes, type ServerOptions } from "./config.ts";
import { Fanout } from "./hub/fanout.ts";
import { checkSamples } from "./ingest/check-samples.ts";
import { ingestRoutes } from "./ingest/http.ts";
import { SeriesLimit } from "./ingest/series-limit.ts";
import { type IngestOptions, type IngestSummary, ingestText } from "./ingest/text.ts";
import { clockRefusal, maxAheadMs } from "./ingest/time-range.ts";
import type { Log } from "./log/log.ts";
import { openMemoryLog } from "./log/memory-log.ts";
import { openSqliteLog } from "./log/sqlite-log.ts";
import { assetRoutes, loadAssets } from "./ops/assets.ts";
import { DiskSpace } from "./ops/disk-space.ts";
import { answerFailure } from "./ops/http-status.ts";
import { createLogger, type Logger } from "./ops/logger.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { streamRoutes } from "./stream/routes.ts";
import { Viewers } from "./stream/viewers.ts";

/** A running server. */
export interface Server {
  /** E.g. `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string;
  /**
   * Resolves when the samples are durable. Rejects as `Log.append` does, and with `bad-input` if one
   * of them is none: a series that is no canonical text, a time or a value that is not finite.
   */
  append(samples: readonly Sample[]): Promise<number>;
  /** Takes in text as `POST` does, line by line as it comes; resolves at its end. */
  ingest(source: AsyncIterable<Uint8Array>, options: IngestOptions): Promise<IngestSummary>;
  /** Ends every stream with `bye`, lets senders finish, closes the log. */
  close(): Promise<void>;
}

const heartbeatMs = 15_000;

// Enough to spread the viewers' return, and short enough for whoever waits for the process to end.
const drainMs = 1_000;
const viewerGraceMs = 1_000;
const senderGraceMs = 1_000;
// Besides the viewers: senders and page loads. Each connection costs memory before it says a word.
const otherConnections = 2_000;

/** Starts a server. Rejects with `unavailable` if the port or the data folder cannot be had. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const logger = createLogger(options.logLevel);
  const assets = await loadAssets(options.assetDirs);
  // Refuses what it cannot understand; nothing is open yet that would have to be closed.
  const address = addressOf(options);
  const off = new AbortController();
  const { log, store } = await openHistory(options, logger);
  const { dataDir } = options;
  const space = dataDir === undefined ? undefined : await DiskSpace.watch(dataDir, off.signal);
  const hub = new Fanout(log.head);
  log.follow((batch) => hub.publish(batch), off.signal);
  const heartbeat = setInterval(() => hub.heartbeat(), heartbeatMs);
  const viewers = new Viewers(options.maxViewers);
  const intake = {
    append: async (samples: readonly Sample[]) => {
      const refusal = space?.refusal() ?? clockRefusal(samples, store.keptFrom, Date.now());
      if (refusal) throw refusal;
      await store.room();
      return await log.append(samples);
    },
    hasSeries: (series: string) => log.series.id(series) !== undefined,
    seriesCount: () => log.series.size,
    timeRange: () => ({ from: store.keptFrom, to: Date.now() + maxAheadMs }),
  };

  // One limit for all doors.
  const limit = new SeriesLimit(intake);

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => answerError(error, c, logger));
  app.use(securityHeaders);
  app.use(guard(options));
  const stream = {
    log,
    hub,
    viewers,
    store,
    backupDir: dataDir ?? tmpdir(),
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
  try {
    await listen(http, options);
  } catch (error) {
    clearInterval(heartbeat);
    off.abort();
    await store.close();
    await log.close();
    throw error;
  }

  return {
    url: urlOf(http, options.host),
    append: async (samples) => {
      checkSamples(samples, intake, limit);
      return await intake.append(samples).finally(() => limit.settle(limit.waiting(samples)));
    },
    ingest: (source, ingestOptions) => ingestText(source, intake, { limit, ...ingestOptions }),
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
      await log.close();
      off.abort();
      await store.close();
    },
  };
}

/** The log drops nothing that the store has not got; the store takes from it what a crash left out. */
async function openHistory(
  options: ServerOptions,
  logger: Logger,
): Promise<{ log: Log; store: Store }> {
  const { dataDir: dir, replayMs, keep } = options;
  const bytes = dividedBytes(options);
  let store: Store | undefined;
  const neededAfter = () => store?.applied ?? 0;
  const limits = { keepMs: replayMs, maxBytes: bytes.log, neededAfter };
  const log = dir === undefined ? openMemoryLog(limits) : await openSqliteLog(dir, limits);
  try {
    const onDamage = (what: string) => logger.error(what);
    const onReplay = everySecond((done, total) => logger.info({ done, total }, "reading the log"));
    store = await openSqliteStore(log, { dir, keep, maxBytes: bytes.store, onDamage }, onReplay);
    return { log, store };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Tells of something long, but not of each of its steps. */
function everySecond(tell: (done: number, total: number) => void): typeof tell {
  let told = performance.now();
  return (done, total) => {
    if (performance.now() - told < 1000) return;
    told = performance.now();
    tell(done, total);
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
