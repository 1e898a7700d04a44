import type { Block } from "./blocks.ts";

/** The end of a block, at which a later one can go on. */
export type Carried = Omit<Block, "times" | "values"> & {
  /** Its last time. */
  readonly time: number;
  /** The last value of each series in it that was not null; 0 if there was none. */
  readonly values: readonly number[];
  /** Offset of the frame that it was in. */
  readonly offset: number;
};

// What both sides hold of each connection, and of each selection, of which there may be a thousand. Ten
// machines that report by turns are ten blocks; beyond these, frames stand for themselves.
const maxBlocks = 64;
const maxIds = 4000;

/**
 * The ends of the blocks that came last, each called by its first series. Sender and viewer see the
 * same blocks in the same order, and so know the same ends.
 */
export class Carry {
  /** The one that came last is last. */
  readonly #blocks = new Map<number, Carried>();
  /** Of all blocks. */
  #ids = 0;

  get(first: number): Carried | undefined {
    return this.#blocks.get(first);
  }

  /** A block as it came, in whichever form, in the frame at an offset. */
  keep({ ids, timeExponent, times, exponent, values }: Block, offset: number): void {
    const first = ids[0];
    if (first === undefined || times.length === 0) return;
    this.#drop(first);
    if (ids.length > maxIds) return;
    const ends = values.map((column) => column.findLast((value) => value !== null) ?? 0);
    const time = times.at(-1)!;
    this.#blocks.set(first, { ids, timeExponent, time, exponent, values: ends, offset });
    this.#ids += ids.length;
    while (this.#blocks.size > maxBlocks || this.#ids > maxIds) {
      this.#drop(this.#blocks.keys().next().value!);
    }
  }

  clear(): void {
    this.#blocks.clear();
    this.#ids = 0;
  }

  #drop(first: number): void {
    this.#ids -= this.#blocks.get(first)?.ids.length ?? 0;
    this.#blocks.delete(first);
  }
}
