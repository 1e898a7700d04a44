import { PlotcastError } from "@plotcast/protocol";

/** The limit of series, as far as it is needed here. */
export type Limit = {
  /** Undefined if the series is known or has been given a place, else why not. */
  refuse(series: string): string | undefined;
  /** The log has these series now, or never will. */
  settle(series: readonly string[]): void;
};

/**
 * Places for the series that workers are about to add. A series may be on its way several times: it
 * keeps its place until the last of them has arrived.
 */
export class Places {
  readonly #isKnown: (series: string) => boolean;
  readonly #limit: Limit;
  /** How often each is on its way. */
  readonly #onTheWay = new Map<string, number>();

  constructor(isKnown: (series: string) => boolean, limit: Limit) {
    this.#isKnown = isKnown;
    this.#limit = limit;
  }

  /**
   * Takes a place for each series that is new, and returns those, to be settled. Throws `too-many` if
   * there is not room for all of them, and has taken none then.
   */
  take(series: readonly string[]): readonly string[] {
    const taken: string[] = [];
    for (const each of series) {
      if (this.#isKnown(each)) continue;
      const refusal = this.#limit.refuse(each);
      if (refusal !== undefined) {
        this.settle(taken);
        throw new PlotcastError("too-many", refusal);
      }
      this.#onTheWay.set(each, (this.#onTheWay.get(each) ?? 0) + 1);
      taken.push(each);
    }
    return taken;
  }

  settle(taken: readonly string[]): void {
    if (taken.length === 0) return;
    const settled: string[] = [];
    for (const each of taken) {
      const left = (this.#onTheWay.get(each) ?? 0) - 1;
      if (left > 0) {
        this.#onTheWay.set(each, left);
        continue;
      }
      this.#onTheWay.delete(each);
      settled.push(each);
    }
    this.#limit.settle(settled);
  }
}
