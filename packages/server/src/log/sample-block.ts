import type { Sample } from "@plotcast/protocol";

/**
 * Samples in columns, in their order: what is on its way into the log.
 *
 * A series is named once and then is a small number, and a sample is no object: of millions a second
 * each look-up and each object counts. The columns are `length` long.
 */
export type SampleBlock = {
  readonly length: number;
  /** Canonical texts, each once and each used, in the order in which they first come. */
  readonly names: readonly string[];
  /** For each sample the place of its series in `names`. */
  readonly refs: Uint32Array;
  /** Unix milliseconds. */
  readonly times: Float64Array;
  /** NaN stands for `null`, as in a batch. */
  readonly values: Float64Array;
};

type Columns = Pick<SampleBlock, "refs" | "times" | "values">;

/** Enough for what people and sensors send, for a row of most tables, and for a piece of a long body. */
const capacities = [16, 512, 8192] as const;
const longCapacity = capacities[2];

const none: Columns = {
  refs: new Uint32Array(),
  times: new Float64Array(),
  values: new Float64Array(),
};

// To allocate and clear columns for every few thousand samples would cost a good part of what reading
// them does, and the collector does not see how large they are. 160 kB each.
const spare: Columns[] = [];
const maxSpare = 16;

/** Gathers samples until they are taken. */
export class SampleBlockBuilder {
  #length = 0;
  #capacity = 0;
  #names: string[] = [];
  #places = new Map<string, number>();
  #columns = none;

  /** Samples that wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /** The place of a series among the names; good until the block is taken. A sample of it must follow. */
  place(series: string): number {
    const known = this.#places.get(series);
    if (known !== undefined) return known;
    const place = this.#names.push(series) - 1;
    this.#places.set(series, place);
    return place;
  }

  /** `value` is NaN for `null`. */
  add(place: number, time: number, value: number): void {
    const at = this.#length++;
    if (at === this.#columns.times.length) this.#grow();
    const { refs, times, values } = this.#columns;
    refs[at] = place;
    times[at] = time;
    values[at] = value;
  }

  /** What was added since the last time. */
  take(): SampleBlock {
    const length = this.#length;
    const { refs, times, values } = this.#columns;
    const block: SampleBlock = {
      length,
      names: this.#names,
      refs: refs.subarray(0, length),
      times: times.subarray(0, length),
      values: values.subarray(0, length),
    };
    this.#length = 0;
    this.#names = [];
    this.#places = new Map();
    this.#columns = none;
    return block;
  }

  #grow(): void {
    const { refs, times, values } = this.#columns;
    // The next block will most likely be as long as this one, but not if it was a row of a million.
    const usual = Math.min(this.#capacity, longCapacity);
    const longer = columnsFor(Math.max(usual, times.length + 1));
    longer.refs.set(refs);
    longer.times.set(times);
    longer.values.set(values);
    this.#columns = longer;
    this.#capacity = longer.times.length;
  }
}

/** Room for at least so many samples. */
function columnsFor(length: number): Columns {
  const capacity = capacities.find((each) => each >= length) ?? 2 * length;
  const found = capacity === longCapacity ? spare.pop() : undefined;
  return (
    found ?? {
      refs: new Uint32Array(capacity),
      times: new Float64Array(capacity),
      values: new Float64Array(capacity),
    }
  );
}

/** Lets other samples use the columns of a block, once: nobody may look at them any more. */
export function recycle({ refs, times, values }: SampleBlock): void {
  if (times.buffer.byteLength !== 8 * longCapacity || spare.length >= maxSpare) return;
  spare.push({
    refs: new Uint32Array(refs.buffer),
    times: new Float64Array(times.buffer),
    values: new Float64Array(values.buffer),
  });
}

/** A block of samples that are objects: those that programs hand over, and of tests. */
export function blockOf(samples: readonly Sample[]): SampleBlock {
  const places = new Map<string, number>();
  const refs = Uint32Array.from(samples, ({ series }) => {
    const place = places.get(series) ?? places.size;
    places.set(series, place);
    return place;
  });
  return {
    length: samples.length,
    names: [...places.keys()],
    refs,
    times: Float64Array.from(samples, ({ time }) => time),
    values: Float64Array.from(samples, ({ value }) => value ?? Number.NaN),
  };
}

/** The samples of a block as objects. */
export function samplesOf({ names, refs, times, values }: SampleBlock): Sample[] {
  return Array.from(refs, (ref, at) => {
    const value = values[at]!;
    return { series: names[ref]!, time: times[at]!, value: Number.isNaN(value) ? null : value };
  });
}
