import type { Sample } from "@plotcast/protocol";
import { clientAddress } from "./access/client-address.ts";
import { intakeOf, openBackend } from "./backend.ts";
import type { ServerOptions } from "./config.ts";
import { startFront } from "./front.ts";
import { checkSamples } from "./ingest/check-samples.ts";
import { SeriesLimit } from "./ingest/series-limit.ts";
import { type IngestOptions, type IngestSummary, ingestText } from "./ingest/text.ts";
import { createLogger } from "./ops/logger.ts";

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
    const front = await startFront({ backend, intake, limit, logger }, options);
    return {
      url: front.url,
      append: async (samples) => {
        checkSamples(samples, intake, limit);
        return await backend.append(samples).finally(() => limit.settle(limit.waiting(samples)));
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
