import type { Socket } from "node:net";
import { acceptsGzip } from "./accept-encoding.ts";
import { streamHeaders } from "./headers.ts";
import type { OpenConnections } from "./open-connections.ts";
import { type ParsedHead, parseHead } from "./parse-head.ts";
import type {
  AddressOf,
  FindStream,
  Guard,
  Judgement,
  RequestHead,
  Serve,
} from "./request-head.ts";
import { SocketConnection } from "./socket-connection.ts";

export type FirstRequestsParts = {
  readonly findStream: FindStream;
  readonly guard: Pick<Guard, "judge">;
  readonly addressOf: AddressOf;
  readonly open: OpenConnections;
  /** Takes over a connection as if it had just come. */
  readonly handOver: (socket: Socket) => void;
  /** Whoever says nothing for so long is cut off. */
  readonly silentMs: number;
};

/**
 * What comes first on a new connection. If it is one whole request for a stream, and there is nothing
 * special about it, it is served on the bare socket: a viewer then costs a third of what it costs with
 * request, response and parser. Everything else is put back, and node:http answers as if it had been the
 * first to read: whatever is hard about HTTP is its business alone.
 */
export class FirstRequests {
  readonly #parts: FirstRequestsParts;
  /** Who has said nothing yet and since when, the oldest first. */
  readonly #silent = new Map<Socket, number>();
  readonly #listeners: readonly [event: string, listener: (this: Socket, chunk: Buffer) => void][];
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(parts: FirstRequestsParts) {
    this.#parts = parts;
    const end = (socket: Socket) => {
      this.#release(socket);
      socket.on("error", ignore).destroy();
    };
    // One set of functions for all sockets.
    this.#listeners = [
      ["data", this.#listener((socket, chunk) => this.#begin(socket, chunk))],
      ["end", this.#listener(end)],
      ["close", this.#listener((socket) => this.#release(socket))],
      ["error", ignore],
    ];
  }

  /** A connection that has just come. */
  take(socket: Socket): void {
    this.#silent.set(socket, performance.now());
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
    this.#timer ??= setTimeout(() => this.#cutSilent(), this.#parts.silentMs).unref();
  }

  /** Cuts off all who have said nothing. */
  destroy(): void {
    for (const socket of this.#silent.keys()) socket.destroy();
  }

  #listener(act: (socket: Socket, chunk: Buffer) => void): (this: Socket, chunk: Buffer) => void {
    return function (this: Socket, chunk) {
      act(this, chunk);
    };
  }

  #release(socket: Socket): void {
    this.#silent.delete(socket);
    for (const [event, listener] of this.#listeners) socket.off(event, listener);
  }

  #begin(socket: Socket, chunk: Buffer): void {
    this.#release(socket);
    const found = this.#find(socket, chunk);
    if (found) {
      // The head leaves with whatever the stream has to say in this turn.
      socket.cork();
      const connection = new SocketConnection(socket, found.head, found.gzip, this.#parts.open);
      found.serve(connection);
      setImmediate(uncork, connection);
    } else {
      socket.pause();
      socket.unshift(chunk);
      this.#parts.handOver(socket);
      // Not before all listeners are there.
      process.nextTick(() => socket.resume());
    }
  }

  #find(socket: Socket, chunk: Buffer) {
    const parsed = parseHead(chunk);
    if (!parsed) return undefined;
    const { findStream, guard, addressOf } = this.#parts;
    const head = requestHead(parsed, socket, addressOf);
    const serve = findStreamOrNot(findStream, head);
    if (!serve) return undefined;
    const { headers, refused } = guard.judge(head);
    if (refused) return undefined;
    const gzip = acceptsGzip(head.header("accept-encoding"));
    return { serve, gzip, head: responseHead(headers, gzip) };
  }

  #cutSilent(): void {
    this.#timer = undefined;
    for (const [socket, since] of this.#silent) {
      const left = since + this.#parts.silentMs - performance.now();
      if (left > 0) {
        this.#timer = setTimeout(() => this.#cutSilent(), left).unref();
        return;
      }
      socket.destroy();
      this.#silent.delete(socket);
    }
  }
}

function requestHead(parsed: ParsedHead, socket: Socket, addressOf: AddressOf): RequestHead {
  const { path, headers } = parsed;
  const forwardedFor = headers.get("x-forwarded-for");
  const address = addressOf(socket.remoteAddress ?? "", forwardedFor);
  return {
    method: "GET",
    path,
    query: new URLSearchParams(copyOf(parsed.query)),
    header: (name) => headers.get(name),
    address: forwardedFor === undefined ? address : copyOf(address),
  };
}

/** A text that does not keep the whole head alive of which it was a part. */
function copyOf(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

function findStreamOrNot(findStream: FindStream, head: RequestHead): Serve | undefined {
  try {
    return findStream(head);
  } catch {
    // It will be thrown again where there is somebody to answer it.
    return undefined;
  }
}

type MadeHead = {
  readonly judged: Judgement["headers"];
  readonly gzip: boolean;
  readonly second: number;
  readonly bytes: Buffer;
};
let lastHead: MadeHead | undefined;

/** Made once a second, which is as exact as its `Date` is, as long as all who come get the same. */
function responseHead(judged: Judgement["headers"], gzip: boolean): Buffer {
  const second = Math.floor(Date.now() / 1000);
  const isSame =
    lastHead?.judged === judged && lastHead.gzip === gzip && lastHead.second === second;
  if (!lastHead || !isSame) {
    const date = new Date(second * 1000).toUTCString();
    const headers = streamHeaders(judged, gzip);
    let text = `HTTP/1.1 200 OK\r\nDate: ${date}\r\nConnection: close\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    lastHead = { judged, gzip, second, bytes: Buffer.from(`${text}\r\n`, "latin1") };
  }
  return lastHead.bytes;
}

function uncork(connection: SocketConnection): void {
  connection.uncork();
}

function ignore(): void {}
