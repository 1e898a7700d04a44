import { intakeOf } from "./backend.ts";
import { type Front, startFront } from "./front.ts";
import { SeriesLimit } from "./ingest/series-limit.ts";
import { createLogger } from "./ops/logger.ts";
import type { Metric } from "./ops/metric.ts";
import type { BackendNews } from "./workers/backend-calls.ts";
import { processChannel } from "./workers/channel.ts";
import { Peer } from "./workers/peer.ts";
import { remoteBackend } from "./workers/remote-backend.ts";
import type { PrimaryCalls, Start, WorkerCalls } from "./workers/worker-process.ts";

// The process of a worker: the HTTP face of a server whose log and store are in the main process. See
// `workers/primary.ts`, which starts it.

let news: BackendNews["news"] = early;
let appended: BackendNews["appended"] = early;
let front: Front | undefined;

const handlers: WorkerCalls = {
  start: async (what) => {
    front = await start(what);
    return front.url;
  },
  news: (what) => news(what),
  appended: (calls) => appended(calls),
  ping: async () => {},
  report: async () => await front?.report(),
  close: async () => await front?.close(),
};

// Whoever presses Ctrl-C, or stops a service, reaches every process of it; the main process decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const peer = new Peer<PrimaryCalls>(processChannel(process), handlers, {
  what: "main process",
  // At once, whatever is under way: without log and store there is nothing to serve.
  onClose: () => process.exit(),
});
if (!process.connected) process.exit();
peer.tell("ready", undefined);

async function start({ worker, options, opening }: Start): Promise<Front> {
  const { backend, handlers } = remoteBackend(peer, opening);
  // Before anything is waited for: the next message may be of what happened since.
  news = handlers.news;
  appended = handlers.appended;
  const logger = createLogger(options.logLevel).child({ worker });
  const intake = intakeOf(backend);
  const limit = new SeriesLimit(intake);
  const gather = async (own: readonly Metric[]) =>
    (await peer.call("gather", own)) as (readonly Metric[])[];
  return await startFront({ backend, intake, limit, logger, gather }, options);
}

function early(): undefined {
  throw new Error("BUG: a worker was told of what happened before it was told to start");
}
