import type { ServerResponse } from "node:http";
import type { Connection } from "../hub/hub.ts";

export type NodeConnectionOptions = {
  /** A viewer that takes nothing for so long is cut; it resumes when it can read again. */
  readonly stallMs?: number;
};

export const sseHeaders = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-cache, no-store, no-transform",
  // nginx would otherwise hold events back until its buffer is full.
  "X-Accel-Buffering": "no",
};

/** A viewer's HTTP response as a `Connection`. Sends the headers at once. */
export function openConnection(
  response: ServerResponse,
  headers: Record<string, string> = {},
  { stallMs = 60_000 }: NodeConnectionOptions = {},
): Connection {
  const off = new AbortController();
  const { socket } = response;
  response.on("close", () => off.abort());
  // A reset by the other side is an ordinary way to leave; "close" follows.
  response.on("error", () => {});
  response.writeHead(200, { ...headers, ...sseHeaders });
  response.flushHeaders();
  socket?.setNoDelay(true);
  if (response.destroyed) off.abort();

  const stalled = () => response.destroy();
  return {
    closed: off.signal,
    write: (bytes) => off.signal.aborted || response.write(bytes),
    drained: () =>
      new Promise((resolve) => {
        if (off.signal.aborted || !response.writableNeedDrain) {
          resolve();
          return;
        }
        // The socket's own timer: it starts over whenever some bytes have gone.
        socket?.setTimeout(stallMs, stalled);
        const done = () => {
          socket?.setTimeout(0, stalled);
          response.off("drain", done);
          off.signal.removeEventListener("abort", done);
          resolve();
        };
        response.on("drain", done);
        off.signal.addEventListener("abort", done);
      }),
    end: () => {
      response.end();
    },
  };
}
