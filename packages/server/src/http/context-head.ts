import type { IncomingMessage } from "node:http";
import { Http2ServerRequest } from "node:http2";
import type { Context } from "hono";
import type { AddressOf, RequestHead } from "./request-head.ts";

/** A request that came in by way of node:http or node:http2. */
export class ContextHead implements RequestHead {
  readonly #c: Context;
  readonly #addressOf: AddressOf;
  #query: URLSearchParams | undefined;

  constructor(c: Context, addressOf: AddressOf) {
    this.#c = c;
    this.#addressOf = addressOf;
  }

  get method(): string {
    return this.#c.req.method;
  }

  get path(): string {
    return this.#c.req.path;
  }

  get query(): URLSearchParams {
    this.#query ??= new URL(this.#c.req.url).searchParams;
    return this.#query;
  }

  header(name: string): string | undefined {
    const incoming = this.#incoming;
    // HTTP/2 has another word for it.
    if (name === "host" && incoming instanceof Http2ServerRequest) return incoming.authority;
    return this.#c.req.header(name);
  }

  get address(): string {
    const address = this.#incoming?.socket?.remoteAddress ?? "";
    return this.#addressOf(address, this.header("x-forwarded-for"));
  }

  get #incoming(): IncomingMessage | Http2ServerRequest | undefined {
    return (this.#c.env as { incoming?: IncomingMessage | Http2ServerRequest } | undefined)
      ?.incoming;
  }
}
