/** How many histories may be asked for at a time: their answers come before anyone can count them. */
const maxReads = 4;

/**
 * The memory that openings may take together. Who wants more waits until others are through; it is
 * exceeded by no more than the few reads that are under way.
 */
export class Budget {
  readonly #maxBytes: number;
  #bytes = 0;
  #reads = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Reads when there is room for what comes, in the order in which it was asked. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#hasRoom || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    } else {
      this.#reads++;
    }
    try {
      return await work();
    } finally {
      this.#reads--;
      this.#next();
    }
  }

  take(bytes: number): void {
    this.#bytes += bytes;
    this.#next();
  }

  get #hasRoom(): boolean {
    return this.#reads < maxReads && this.#bytes < this.#maxBytes;
  }

  #next(): void {
    while (this.#hasRoom && this.#waiting.length > 0) {
      this.#reads++;
      this.#waiting.shift()!();
    }
  }
}

/** What one of those holds that share a budget. */
export class Weight {
  readonly #budget: Budget;
  #bytes = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Less than 0: so much is not held any more. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.take(bytes);
  }

  /** Nothing is held any more. */
  release(): void {
    this.#budget.take(-this.#bytes);
    this.#bytes = 0;
  }
}
