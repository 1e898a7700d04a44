/**
 * When something has its turn that is done again and again: at most once in so many milliseconds, at
 * times that all of a page would have in common, were it not for `phase` (of a turn, 0 to 1).
 */
export class Beat {
  readonly #everyMs: number;
  readonly #phase: number;
  #doneAt = Number.POSITIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number, phase = 0) {
    this.#everyMs = everyMs;
    this.#phase = phase;
  }

  /** Unix ms, our clock; minus infinity: at once, also if that clock was set back. */
  nextAt(now: number): number {
    return now < this.#doneAt ? Number.NEGATIVE_INFINITY : this.#nextAt;
  }

  /** It has just been done. */
  done(now: number): void {
    const turn = Math.floor(now / this.#everyMs - this.#phase) + 1;
    this.#doneAt = now;
    this.#nextAt = (turn + this.#phase) * this.#everyMs;
  }

  /** It is to be done at once: what it tells has changed. */
  hurry(): void {
    this.#nextAt = Number.NEGATIVE_INFINITY;
  }
}

let phases = 0;

/** For things of which a page has many: the phases of any few that follow each other are far apart. */
export function nextPhase(): number {
  // Multiples of the golden ratio are spread evenly over the circle, however many there are.
  phases = (phases + 0.618_033_988_749_895) % 1;
  return phases;
}
