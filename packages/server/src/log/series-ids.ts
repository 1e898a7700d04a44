import type { SeriesTable } from "./log.ts";

/**
 * The series table of a log, and the one place where ids are given out.
 *
 * An id is given when a sample is first seen, and shown to others only once the batch that brought
 * it is durable: nobody can learn an id that a crash would give to another series. Until then it
 * stays in `unsaved`, however many commits fail.
 */
export class SeriesIds implements SeriesTable {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  /** By id: which one was given after it the last time. */
  readonly #after: number[] = [];
  #last = 0;
  #size = 0;

  constructor(saved: readonly string[] = []) {
    for (const name of saved) this.give(name);
    this.#size = saved.length;
  }

  get size(): number {
    return this.#size;
  }

  id(series: string): number | undefined {
    const id = this.#ids.get(series);
    return id === undefined || id > this.#size ? undefined : id;
  }

  series(id: number): string {
    const name = id <= this.#size ? this.#names[id - 1] : undefined;
    if (name === undefined) throw new Error(`BUG: no series has the id ${id}`);
    return name;
  }

  /** The id of a series, a new one if it has none. */
  give(series: string): number {
    // Senders name their series in the same order again and again, and a look at one text is a good
    // deal faster than a search among ten thousand.
    const guess = this.#after[this.#last];
    if (guess !== undefined && this.#names[guess - 1] === series) {
      this.#last = guess;
      return guess;
    }
    const id = this.#ids.get(series) ?? this.#add(series);
    this.#after[this.#last] = id;
    this.#last = id;
    return id;
  }

  /** Names that have an id but are not durable yet; the first has the id `size + 1`. */
  unsaved(): readonly string[] {
    return this.#names.slice(this.#size);
  }

  /** The first `count` of `unsaved` are durable. */
  saved(count: number): void {
    this.#size += count;
  }

  #add(series: string): number {
    this.#names.push(series);
    this.#ids.set(series, this.#names.length);
    return this.#names.length;
  }
}
