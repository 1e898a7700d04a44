/** Lets so many act at once; the others wait for their turn, in the order in which they came. */
export class Turns {
  readonly #most: number;
  #acting = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.#acting < this.#most) this.#acting++;
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await act();
    } finally {
      // Whoever is handed a turn has to hand it on.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#acting--;
    }
  }
}
