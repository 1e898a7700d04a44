import type { Connection, ConnectionListener } from "../hub/connection.ts";
import type { Watched } from "./kernel-queues.ts";
import type { OpenConnections } from "./open-connections.ts";
import type { PeerKey } from "./proc-net-tcp.ts";

/** What carries a body: a socket, or a response of node:http or node:http2. */
export interface Carrier {
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  readonly writableCorked: number;
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
  setTimeout(ms: number): unknown;
  destroy(): void;
  on(event: string, listener: (this: Carrier) => void): unknown;
  off(event: string, listener: (this: Carrier) => void): unknown;
  /** Where the listeners, which all connections share, find the connection. */
  [connectionOf]?: HttpConnection;
}

export const connectionOf = Symbol("connection");

// As much may be written before somebody looks whether the kernel hides it.
const maxUnwatched = 64 * 1024;

/**
 * What raw sockets and responses have in common. Nothing is made per viewer but this object: no
 * function, promise or timer, until the viewer is late.
 *
 * Its carrier's high-water mark is what may be unsent before it is full.
 */
export abstract class HttpConnection implements Connection, Watched {
  readonly gzip: boolean;
  listener: ConnectionListener | undefined = undefined;
  closed = false;
  written = 0;
  isHidden = false;
  // Notes of whoever looks into the kernel's queues.
  queueKey: PeerKey | undefined = undefined;
  writtenAtLook = 0;
  taken = 0;
  takenAt = 0;
  protected readonly carrier: Carrier;
  readonly #open: OpenConnections;
  #isLate = false;
  #end: NodeJS.Timeout | undefined = undefined;

  constructor(carrier: Carrier, gzip: boolean, open: OpenConnections) {
    this.gzip = gzip;
    this.carrier = carrier;
    this.#open = open;
    carrier[connectionOf] = this;
    carrier.on("drain", onDrain);
    carrier.on("close", onClose);
    // A reset by the other side is an ordinary way to leave; "close" follows.
    carrier.on("error", ignore);
  }

  get full(): boolean {
    return this.isHidden || this.carrier.writableNeedDrain;
  }

  get unsent(): number {
    return this.carrier.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (this.closed) return;
    this.written += bytes.length;
    if (!this.carrier.write(bytes)) this.#watch();
    if (this.written - this.writtenAtLook >= maxUnwatched) this.#open.wantLook();
  }

  cork(): void {
    this.carrier.cork();
  }

  uncork(): void {
    this.carrier.uncork();
    if (this.carrier.writableNeedDrain) this.#watch();
  }

  end(): void {
    if (this.closed) return;
    this.closed = true;
    this.#end = setTimeout(() => this.carrier.destroy(), this.#open.endMs);
    this.#end.unref();
    this.finish();
  }

  destroy(): void {
    this.closed = true;
    this.carrier.destroy();
  }

  hide(isHidden: boolean): void {
    this.isHidden = isHidden;
    if (!this.closed && !this.full) this.listener?.drained();
  }

  /** Sends what was written, then closes. */
  protected abstract finish(): void;

  /** Begins to count the time of a viewer that takes nothing; whenever it takes something, anew. */
  #watch(): void {
    const { carrier } = this;
    // What the kernel took at once is drained; the event for that is on its way.
    if (this.#isLate || carrier.writableLength === 0 || carrier.writableCorked > 0) return;
    this.#isLate = true;
    carrier.on("timeout", onTimeout);
    carrier.setTimeout(this.#open.stallMs);
  }

  drained(): void {
    if (this.#isLate) {
      this.#isLate = false;
      this.carrier.off("timeout", onTimeout);
      this.carrier.setTimeout(0);
    }
    if (!this.closed && !this.full) this.listener?.drained();
  }

  cut(): void {
    this.#open.onStalled();
    this.destroy();
  }

  gone(): void {
    this.closed = true;
    clearTimeout(this.#end);
    this.#open.delete(this);
    const { listener } = this;
    this.listener = undefined;
    listener?.closed();
  }
}

function onDrain(this: Carrier): void {
  this[connectionOf]?.drained();
}

function onTimeout(this: Carrier): void {
  this[connectionOf]?.cut();
}

function onClose(this: Carrier): void {
  this[connectionOf]?.gone();
}

function ignore(): void {}
