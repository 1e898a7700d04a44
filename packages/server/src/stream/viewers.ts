import type { ServerResponse } from "node:http";
import type { Connection } from "../hub/hub.ts";
import { openConnection } from "./node-connection.ts";

/** The last event of a stream: why it ends, and when to come back. */
export type Farewell = (reason: string, retryMs: number) => string;

/** Everyone who watches this process: at most so many, and all told before it ends. */
export class Viewers {
  readonly #max: number;
  readonly #random: () => number;
  readonly #open = new Map<Connection, Farewell>();
  #draining = false;

  constructor(max: number, random: () => number = Math.random) {
    this.#max = max;
    this.#random = random;
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Opens a connection, or answers a viewer that there is no room for and returns undefined.
   *
   * That answer is a 200 and a `bye`, not a 503: a browser's EventSource never comes back after one.
   */
  open(
    response: ServerResponse,
    headers: Record<string, string>,
    farewell: Farewell,
  ): Connection | undefined {
    const refusal = this.#refusal(response);
    const connection = openConnection(response, headers);
    if (refusal !== undefined) {
      this.#dismiss(connection, farewell, refusal);
      return undefined;
    }
    if (connection.closed.aborted) return connection;
    this.#open.set(connection, farewell);
    connection.closed.addEventListener("abort", () => this.#open.delete(connection));
    return connection;
  }

  /** Says goodbye to everyone, each at a random moment within `ms`; resolves when all have left. */
  async drain(ms: number, delay: (ms: number) => Promise<unknown>): Promise<void> {
    this.#draining = true;
    const leaving = [...this.#open].map(async ([connection, farewell]) => {
      await delay(this.#random() * ms);
      const left = new Promise((resolve) => connection.closed.addEventListener("abort", resolve));
      if (connection.closed.aborted) return;
      this.#dismiss(connection, farewell, "the server is about to end");
      await left;
    });
    await Promise.all(leaving);
  }

  #refusal(response: ServerResponse): string | undefined {
    if (this.#draining) return "the server is about to end";
    if (this.#open.size >= this.#max) return "too many viewers";
    // Pipelined behind another response, and that one may be a stream that never ends.
    if (response.socket === null) return "one stream at a time on a connection";
    return undefined;
  }

  #dismiss(connection: Connection, farewell: Farewell, reason: string): void {
    // Spread over seconds, or all would come back in the same instant.
    const retryMs = Math.round(1000 + this.#random() * 4000);
    connection.write(Buffer.from(farewell(reason, retryMs)));
    connection.end();
  }
}
