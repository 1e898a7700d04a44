import { once } from "node:events";
import { createServer, type ListenOptions } from "node:net";
import { PlotcastError } from "@plotcast/protocol";
import type { ServerOptions } from "../config.ts";

/**
 * The port that all workers are to listen on. Rejects with `unavailable` if it cannot be had.
 *
 * Workers share it, and so would another Plotcast with workers of its own, each getting half of the
 * viewers: so it is tried first without sharing, which fails if anybody listens.
 */
export async function findPort({ host, port: first, portMayMove }: ServerOptions): Promise<number> {
  // Beyond these many the machine has another problem.
  const attempts = portMayMove ? 100 : 1;
  for (let port = first; ; port++) {
    try {
      const found = await listenOnce({ host, port });
      await listenOnce({ host, port: found, reusePort: true });
      return found;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && port + 1 < first + attempts && port < 65_535) continue;
      throw new PlotcastError("unavailable", explain(host, port, code), { cause });
    }
  }
}

function explain(host: string, port: number, code: string | undefined): string {
  if (code === "ENOTSUP") {
    return "cannot start workers: on this system processes cannot share a port; start without --workers";
  }
  const why = code === "EADDRINUSE" ? "it is in use; choose another with --port" : code;
  return `cannot listen on ${host} port ${port}: ${why}`;
}

async function listenOnce(options: ListenOptions): Promise<number> {
  const server = createServer().listen(options);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("BUG: no TCP address");
  return address.port;
}
