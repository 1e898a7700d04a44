/** When it is, and how to be called later: real time, or a test's. */
export type Timing = {
  readonly now: () => number;
  readonly later: (call: () => void, ms: number) => void;
};

export const realTime: Timing = {
  now: () => Date.now(),
  later: (call, ms) => void setTimeout(call, ms),
};

/**
 * Says texts no more often than can be listened to: of those that come too soon the last one is said,
 * when it is time.
 */
export class Announcer {
  readonly #say: (text: string) => void;
  readonly #leastMs: number;
  readonly #timing: Timing;
  #waiting: string | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(say: (text: string) => void, leastMs: number, timing: Timing) {
    this.#say = say;
    this.#leastMs = leastMs;
    this.#timing = timing;
  }

  /** When something was last said or was about to be. */
  get saidAt(): number {
    return this.#waiting === undefined ? this.#saidAt : this.#timing.now();
  }

  say(text: string): void {
    const waitMs = this.#saidAt + this.#leastMs - this.#timing.now();
    if (waitMs <= 0) {
      this.#tell(text);
      return;
    }
    if (this.#waiting === undefined) this.#timing.later(() => this.#tellWaiting(), waitMs);
    this.#waiting = text;
  }

  /** Nobody listens any more: what waits is not said. */
  hush(): void {
    this.#waiting = undefined;
  }

  #tellWaiting(): void {
    if (this.#waiting !== undefined) this.#tell(this.#waiting);
  }

  #tell(text: string): void {
    this.#waiting = undefined;
    this.#saidAt = this.#timing.now();
    this.#say(text);
  }
}
