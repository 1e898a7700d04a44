import { addressKey } from "./address-key.ts";

/** Why a viewer cannot come in now: what it is counted as, and what it is told. */
export type AddressRefusal = { readonly kind: "address" | "rate"; readonly reason: string };

export type AddressLimitsOptions = {
  /** Streams at once. A large office is behind one address, and a browser has one stream. */
  readonly maxStreams?: number;
  /** Streams that may begin at once: after a restart the whole office comes back. */
  readonly burst?: number;
  /** Streams that may begin per second once the burst is used up. */
  readonly perSecond?: number;
  /** Addresses without a stream that are remembered. */
  readonly maxIdle?: number;
  /** Addresses that stand for many: this machine, and proxies that do not say who asks. */
  readonly exempt?: (address: string) => boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
};

type Use = { streams: number; tokens: number; at: number };

const tooMany: AddressRefusal = { kind: "address", reason: "too many viewers from your address" };
const tooFast: AddressRefusal = { kind: "rate", reason: "too many new viewers from your address" };

/**
 * How many streams each address may have, and how fast it may begin new ones, so that one address
 * cannot take all seats or keep the server busy with greetings.
 *
 * Nothing is kept per viewer. Addresses with a stream are as few as there are streams; of those without
 * one only the tokens that they lack are worth remembering, for the time that filling up takes. They are
 * forgotten a generation at a time: a map in which the first entry is looked up again and again has to
 * step over all that were deleted before it. Whoever has more addresses than are remembered is not held
 * up by this.
 */
export class AddressLimits {
  readonly #maxStreams: number;
  readonly #burst: number;
  readonly #perMs: number;
  readonly #maxIdle: number;
  readonly #exempt: (address: string) => boolean;
  readonly #now: () => number;
  readonly #busy = new Map<string, Use>();
  #idle = new Map<string, Use>();
  /** Those that had been idle when the generation of `#idle` began, at `#since`. */
  #idleBefore = new Map<string, Use>();
  #since = 0;

  constructor(options: AddressLimitsOptions = {}) {
    this.#maxStreams = options.maxStreams ?? 1_000;
    this.#burst = options.burst ?? 1_000;
    this.#perMs = (options.perSecond ?? 50) / 1000;
    this.#maxIdle = options.maxIdle ?? 10_000;
    this.#exempt = options.exempt ?? (() => false);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#busy.size + this.#idle.size + this.#idleBefore.size;
  }

  /** Counts a stream in, unless it is refused. */
  take(address: string): AddressRefusal | undefined {
    if (this.#exempt(address)) return undefined;
    const now = this.#now();
    this.#forget(now);
    const key = addressKey(address);
    const use = this.#find(key) ?? { streams: 0, tokens: this.#burst, at: now };
    if (use.streams >= this.#maxStreams) return tooMany;
    use.tokens = Math.min(this.#burst, use.tokens + (now - use.at) * this.#perMs);
    use.at = now;
    // A refused one costs no token: whoever asks too often would never come in.
    if (use.tokens < 1) return tooFast;
    use.tokens--;
    if (use.streams++ === 0) {
      if (!this.#idle.delete(key)) this.#idleBefore.delete(key);
      this.#busy.set(key, use);
    }
    return undefined;
  }

  /** Counts a stream out that was taken in. */
  give(address: string): void {
    if (this.#exempt(address)) return;
    const key = addressKey(address);
    const use = this.#busy.get(key);
    if (!use) throw new Error("BUG: a stream was given back that was not taken");
    if (--use.streams > 0) return;
    this.#busy.delete(key);
    this.#idle.set(key, use);
    this.#forget(this.#now());
  }

  #find(key: string): Use | undefined {
    return this.#busy.get(key) ?? this.#idle.get(key) ?? this.#idleBefore.get(key);
  }

  /** An address that was idle for a whole generation has its bucket full, and is as good as unknown. */
  #forget(now: number): void {
    const isOver = now - this.#since >= this.#burst / this.#perMs;
    if (!isOver && this.#idle.size < this.#maxIdle / 2) return;
    this.#idleBefore = this.#idle;
    this.#idle = new Map();
    this.#since = now;
  }
}
