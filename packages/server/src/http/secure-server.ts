import type { Server } from "node:http";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { PortServer } from "./port-server.ts";
import type { Tls } from "./tls.ts";

type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

// A page needs few, and a browser asks for no more than it is told. Each costs memory.
const maxStreamsEach = 100;
// A connection on which nothing is under way. Viewers hear something every 15 seconds.
const idleMs = 60_000;

/** HTTP/2 and HTTP/1.1 over TLS. `headMs` is how long a handshake, and then a head, may take. */
export function secureServer(fetch: Fetch, { cert, key }: Tls, headMs: number): PortServer {
  const server = createAdaptorServer({
    fetch,
    createServer: createSecureServer,
    serverOptions: {
      allowHTTP1: true,
      cert,
      key,
      handshakeTimeout: headMs,
      settings: { maxConcurrentStreams: maxStreamsEach },
    },
  }) as Http2SecureServer;
  // These are node:http's, and count for HTTP/1.1. A body may take as long as it likes.
  Object.assign(server, { headersTimeout: headMs, requestTimeout: 0 } satisfies Partial<Server>);
  // What is under way goes on when a session closes; what comes after it needs another one.
  server.on("session", (session: ServerHttp2Session) => {
    session.setTimeout(idleMs, () => session.close());
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    // There, though no type says so.
    closeIdle: () => (server as unknown as Server).closeIdleConnections(),
    closeAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
