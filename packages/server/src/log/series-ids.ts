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
    const known = this.#ids.get(series);
    if (known !== undefined) return known;
    this.#names.push(series);
    this.#ids.set(series, this.#names.length);
    return this.#names.length;
  }

  /** Names that have an id but are not durable yet; the first has the id `size + 1`. */
  unsaved(): readonly string[] {
    return this.#names.slice(this.#size);
  }

  /** The first `count` of `unsaved` are durable. */
  saved(count: number): void {
    this.#size += count;
  }
}
