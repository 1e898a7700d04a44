import type { Socket } from "node:net";
import { type Carrier, connectionOf, HttpConnection } from "./http-connection.ts";
import type { OpenConnections } from "./open-connections.ts";

/**
 * A viewer on a bare socket: no request, no response, no parser. Its response ends where the connection
 * does, so bytes that others get too are written as they are. What the viewer still sends is dropped.
 */
export class SocketConnection extends HttpConnection {
  readonly #socket: Socket;

  /** `head` is the response's, to its empty line. */
  constructor(socket: Socket, head: Buffer, gzip: boolean, open: OpenConnections) {
    super(socket as Carrier, gzip, open);
    this.#socket = socket;
    socket.on("end", onEnd);
    // Nobody listens to what else comes: it is dropped, so that its end is seen.
    socket.resume();
    socket.write(head);
    open.add(this, socket);
  }

  protected finish(): void {
    this.#socket.destroySoon();
  }
}

/** As node:http has it, who says no more wants no more. */
function onEnd(this: Carrier): void {
  this[connectionOf]?.end();
}
