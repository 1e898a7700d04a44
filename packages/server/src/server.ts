import type { Sample } from "@plotcast/protocol";
import type { ServerOptions } from "./config.ts";

/** A running server. */
export interface Server {
  /** E.g. `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string;
  /** Resolves when the samples are durable. Rejects as `Log.append` does. */
  append(samples: readonly Sample[]): Promise<number>;
  /** Ends every stream with `bye`, lets senders finish, closes the log. */
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  throw new Error(`BUG: not built yet, ${options.host}`);
}
