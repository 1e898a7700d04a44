import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { PlotcastError } from "@plotcast/protocol";
import { createFace, type FaceParts } from "./face.ts";
import { OpenConnections, type OpenConnectionsOptions } from "./open-connections.ts";
import { plainServer } from "./plain-server.ts";
import { secureServer } from "./secure-server.ts";
import { readTls, type TlsFiles } from "./tls.ts";

export type HttpParts = Omit<FaceParts, "open"> & {
  /** A connection that could not be taken: no file descriptor is free, say. */
  readonly onError: (error: Error) => void;
  /** A connection too many: it was closed at once. */
  readonly onDrop?: () => void;
  /** A viewer that took nothing for too long, and was cut. */
  readonly onStalled?: () => void;
};

export type HttpOptions = OpenConnectionsOptions & {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Instead of failing when `port` is taken, try the ones after it. */
  readonly portMayMove?: boolean;
  /** Whether others listen on the same port, each for its part of the connections. */
  readonly reusePort?: boolean;
  /** Speaks HTTPS then, and HTTP/2 to whoever can. */
  readonly tls?: TlsFiles | undefined;
  readonly maxConnections: number;
  /** Whoever has not sent the head of its request by then is cut off. */
  readonly headMs?: number;
};

/** A port that is listened on. */
export interface HttpPort {
  /** E.g. `http://127.0.0.1:8080`, with the port it really has. */
  readonly url: string;
  /** Takes no more connections. Resolves when all that there are have ended. */
  close(): Promise<void>;
  /** Ends connections on which nothing is under way. */
  closeIdle(): void;
  /** Cuts all connections. */
  closeAll(): void;
}

/**
 * Listens, and answers. Rejects with `unavailable` if the port cannot be had, with `bad-input` if the
 * TLS files will not do.
 */
export async function serveHttp(parts: HttpParts, options: HttpOptions): Promise<HttpPort> {
  const { tls, maxConnections, headMs = 10_000 } = options;
  const { onDrop = () => {}, onStalled } = parts;
  const open = new OpenConnections({ ...options, ...(onStalled ? { onStalled } : {}) });
  const { fetch } = createFace({ ...parts, open });
  const { server, closeIdle, closeAll } = tls
    ? secureServer(fetch, await readTls(tls), headMs)
    : plainServer(fetch, { ...parts, open, silentMs: headMs });
  server.maxConnections = maxConnections;
  await listen(server, options);
  server.on("error", parts.onError);
  server.on("drop", onDrop);
  const address = server.address() as AddressInfo;
  open.listen(address);
  return {
    url: urlOf(options, address),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      closeIdle();
      await closed;
    },
    closeIdle,
    closeAll,
  };
}

async function listen(server: Server, options: HttpOptions): Promise<void> {
  const { host, portMayMove = false, reusePort = false } = options;
  // Beyond these many the machine has another problem.
  const attempts = portMayMove ? 100 : 1;
  for (let port = options.port; ; port++) {
    try {
      server.listen({ port, host, reusePort });
      await once(server, "listening");
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && port + 1 < options.port + attempts && port < 65_535) continue;
      const why = code === "EADDRINUSE" ? "it is in use; choose another with --port" : code;
      const what = `cannot listen on ${host} port ${port}: ${why}`;
      throw new PlotcastError("unavailable", what, { cause });
    }
  }
}

function urlOf({ host, tls }: HttpOptions, { port }: AddressInfo): string {
  return `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
