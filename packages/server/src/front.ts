import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { PlotcastError } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import { AddressLimits } from "./access/address-limits.ts";
import { clientAddress, isTrustedProxy } from "./access/client-address.ts";
import { createGuard } from "./access/guard.ts";
import { isLoopback } from "./access/hosts.ts";
import type { Backend } from "./backend.ts";
import type { ServerOptions } from "./config.ts";
import { acceptsGzip } from "./http/accept-encoding.ts";
import type { Env } from "./http/face.ts";
import { type HttpPort, serveHttp } from "./http/serve-http.ts";
import { HubCounters } from "./hub/counters.ts";
import { Fanout } from "./hub/fanout.ts";
import { ingestRoutes } from "./ingest/http.ts";
import type { Intake } from "./ingest/intake.ts";
import type { SeriesLimit } from "./ingest/series-limit.ts";
import { assetRoutes, loadAssets } from "./ops/assets.ts";
import { openFilesLimit, seatsAdvice, seatsWithin } from "./ops/fd-limit.ts";
import { healthRoutes } from "./ops/health.ts";
import { answerFailure } from "./ops/http-status.ts";
import type { Logger } from "./ops/logger.ts";
import type { Metric } from "./ops/metric.ts";
import { Metrics, type MetricsSources, metricsRoutes } from "./ops/metrics.ts";
import { rarely } from "./ops/rarely.ts";
import { streamEndpoints } from "./stream/endpoints.ts";
import { readRoutes } from "./stream/routes.ts";
import { Viewers } from "./stream/viewers.ts";

/** The HTTP face of a process: everything that comes and goes by its port. */
export interface Front {
  /** E.g. `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string;
  /** What this process has to tell at `/metrics`. */
  report(): Promise<readonly Metric[]>;
  /** Ends every stream with `bye` and lets senders finish. */
  close(): Promise<void>;
}

export type FrontParts = {
  readonly backend: Backend;
  readonly intake: Intake;
  /** One limit for all doors. */
  readonly limit: SeriesLimit;
  readonly logger: Logger;
  /**
   * Set where others listen on the same port, each for its part of the connections: gives what this
   * process tells at `/metrics`, and gets what the others do.
   */
  readonly gather?: (own: readonly Metric[]) => Promise<readonly (readonly Metric[])[]>;
};

const heartbeatMs = 15_000;
const dismissOldEveryMs = 5_000;

// Enough to spread the viewers' return, and short enough for whoever waits for the process to end.
const drainMs = 1_000;
const viewerGraceMs = 1_000;
const senderGraceMs = 1_000;
// Besides the viewers: senders and page loads. Each connection costs memory before it says a word.
const otherConnections = 2_000;

/** Listens. Rejects with `unavailable` if the port cannot be had. */
export async function startFront(parts: FrontParts, options: ServerOptions): Promise<Front> {
  const { backend, logger, gather } = parts;
  const { log } = backend;
  const off = new AbortController();
  const counters = new HubCounters();
  const hub = new Fanout(log.head, { counters });
  // In the same turn: a worker that starts while samples come must not have a hole there.
  log.follow((batch) => hub.publish(batch), off.signal);
  const seats = seatsOf(options, logger);
  const viewers = new Viewers({
    ...{ log, hub, counters, heartbeatMs },
    limits: {
      maxViewers: seats.viewers,
      maxAgeMs: options.maxStreamAgeMs,
      perAddress: new AddressLimits({ exempt: exemptFrom(options) }),
    },
    now: Date.now,
    onError: (error) => logger.error({ err: error }, "a stream failed"),
    // Not more loudly: they come by the thousand, and `/metrics` counts them.
    onJoined: ({ address }) => logger.debug({ address }, "viewer joined"),
    onLeft: ({ address, since }) =>
      logger.debug({ address, seconds: Math.round((Date.now() - since) / 1000) }, "viewer left"),
  });
  const hubMetrics = { counters, lagMs: () => hub.lagMs() };
  const sources: MetricsSources = gather ? { hub: hubMetrics } : { hub: hubMetrics, backend };
  const metrics = new Metrics(sources, off.signal);
  const state = { draining: false };
  const app = await routesOf(parts, options, metrics, state);
  const onDrop = rarely((times) =>
    logger.warn({ times }, "too many connections: new ones were closed at once"),
  );
  const http = await serveHttp(
    {
      app,
      findStream: streamEndpoints({ ...backend, hub, viewers, heartbeatMs, now: Date.now }),
      guard: createGuard(options),
      addressOf: clientAddress(options.trustedProxies),
      answerError: (error, c) => answerError(error, c, logger),
      onError: (error) => logger.error({ err: error }, "a connection could not be taken"),
      onDrop: () => {
        counters.droppedConnections++;
        onDrop();
      },
      onStalled: () => {
        counters.cuts.stalled++;
      },
    },
    { ...options, reusePort: gather !== undefined, maxConnections: seats.connections },
  );
  const timers = [
    setInterval(() => hub.heartbeat(), heartbeatMs),
    setInterval(() => viewers.dismissOld(), dismissOldEveryMs),
  ];
  return {
    url: http.url,
    report: () => metrics.json(),
    close: async () => {
      state.draining = true;
      await drain(http, viewers);
      for (const timer of timers) clearInterval(timer);
      off.abort();
    },
  };
}

/** Everything but streams. */
async function routesOf(
  { backend, intake, limit, logger, gather }: FrontParts,
  options: ServerOptions,
  metrics: Metrics,
  state: { readonly draining: boolean },
): Promise<Hono<Env>> {
  const { log, store } = backend;
  const assets = await loadAssets(options.assetDirs);
  const onError = (error: unknown) => logger.error({ err: error }, "an answer failed");
  const backupDir = options.dataDir ?? tmpdir();
  const others = gather && (async () => await gather(await metrics.json()));
  const app = new Hono<Env>();
  app.route("/", healthRoutes({ draining: () => state.draining, takes: () => backend.takes() }));
  app.route("/", metricsRoutes({ own: metrics, ...(others ? { gather: others } : {}) }));
  app.route("/", readRoutes({ log, store, backupDir, now: Date.now, onError }));
  app.route("/", ingestRoutes(intake, { limit }));
  app.route("/", assetRoutes(assets, { acceptsGzip }));
  return app;
}

function seatsOf({ maxViewers }: ServerOptions, logger: Logger) {
  const files = openFilesLimit();
  const seats = seatsWithin(files, { viewers: maxViewers, others: otherConnections });
  const advice = seatsAdvice(files, maxViewers, seats);
  if (advice !== undefined) logger.warn(advice);
  return seats;
}

/** Whoever stands for many: this machine, and proxies. */
function exemptFrom({ trustedProxies }: ServerOptions): (address: string) => boolean {
  const isProxy = isTrustedProxy(trustedProxies);
  return (address) => isLoopback(address) || isProxy(address);
}

async function drain(http: HttpPort, viewers: Viewers): Promise<void> {
  const closed = http.close();
  // A viewer that reads nothing would keep the process for as long as it likes.
  const gone = viewers.drain(drainMs, (ms) => delay(ms));
  await Promise.race([gone, delay(drainMs + viewerGraceMs)]);
  http.closeIdle();
  await Promise.race([closed, delay(senderGraceMs, undefined, { ref: false })]);
  http.closeAll();
  await closed;
}

function answerError(error: Error, c: Context, logger: Logger): Response {
  if (error instanceof PlotcastError) return answerFailure(c, error);
  logger.error({ err: error, path: c.req.path }, "BUG: a request failed");
  return c.text("cannot answer: a mistake of ours, see the server's log\n", 500);
}
