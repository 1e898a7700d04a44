// As in a pass of the hub: senders wait for their answers no longer than this.
const sliceMs = 4;

type Schedule = (callback: () => void) => unknown;

/**
 * Lets many go on one after the other, in the order in which they came, a few milliseconds in each
 * turn of the event loop: ten thousand viewers that wait for one thing must not all go on at once.
 */
export class Turns {
  readonly #clock: () => number;
  readonly #nextTurn: Schedule;
  #waiting: (() => void)[] = [];
  #running = false;

  constructor(clock = () => performance.now(), nextTurn: Schedule = setImmediate) {
    this.#clock = clock;
    this.#nextTurn = nextTurn;
  }

  /** Resolves when it is the caller's turn. What it does up to its next `await` is its turn. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#running) return;
      this.#running = true;
      this.#nextTurn(() => this.#run());
    });
  }

  async #run(): Promise<void> {
    const until = this.#clock() + sliceMs;
    const waiting = this.#waiting;
    this.#waiting = [];
    let at = 0;
    for (; at < waiting.length && this.#clock() < until; at++) {
      waiting[at]!();
      // Whoever it is goes on in a microtask before this does.
      await undefined;
    }
    this.#waiting = [...waiting.slice(at), ...this.#waiting];
    if (this.#waiting.length > 0) this.#nextTurn(() => this.#run());
    else this.#running = false;
  }
}
