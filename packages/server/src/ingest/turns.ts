// Who waits for an answer, or for a frame, waits for no longer than this and one piece of a text.
const turnMs = 4;

/** What turns get from where they run. Tests hand in their own. */
export type TurnsOptions = {
  /** Monotonic, milliseconds. */
  readonly clock?: () => number;
  /** Calls back in a later turn of the event loop, after whatever else waits for one. */
  readonly nextTurn?: (callback: () => void) => unknown;
};

/**
 * Shares the thread among all texts that come in at once, and leaves some of it to others: reading goes
 * on for a few milliseconds in each turn of the event loop, and whose turn that is goes round.
 */
export class Turns {
  readonly #clock: () => number;
  readonly #nextTurn: (callback: () => void) => unknown;
  readonly #waiting: (() => void)[] = [];
  /** When reading in the turn under way has to end; undefined if nothing has been read in it. */
  #end: number | undefined;

  constructor({ clock = () => performance.now(), nextTurn = setImmediate }: TurnsOptions = {}) {
    this.#clock = clock;
    this.#nextTurn = nextTurn;
  }

  /** Whether whoever has something to read must wait for another turn. */
  get taken(): boolean {
    return this.#waiting.length > 0 || this.over;
  }

  /** Whether whoever reads must leave off. The first question begins a turn. */
  get over(): boolean {
    if (this.#end === undefined) this.#begin();
    return this.#clock() >= this.#end!;
  }

  /** Resolves in a turn of one's own. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#end === undefined) this.#begin();
    });
  }

  #begin(): void {
    this.#end = this.#clock() + turnMs;
    this.#nextTurn(() => {
      this.#end = undefined;
      const resume = this.#waiting.shift();
      if (!resume) return;
      this.#begin();
      resume();
    });
  }
}

/** Those of the process. */
export const ingestTurns = new Turns();
