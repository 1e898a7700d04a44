import { setImmediate as turn } from "node:timers/promises";

/** Reads a source one chunk ahead, so as to know whether the next is already there. */
export class Chunks {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #next: Promise<IteratorResult<Uint8Array>> | undefined;
  #error: unknown;
  #wake = () => {};

  constructor(source: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Why the source has ended before its end; undefined if it has not. */
  get error(): unknown {
    return this.#error;
  }

  /** The next chunk, or undefined at the end, after a failure and after the signal. */
  async next(): Promise<Uint8Array | undefined> {
    const next = this.#ahead();
    // By hand and not with Promise.race, which would hold on to every chunk's promise until the
    // signal comes.
    const result = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve) => {
      this.#wake = () => resolve(undefined);
      if (this.#signal?.aborted) resolve(undefined);
      next.then(resolve, (error: unknown) => {
        this.#error = error;
        resolve(undefined);
      });
    });
    this.#next = undefined;
    return result?.done ? undefined : result?.value;
  }

  /** Whether the source has nothing to give at once. */
  async pauses(): Promise<boolean> {
    let arrived = false;
    const arrive = () => {
      arrived = true;
    };
    this.#ahead().then(arrive, arrive);
    await turn();
    return !arrived;
  }

  /** Tells the source that no more is wanted. Does not wait: it may be in the middle of a long pause. */
  close(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#iterator.return?.().catch(() => {});
  }

  #ahead(): Promise<IteratorResult<Uint8Array>> {
    if (this.#next === undefined) {
      this.#next = this.#iterator.next();
      this.#next.catch(() => {}); // reported by `next`
    }
    return this.#next;
  }

  readonly #onAbort = () => this.#wake();
}
