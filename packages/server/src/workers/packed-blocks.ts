import type { SampleBlock } from "../log/sample-block.ts";

/** Many blocks as few objects: each costs more on the line than a sample does. */
export type PackedBlocks = {
  /** Samples of each block. */
  readonly lengths: readonly number[];
  /** Names of each block. */
  readonly names: readonly (readonly string[])[];
  /** Of all blocks, one after the other; the places are those in the block's own names. */
  readonly refs: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

/** Gathers blocks until they are taken. A block is copied at once, for its columns are used again. */
export class BlockPacker {
  #lengths: number[] = [];
  #names: (readonly string[])[] = [];
  #refs: Uint32Array[] = [];
  #times: Float64Array[] = [];
  #values: Float64Array[] = [];
  /** Blocks that wait to be taken, and their samples. */
  blocks = 0;
  samples = 0;

  add({ length, names, refs, times, values }: SampleBlock): void {
    this.blocks++;
    this.samples += length;
    this.#lengths.push(length);
    this.#names.push(names);
    this.#refs.push(refs.slice());
    this.#times.push(times.slice());
    this.#values.push(values.slice());
  }

  take(): PackedBlocks {
    const { samples } = this;
    const packed = {
      lengths: this.#lengths,
      names: this.#names,
      refs: joined(this.#refs, new Uint32Array(samples)),
      times: joined(this.#times, new Float64Array(samples)),
      values: joined(this.#values, new Float64Array(samples)),
    };
    this.#lengths = [];
    this.#names = [];
    this.#refs = [];
    this.#times = [];
    this.#values = [];
    this.blocks = 0;
    this.samples = 0;
    return packed;
  }
}

/** The blocks as they were, as views of the same memory. */
export function unpackBlocks({ lengths, names, refs, times, values }: PackedBlocks): SampleBlock[] {
  let at = 0;
  return lengths.map((length, index) => {
    const from = at;
    at += length;
    return {
      length,
      names: names[index]!,
      refs: refs.subarray(from, at),
      times: times.subarray(from, at),
      values: values.subarray(from, at),
    };
  });
}

function joined<Column extends Uint32Array | Float64Array>(parts: Column[], all: Column): Column {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
