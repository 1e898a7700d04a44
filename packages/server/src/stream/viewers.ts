import { bodyOf } from "../hub/bodies.ts";
import type { Connection } from "../hub/connection.ts";
import type { HubCounters } from "../hub/counters.ts";
import type { Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import { Turns } from "./turns.ts";
import { type Farewell, Watcher, type WatcherParts } from "./watcher.ts";

export type ViewersParts = {
  readonly log: Log;
  readonly hub: Hub;
  readonly counters: HubCounters;
  readonly heartbeatMs: number;
  readonly limits: ViewerLimits;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly random?: () => number;
  readonly onError: (error: unknown) => void;
  readonly onJoined?: (watcher: Watcher) => void;
  readonly onLeft?: (watcher: Watcher) => void;
};

export type ViewerLimits = {
  readonly maxViewers: number;
  /** A stream ends after so long at most, and its viewer resumes; infinity: never. */
  readonly maxAgeMs: number;
  /** How many one address may have open, and how fast it may open them. */
  readonly perAddress?: AddressLimits;
};

/** Counts the streams of each address. */
export interface AddressLimits {
  /** Takes one. A word and a sentence if it may have no more. */
  take(address: string): { kind: "address" | "rate"; reason: string } | undefined;
  give(address: string): void;
}

// A megabyte at the speed of a bad mobile network.
const maxTellingMs = 5 * 60_000;

/** Everyone who watches this process: at most so many, and all told before it ends. */
export class Viewers {
  readonly counters: HubCounters;
  readonly #parts: ViewersParts;
  readonly #watcherParts: WatcherParts;
  readonly #random: () => number;
  /** Shared by all who wait for something long. */
  readonly turns = new Turns();
  readonly #open = new Set<Watcher>();
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(parts: ViewersParts) {
    const { log, hub, heartbeatMs, counters, now, onError, random = Math.random } = parts;
    this.counters = counters;
    this.#parts = parts;
    this.#random = random;
    const onClosed = (watcher: Watcher) => this.#left(watcher);
    const onFailed = (error: unknown) => {
      counters.cuts.failed++;
      onError(error);
    };
    this.#watcherParts = { log, hub, heartbeatMs, now, turns: this.turns, onClosed, onFailed };
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Has a viewer told, or says why there is no room for it.
   *
   * That answer is a 200 and a `bye`, not a 503: a browser's EventSource never comes back after one.
   */
  serve(
    connection: Connection,
    address: string,
    bye: Farewell,
    tell: (watcher: Watcher) => Promise<void>,
  ): void {
    const body = bodyOf(connection, this.counters);
    const refusal = this.#refusal(address);
    if (refusal) {
      this.counters.refusals[refusal.kind]++;
      body.end(bye(refusal.reason, this.#retryMs()));
      return;
    }
    const since = this.#parts.now();
    // Not all of one herd at once.
    const until = since + this.#parts.limits.maxAgeMs * (0.8 + 0.2 * this.#random());
    const watcher = new Watcher(body, { since, until, address, bye }, this.#watcherParts);
    this.#open.add(watcher);
    this.counters.connects++;
    this.counters.viewers = this.#open.size;
    this.#parts.onJoined?.(watcher);
    watcher.run(() => tell(watcher));
  }

  /**
   * Says goodbye to those that are old enough, and cuts those that take what is before live so slowly
   * that others wait for the memory. To be called every few seconds.
   */
  dismissOld(): void {
    const now = this.#parts.now();
    for (const watcher of this.#open) {
      if (now - watcher.tellingSince > maxTellingMs) {
        watcher.body.connection.destroy();
        this.counters.cuts.stalled++;
        continue;
      }
      if (watcher.until > now || !watcher.dismiss("the stream was open for long", 0)) continue;
      this.counters.cuts.age++;
    }
  }

  /** Says goodbye to everyone, each at a random moment within `ms`; resolves when all have left. */
  async drain(ms: number, delay: (ms: number) => Promise<unknown>): Promise<void> {
    this.#draining = true;
    const leaving = [...this.#open].map(async (watcher) => {
      await delay(this.#random() * ms);
      if (watcher.dismiss("the server is about to end", this.#retryMs()))
        this.counters.cuts.drain++;
    });
    await Promise.all(leaving);
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #refusal(address: string) {
    if (this.#draining) {
      return { kind: "draining", reason: "the server is about to end" } as const;
    }
    if (this.#open.size >= this.#parts.limits.maxViewers) {
      return { kind: "full", reason: "too many viewers" } as const;
    }
    return this.#parts.limits.perAddress?.take(address);
  }

  #left(watcher: Watcher): void {
    if (!this.#open.delete(watcher)) return;
    this.#parts.limits.perAddress?.give(watcher.address);
    this.counters.viewers = this.#open.size;
    this.#parts.onLeft?.(watcher);
    if (this.#open.size === 0) this.#emptied?.();
  }

  /** Spread over seconds, or all would come back in the same instant. */
  #retryMs(): number {
    return Math.round(1000 + this.#random() * 4000);
  }
}
