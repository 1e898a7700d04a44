import type { Sample } from "@plotcast/protocol";
import { clientAddress } from "./access/client-address.ts";
import { type Backend, intakeOf, openBackend } from "./backend.ts";
import type { ServerOptions } from "./config.ts";
import { type Front, type FrontParts, startFront } from "./front.ts";
import { checkSamples } from "./ingest/check-samples.ts";
import { SeriesLimit } from "./ingest/series-limit.ts";
import { type IngestOptions, type IngestSummary, ingestText } from "./ingest/text.ts";
import { blockOf } from "./log/sample-block.ts";
import { EndedProcesses } from "./ops/ended-processes.ts";
import { createLogger } from "./ops/logger.ts";
import type { Metric } from "./ops/metric.ts";
import { Metrics } from "./ops/metrics.ts";
import { forkChild } from "./workers/child.ts";
import { type Reports, startWorkers } from "./workers/primary.ts";

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

/** Starts a server. Rejects with `unavailable` if the port or the data folder cannot be had. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const logger = createLogger(options.logLevel);
  // Refuses what it cannot understand; nothing is open yet that would have to be closed.
  clientAddress(options.trustedProxies);
  const backend = await openBackend(options, logger);
  const intake = intakeOf(backend);
  const limit = new SeriesLimit(intake);
  try {
    const front = await startFace({ backend, intake, limit, logger }, options);
    return {
      url: front.url,
      append: async (samples) => {
        checkSamples(samples, intake, limit);
        const block = blockOf(samples);
        return await backend.append(block).finally(() => limit.settle(limit.waiting(block)));
      },
      ingest: (source, ingestOptions) => ingestText(source, intake, { limit, ...ingestOptions }),
      close: async () => {
        await front.close();
        await backend.close();
      },
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** In this process, or in several others: then this one has log and store only. */
async function startFace(
  parts: FrontParts,
  options: ServerOptions,
): Promise<Pick<Front, "url" | "close">> {
  if (options.workers === 1) return await startFront(parts, options);
  // A worker lies beside this file, in the same language.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const module = new URL(`./worker.${extension}`, import.meta.url);
  const off = new AbortController();
  const reports = reportsOf(parts.backend, off.signal);
  const workers = await startWorkers({ ...parts, reports, fork: () => forkChild(module) }, options);
  return {
    url: workers.url,
    close: async () => {
      await workers.close();
      off.abort();
    },
  };
}

/** Metrics: workers tell of viewers, this process of log and store. */
function reportsOf(backend: Backend, signal: AbortSignal): Reports {
  const metrics = new Metrics({ backend }, signal);
  const past = new EndedProcesses();
  return {
    own: () => metrics.json(),
    heard: (process, report) => past.heard(process, report as readonly Metric[]),
    ended: (process) => past.ended(process),
    get counted() {
      return past.counted;
    },
  };
}
