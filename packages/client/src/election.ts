import type { Environment } from "./environment.ts";
import type { Channel, Tabs } from "./tabs.ts";

/** What is made of an election. All of it is called outside of the calls that lead to it. */
export type ElectionParts = {
  /** Pages that share have the same one. */
  readonly name: string;
  /** Of this page, unlike any other. */
  readonly tab: string;
  readonly tabs: Tabs;
  readonly environment: Pick<Environment, "after" | "now">;
  /** Others can be heard. */
  readonly met: () => void;
  /** This page leads from now on: no other does. `alone`: the others cannot be reached. */
  readonly lead: (alone: boolean) => void;
  /** It leads no more, for it was not heard for so long that another took over. */
  readonly unlead: () => void;
  readonly hear: (message: unknown) => void;
  /** Asks the leader to say something. */
  readonly ping: () => void;
};

// A leader answers from its message handler, which browsers do not slow down in hidden pages as they
// do timers. Twice this in silence, and it hangs, or sleeps.
const silentMs = 5000;
// A timer as late as that was held back, and what came meanwhile is still to be heard.
const lateMs = 2000;

/**
 * Decides which of the pages of an origin leads. Whoever holds the lock does: the browser hands it on
 * when a page is closed or crashes. A page that hangs keeps it, so it is taken away by the first that
 * misses an answer.
 */
export class Election {
  readonly #parts: ElectionParts;
  readonly #off = new AbortController();
  #channel: Channel | undefined;
  /** Ends the wait for the lock, or gives it back. */
  #let = () => {};
  #leads = false;
  #heard = false;
  #callOff = () => {};

  constructor(parts: ElectionParts) {
    this.#parts = parts;
    this.#open();
  }

  /** To all other pages. */
  post(message: unknown): void {
    this.#channel?.post(message);
  }

  /** The leader has said something. */
  heard(): void {
    this.#heard = true;
  }

  /** Calls back once the page of that name is gone, however it went. */
  watch(tab: string, gone: () => void, signal: AbortSignal): void {
    const { tabs, name } = this.#parts;
    tabs.lock(`${name} ${tab}`, { signal }, async () => gone()).catch(() => {});
  }

  close(): void {
    this.#off.abort();
    this.#callOff();
    this.#let();
    this.#channel?.close();
  }

  async #open(): Promise<void> {
    const { tabs, name, tab, hear, met } = this.#parts;
    const { signal } = this.#off;
    try {
      this.#channel = tabs.openChannel(name, (message) => signal.aborted || hear(message));
      // Held for as long as this page is there, for others to know when it is not.
      await new Promise<void>((resolve, reject) => {
        const closed = new Promise<void>((ended) =>
          signal.addEventListener("abort", () => ended()),
        );
        const held = () => {
          resolve();
          return closed;
        };
        tabs.lock(`${name} ${tab}`, { signal }, held).catch(reject);
      });
    } catch {
      this.#lonely();
      return;
    }
    if (signal.aborted) return;
    met();
    this.#campaign(false);
    this.#listen();
  }

  #lonely(): void {
    if (this.#off.signal.aborted) return;
    this.#channel?.close();
    this.#channel = undefined;
    this.#callOff();
    this.#leads = true;
    this.#parts.lead(true);
  }

  async #campaign(steal: boolean): Promise<void> {
    const { tabs, name, lead, unlead } = this.#parts;
    const off = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#let = () => {
      off.abort();
      resolve();
    };
    const held = (): Promise<void> => {
      if (!off.signal.aborted) {
        this.#leads = true;
        this.#callOff();
        lead(false);
      }
      return promise;
    };
    try {
      await tabs.lock(name, steal ? { steal } : { signal: off.signal }, held);
    } catch {
      if (off.signal.aborted) return;
      if (!this.#leads) {
        this.#lonely();
        return;
      }
      this.#leads = false;
      unlead();
      this.#campaign(false);
      this.#listen();
    }
  }

  /** Watches the leader, which is another page. */
  #listen(asked = false): void {
    const { environment, ping } = this.#parts;
    const due = environment.now() + silentMs;
    this.#heard = false;
    this.#callOff();
    this.#callOff = environment.after(silentMs, () => {
      if (this.#heard) {
        this.#listen();
      } else if (!asked || environment.now() - due > lateMs) {
        ping();
        this.#listen(true);
      } else {
        this.#let();
        this.#campaign(true);
        this.#listen();
      }
    });
  }
}
