import type { ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";
import { type Carrier, HttpConnection } from "./http-connection.ts";
import type { OpenConnections } from "./open-connections.ts";

/** A viewer on a response of node:http or node:http2. */
export class OrdinaryConnection extends HttpConnection {
  readonly #response: ServerResponse;

  /** Sends the head at once. */
  constructor(
    response: ServerResponse,
    headers: Record<string, string>,
    gzip: boolean,
    open: OpenConnections,
  ) {
    super(response as unknown as Carrier, gzip, open);
    this.#response = response;
    response.writeHead(200, headers);
    response.flushHeaders();
    // On HTTP/2 a connection has many bodies, and a window for each: its queue tells of none.
    const isHttp2 = (response as unknown) instanceof Http2ServerResponse;
    open.add(this, isHttp2 ? undefined : (response.socket ?? undefined));
  }

  protected finish(): void {
    this.#response.end();
  }
}
