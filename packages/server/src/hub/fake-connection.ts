import { constants, gunzipSync } from "node:zlib";
import type { Connection, ConnectionListener } from "./connection.ts";

/** A viewer that keeps what it gets; full and closed when the test says so. For tests. */
export class FakeConnection implements Connection {
  readonly gzip: boolean;
  closed = false;
  full = false;
  ended = false;
  listener: ConnectionListener | undefined;
  /** What was written, piece by piece as it left. */
  readonly pieces: Uint8Array[] = [];
  #corked = 0;
  #held: Uint8Array[] = [];
  #wake = () => {};

  constructor({ gzip = false } = {}) {
    this.gzip = gzip;
  }

  write(bytes: Uint8Array): void {
    if (this.closed) return;
    if (this.ended) throw new Error("BUG: written after the end");
    this.#held.push(bytes);
    if (this.#corked === 0) this.#flush();
  }

  cork(): void {
    this.#corked++;
  }

  uncork(): void {
    if (--this.#corked === 0) this.#flush();
  }

  /** The viewer reads on. */
  drain(): void {
    this.full = false;
    this.listener?.drained();
  }

  end(): void {
    this.ended = true;
    queueMicrotask(() => this.destroy());
  }

  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.listener?.closed());
    this.#wake();
  }

  /** All that was written, as the viewer reads it. */
  get text(): string {
    const bytes = Buffer.concat(this.pieces);
    if (!this.gzip) return bytes.toString();
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  }

  /** Resolves once `done` holds of the text so far, or the connection is closed. */
  async until(done: (text: string) => boolean): Promise<string> {
    while (!done(this.text) && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.text;
  }

  #flush(): void {
    if (this.#held.length === 0) return;
    this.pieces.push(Buffer.concat(this.#held));
    this.#held = [];
    this.#wake();
  }
}
