import { type Block, type Exponents, groupBlocks, smallest } from "./blocks.ts";
import { type Carried, Carry } from "./carry.ts";
import { columnText } from "./column.ts";
import { encodeSamples, type Samples } from "./frame.ts";
import { formatPosition } from "./position.ts";

/** A frame of samples in both of its forms. */
export type WrittenSamples = {
  /** Can be read by anyone. */
  readonly whole: string;
  /** The same for those who have read all frames from offset `since` on. */
  readonly brief?: { readonly text: string; readonly since: number };
};

// Differences save about as many bytes in a large frame as in a small one, and cost more.
const maxBriefSamples = 500;
// Of so many is kept what they were written with, so that their values stay in the same block.
const maxSeries = 4000;

/**
 * Writes the frames of one selection, one after the other.
 *
 *   id: k3x9-1042
 *   event: samples
 *   data: {"prev":"k3x9-1041","blocks":[{"ids":[1,3],"times":[0,1700000000000],"values":[2,101,202,303]}]}
 *
 *   id:k3x9-1043
 *   data:[1,1,1,1000,-2,4,12]
 *         │ │ │ │    └ the differences of the three values to 1.01, 2.02 and 3.03
 *         │ │ │ └ the difference of the one time to that of the last frame
 *         │ │ └ one time
 *         │ └ the block that begins with series 1 goes on
 *         └ one after the last frame, which was 1042
 *
 * Where a frame holds a sample or two of each series, the second is less than half of the first.
 */
export class FrameWriter {
  readonly #epoch: string;
  readonly #carry = new Carry();
  readonly #exponents = new Map<number, Exponents>();

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  /** `prev` and `offset`: of the frame before it and of itself. */
  write(
    { series, columns }: Pick<Samples, "series" | "columns">,
    prev: number,
    offset: number,
  ): WrittenSamples {
    const samples = sizeOf(columns);
    const isSmall = samples > 0 && samples <= maxBriefSamples;
    const blocks = isSmall
      ? groupBlocks(columns, (id) => this.#exponents.get(id))
      : groupBlocks(columns);
    const position = formatPosition(this.#epoch, offset);
    const last = formatPosition(this.#epoch, prev);
    const whole = encodeSamples({ prev: last, series, blocks }, position);
    const brief =
      isSmall && series.length === 0 ? this.#brief(blocks, offset - prev, position) : undefined;
    for (const block of blocks) {
      this.#carry.keep(block, offset);
      if (isSmall) this.#keepExponents(block);
    }
    return brief && brief.text.length < whole.length ? { whole, brief } : { whole };
  }

  #brief(blocks: readonly Block[], step: number, id: string): WrittenSamples["brief"] {
    const parts: (number | string)[] = [step];
    let since = Number.POSITIVE_INFINITY;
    for (const block of blocks) {
      const from = this.#carry.get(block.ids[0]!);
      if (!from || !goesOn(block, from)) return undefined;
      since = Math.min(since, from.offset);
      parts.push(block.ids[0]!, block.times.length, rest(block, from));
    }
    return { text: `id:${id}\ndata:[${parts.join(",")}]\n\n`, since };
  }

  #keepExponents({ ids, timeExponent, exponent }: Block): void {
    for (const id of ids) {
      const { time, value } = this.#exponents.get(id) ?? smallest;
      if (timeExponent <= time && exponent <= value) continue;
      if (this.#exponents.size >= maxSeries) this.#exponents.clear();
      const most = { time: Math.max(time, timeExponent), value: Math.max(value, exponent) };
      this.#exponents.set(id, most);
    }
  }
}

function sizeOf(columns: Samples["columns"]): number {
  let samples = 0;
  for (const { times } of columns.values()) samples += times.length;
  return samples;
}

function goesOn(block: Block, from: Carried): boolean {
  return (
    block.exponent === from.exponent &&
    block.timeExponent === from.timeExponent &&
    block.ids.length === from.ids.length &&
    block.ids.every((id, i) => id === from.ids[i])
  );
}

/** Times and values of a block that goes on. */
function rest({ timeExponent, times, exponent, values }: Block, from: Carried): string {
  const columns = values.map((column, i) => columnText(column, exponent, from.values[i]));
  return [columnText(times, timeExponent, from.time), ...columns].join(",");
}
