import type { Server } from "node:http";
import type { Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { FirstRequests, type FirstRequestsParts } from "./first-request.ts";
import type { PortServer } from "./port-server.ts";

type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** HTTP/1.1. Connections that begin with a stream never get to node:http, the others all do. */
export function plainServer(fetch: Fetch, parts: Omit<FirstRequestsParts, "handOver">): PortServer {
  // What may be unsent for a viewer before it is full.
  const serverOptions = { connectionsCheckingInterval: 5_000, highWaterMark: 16 * 1024 };
  const server = createAdaptorServer({ fetch, serverOptions }) as Server;
  // Whoever sends its head drop by drop holds a connection; a body may take as long as it likes, for
  // that is how `ping | curl -T -` works.
  server.headersTimeout = parts.silentMs;
  server.requestTimeout = 0;
  const ordinary = server.listeners("connection");
  server.removeAllListeners("connection");
  const first = new FirstRequests({
    ...parts,
    handOver: (socket: Socket) => {
      for (const listener of ordinary) listener.call(server, socket);
    },
  });
  server.on("connection", (socket) => first.take(socket));
  return {
    server,
    closeIdle: () => {
      first.destroy();
      server.closeIdleConnections();
    },
    closeAll: () => {
      first.destroy();
      parts.open.destroy();
      server.closeAllConnections();
    },
  };
}
