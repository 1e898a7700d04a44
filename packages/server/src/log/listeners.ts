import type { Batch } from "./log.ts";

type Listener = (batch: Batch) => void;

/** Those who follow a log. */
export class Listeners {
  readonly #entries = new Set<{ readonly listener: Listener }>();

  add(listener: Listener, signal: AbortSignal): void {
    if (signal.aborted) return;
    const entry = { listener };
    this.#entries.add(entry);
    signal.addEventListener("abort", () => this.#entries.delete(entry), { once: true });
  }

  /** Hands a batch to everyone who followed before it came and has not left since. */
  call(batch: Batch): void {
    // A copy: who joins in the middle finds `head` moved already, and would get this batch twice.
    for (const entry of [...this.#entries]) {
      if (!this.#entries.has(entry)) continue;
      try {
        entry.listener(batch);
      } catch (error) {
        // A bug of one listener must end the process at its edge, not the log and its neighbours here.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
