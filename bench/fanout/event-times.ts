/** Numbers in a row begin here, so that all of them have the same number of digits. */
const firstRow = 1_000_000;

/** A value whose whole part tells its number, and which is as long as others: two decimals. */
export function rowValue(row: number): string {
  const number = firstRow + row;
  return `${number}.${String((number * 37) % 100).padStart(2, "0")}`;
}

/** What rivals send: one sample, in as many bytes as the Flask tutorial's. */
export function eventText(row: number, timeUs: number): string {
  return `{"time": "${timeUs}", "value": ${rowValue(row)}}`;
}

/**
 * Events at a rate, each told when it was due, in microseconds of Unix time. Late ones are not
 * dropped and not moved: whoever was late is seen to be.
 */
export class EventTimes {
  readonly #event: (row: number, timeUs: number) => void;
  readonly #allTold: () => void;
  #timer: NodeJS.Timeout | undefined;
  #row = 0;
  #told = 0;
  #beganMs = 0;
  #perSecond = 0;

  /** Calls `event` for each, and then `allTold`, which may have more to do for all of them. */
  constructor(event: (row: number, timeUs: number) => void, allTold = () => {}) {
    this.#event = event;
    this.#allTold = allTold;
  }

  rate(perSecond: number): void {
    clearTimeout(this.#timer);
    this.#perSecond = perSecond;
    this.#beganMs = performance.now();
    this.#told = 0;
    if (perSecond > 0) this.#tell();
  }

  #tell(): void {
    const dueMs = () => this.#beganMs + (this.#told * 1000) / this.#perSecond;
    // No further than now: with a rate that is too high it would never come back.
    for (const now = performance.now(); dueMs() <= now; this.#told++) {
      this.#event(this.#row++, Math.round((performance.timeOrigin + dueMs()) * 1000));
    }
    this.#allTold();
    this.#timer = setTimeout(() => this.#tell(), Math.max(1, dueMs() - performance.now()));
  }
}
