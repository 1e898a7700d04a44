import { setTimeout } from "node:timers/promises";
import { PlotcastError, type Sample } from "@plotcast/protocol";
import { count } from "./units.ts";

/** What became of one request. Anything that would end the sending altogether is thrown instead. */
export type Outcome =
  | { readonly type: "acknowledged" }
  /** The server answered, and will not take some of these, however often they are sent. */
  | { readonly type: "rejected"; readonly reason: string }
  | { readonly type: "unreachable"; readonly reason: string; readonly retryAfterMs?: number };

export type OutboxOptions = {
  readonly send: (samples: readonly Sample[]) => Promise<Outcome>;
  /** Says a sentence to the user. */
  readonly tell: (sentence: string) => void;
  /** How long the server may be away at a time. Not given: as long as it takes. */
  readonly outageMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
};

/** Half a megabyte of text: enough to keep up, little to send again. */
export const maxPerRequest = 5_000;
/** Some 20 MB, an hour of a line with 25 numbers a second. Beyond it the pipe is made to wait. */
export const maxHeld = 100_000;
const maxBackoffMs = 5_000;
/** Each may be of many lines, and of a file that is too old the server refuses everything. */
const maxTold = 3;
/** A server that asks for more patience is asked again all the same. */
const maxRetryAfterMs = 60_000;

/**
 * Samples on their way to a server: in order, one request at a time, each sent again until it is
 * acknowledged. While a request is under way the next samples gather, so requests grow with the load.
 */
export class Outbox {
  readonly #options: Required<OutboxOptions>;
  readonly #off = new AbortController();
  /** Aborted when the server refuses us, or stays away for too long. */
  readonly failed: AbortSignal = this.#off.signal;
  #held: Sample[] = [];
  #sending: Promise<void> | undefined;
  /** Settles with the request under way. */
  #turn = Promise.withResolvers<void>();
  #deadline = Number.POSITIVE_INFINITY;
  #refusals = 0;
  #rejected = 0;

  constructor(options: OutboxOptions) {
    const sleep = (ms: number) => setTimeout(ms);
    const outageMs = Number.POSITIVE_INFINITY;
    this.#options = { now: Date.now, random: Math.random, sleep, outageMs, ...options };
  }

  /** Takes samples, and waits while there is no room for more. Rejects with why the outbox failed. */
  async add(samples: readonly Sample[]): Promise<void> {
    for (const sample of samples) this.#held.push(sample);
    this.#send();
    while (this.#held.length >= maxHeld) await this.#turn.promise;
  }

  /**
   * Resolves when all samples are acknowledged. Rejects with why the outbox
   * failed; or if the server refused some, or is away for longer than `patienceMs` from now.
   */
  async end(patienceMs: number): Promise<void> {
    this.hurry(patienceMs);
    await this.#sending;
    if (this.#rejected > 0)
      throw new PlotcastError(
        "forbidden",
        `cannot deliver everything: the server refused some of ${count(this.#rejected, "sample")}`,
      );
  }

  /** From now on, waits for the server no longer than that. */
  hurry(patienceMs: number): void {
    this.#deadline = Math.min(this.#deadline, this.#options.now() + patienceMs);
  }

  #send(): void {
    if (this.#sending) return;
    this.#sending = this.#sendAll();
    this.#sending.catch((error: unknown) => {
      this.#turn.promise.catch(() => {}); // somebody may wait for it, or nobody
      this.#turn.reject(error);
      this.#off.abort();
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#held.length > 0) {
      const samples = this.#held.slice(0, maxPerRequest);
      await this.#deliver(samples);
      this.#held.splice(0, samples.length);
      this.#turn.resolve();
      this.#turn = Promise.withResolvers();
    }
    this.#sending = undefined;
  }

  async #deliver(samples: readonly Sample[]): Promise<void> {
    const { send, tell, now } = this.#options;
    const since = now();
    for (let attempt = 0; ; attempt++) {
      const outcome = await send(samples);
      if (outcome.type === "unreachable") {
        if (attempt === 0) tell(`${outcome.reason}; holding samples and trying again`);
        await this.#wait(outcome, attempt, since);
        continue;
      }
      if (attempt > 0)
        tell(`the server is back after ${seconds(now() - since)}: ${this.#waited()}`);
      if (outcome.type === "acknowledged") return;
      this.#rejected += samples.length;
      if (++this.#refusals <= maxTold) tell(outcome.reason);
      if (this.#refusals === maxTold) tell("further refusals are only counted");
      return;
    }
  }

  #waited(): string {
    return `${count(this.#held.length, "sample")} had to wait, and keep the time they were read at`;
  }

  // Full jitter: after a restart of the server everything that feeds it comes back.
  async #wait(outcome: Outcome & { type: "unreachable" }, attempt: number, since: number) {
    const { reason, retryAfterMs = 0 } = outcome;
    const { now, random, sleep, outageMs } = this.#options;
    const left = Math.min(this.#deadline, since + outageMs) - now();
    if (left <= 0) {
      const lost = count(this.#held.length, "sample");
      throw new PlotcastError("closed", `${reason}; ${lost} could not be delivered`);
    }
    const backoff = 100 + random() * Math.min(maxBackoffMs, 250 * 2 ** attempt);
    await sleep(Math.min(left, Math.max(backoff, Math.min(retryAfterMs, maxRetryAfterMs))));
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
