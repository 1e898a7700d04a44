import type { AddressInfo } from "node:net";
import type { HttpConnection } from "./http-connection.ts";
import { KernelQueues, type KernelQueuesOptions, type Peer } from "./kernel-queues.ts";

export type OpenConnectionsOptions = {
  /** A viewer that takes nothing for so long is cut; it resumes when it can read again. */
  readonly stallMs?: number;
  /** What is left to be sent at the end may take so long. */
  readonly endMs?: number;
  readonly queues?: KernelQueuesOptions;
  /** Called when a viewer was cut since it took nothing. */
  readonly onStalled?: () => void;
};

/** The viewers' connections of a port. */
export class OpenConnections {
  readonly stallMs: number;
  readonly endMs: number;
  readonly onStalled: () => void;
  readonly #all = new Set<HttpConnection>();
  readonly #queues: KernelQueues;

  constructor(options: OpenConnectionsOptions = {}) {
    const { stallMs = 60_000, endMs = 10_000, queues, onStalled = () => {} } = options;
    this.onStalled = onStalled;
    this.stallMs = stallMs;
    this.endMs = endMs;
    this.#queues = new KernelQueues({ stallMs, ...queues });
  }

  get size(): number {
    return this.#all.size;
  }

  add(connection: HttpConnection, peer: Peer | undefined): void {
    this.#all.add(connection);
    if (peer) this.#queues.add(connection, peer);
  }

  delete(connection: HttpConnection): void {
    this.#all.delete(connection);
    this.#queues.delete(connection);
  }

  /** Somebody was written much: the kernel may hide it. */
  wantLook(): void {
    this.#queues.wantLook();
  }

  /** The address that they come to. */
  listen(address: AddressInfo): void {
    this.#queues.listen(address);
  }

  /** Cuts everyone off. */
  destroy(): void {
    for (const connection of this.#all) connection.destroy();
  }
}
