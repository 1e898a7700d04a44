import { setImmediate as nextTurn } from "node:timers/promises";
import type { Selection } from "@plotcast/protocol";
import type { SeriesTable } from "../log/log.ts";

// Taking a name apart and matching it takes about 2 µs.
const namesPerTurn = 1000;

/** A viewer reads hello in one go, and its proxies hold it: with long names these are 2 MB. */
export const maxRemembered = 10_000;

const no = 1;
const yes = 2;

/** A selection, asked by the ids of a log. Each answer is remembered, and many may share one. */
export class Selected {
  readonly key: string;
  readonly #selection: Selection;
  readonly #table: SeriesTable;
  /** By id; 0: not asked yet. */
  #answers = new Uint8Array(64);
  /** All up to this id have been counted. */
  #counted = 0;
  #count = 0;
  /** The last id that hello has room for. */
  #lastRemembered = Number.POSITIVE_INFINITY;

  constructor(selection: Selection, table: SeriesTable) {
    this.key = selection.key;
    this.#selection = selection;
    this.#table = table;
  }

  readonly wants = (id: number): boolean => {
    const known = this.#answers[id];
    if (known) return known === yes;
    const wanted = this.#selection.matches(this.#table.series(id));
    if (id >= this.#answers.length) {
      const longer = new Uint8Array(2 * id);
      longer.set(this.#answers);
      this.#answers = longer;
    }
    this.#answers[id] = wanted ? yes : no;
    return wanted;
  };

  /** How many of the series that are known now are wanted. */
  get count(): number {
    this.#countTo(this.#table.size);
    return this.#count;
  }

  /** Those wanted of the series that are known by the time of each iteration, ascending. */
  readonly ids: Iterable<number> = {
    [Symbol.iterator]: () => this.#wantedIds(),
  };

  /** Whether a series is one of the first so many, which viewers are told of once. */
  remembers(id: number): boolean {
    this.#countTo(id);
    return id <= this.#lastRemembered;
  }

  /** Asks for each series that is known so far, a few in each turn, for there may be 100,000. */
  async prepare(): Promise<this> {
    while (this.#counted < this.#table.size) {
      this.#countTo(Math.min(this.#table.size, this.#counted + namesPerTurn));
      if (this.#counted < this.#table.size) await nextTurn();
    }
    return this;
  }

  *#wantedIds(): Generator<number, undefined> {
    for (let id = 1; id <= this.#table.size; id++) if (this.wants(id)) yield id;
    return undefined;
  }

  #countTo(id: number): void {
    while (this.#counted < id) {
      if (!this.wants(++this.#counted)) continue;
      if (++this.#count === maxRemembered) this.#lastRemembered = this.#counted;
    }
  }
}

/** Resolves once the series that are known have been asked for. */
export function select(selection: Selection, table: SeriesTable): Promise<Selected> {
  return new Selected(selection, table).prepare();
}

// With 100,000 series each is 100 KB.
const maxKept = 200;

/** Selections that were made lately: when ten thousand viewers come, most want the same. */
export class Selections {
  readonly #table: SeriesTable;
  readonly #kept = new Map<string, Promise<Selected>>();

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  async get(selection: Selection): Promise<Selected> {
    const { key } = selection;
    const known = this.#kept.get(key) ?? select(selection, this.#table);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept) this.#kept.delete(oldest!);
    return await (await known).prepare();
  }
}
