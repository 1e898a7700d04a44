import {
  type Block,
  columnsOf,
  decodeBlocks,
  isCount,
  malformed,
  numbers,
  readTimes,
} from "./blocks.ts";
import { Carry } from "./carry.ts";
import { readColumn } from "./column.ts";
import type { Frame, Samples } from "./frame.ts";
import { formatPosition, parsePosition } from "./position.ts";

/** Reads the frames of one connection, all of them in their order. */
export class FrameReader {
  readonly #carry = new Carry();
  /** Id of the newest frame of samples. */
  #last: string | undefined;

  /**
   * The frame of an event; undefined for an event that this version does not know, which is no error.
   * Throws `bad-input` for one that cannot be read: frames that go on from it cannot be either, until
   * one comes that stands for itself.
   */
  read(event: string, data: string, id?: string): Frame | undefined {
    try {
      return this.#read(event, data, id);
    } catch (error) {
      this.#carry.clear();
      this.#last = undefined;
      throw error;
    }
  }

  #read(event: string, data: string, id: string | undefined): Frame | undefined {
    switch (event) {
      case "samples":
        return this.#samples(parseObject(data), id);
      case "message":
        return this.#goOn(parse(data), id);
      case "history": {
        const { blocks, ...rest } = parseObject(data);
        const columns = columnsOf(decodeBlocks(blocks));
        return { series: [], ...rest, type: event, columns } as never;
      }
      case "hello":
      case "reduced":
      case "gap":
      case "bye":
        return { ...parseObject(data), type: event } as never;
      default:
        return undefined;
    }
  }

  #samples({ blocks, ...rest }: Record<string, unknown>, id: string | undefined): Samples {
    const decoded = decodeBlocks(blocks);
    const offset = parsePosition(id ?? "")?.offset ?? 0;
    for (const block of decoded) this.#carry.keep(block, offset);
    this.#last = id;
    return { series: [], ...rest, type: "samples", columns: columnsOf(decoded) } as never;
  }

  /** Samples whose blocks go on from those before: see `FrameWriter`. */
  #goOn(data: unknown, id: string | undefined): Samples {
    const [step, ...rest] = numbers(data);
    const at = parsePosition(id ?? "");
    if (!at || !isCount(step)) throw malformed("it goes on from nowhere");
    const prev = formatPosition(at.epoch, at.offset - step);
    if (prev !== this.#last) throw malformed(`it goes on from ${prev}, which did not come`);
    const blocks: Block[] = [];
    for (let i = 0; i < rest.length; ) {
      const block = this.#block(rest, i, at.offset);
      blocks.push(block);
      i += 2 + block.times.length * (1 + block.ids.length);
    }
    this.#last = id;
    return { type: "samples", prev, series: [], columns: columnsOf(blocks) };
  }

  /** The block that begins at `numbers[at]`. */
  #block(numbers: readonly (number | null)[], at: number, offset: number): Block {
    const first = numbers[at];
    const from = this.#carry.get(first ?? 0);
    if (!from) throw malformed(`no block begins with series ${first}`);
    const count = numbers[at + 1];
    if (!isCount(count) || at + 2 + count * (1 + from.ids.length) > numbers.length) {
      throw malformed("a block is cut off");
    }
    const column = (i: number) => numbers.slice(at + 2 + i * count, at + 2 + (i + 1) * count);
    const { ids, timeExponent, exponent } = from;
    const times = readTimes(column(0), timeExponent, from.time);
    const values = ids.map((_, i) => readColumn(column(i + 1), exponent, from.values[i]));
    const block = { ids, timeExponent, times, exponent, values };
    this.#carry.keep(block, offset);
    return block;
  }
}

function parseObject(data: string): Record<string, unknown> {
  const body = parse(data);
  if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  throw malformed("it is not a JSON object");
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw malformed("it is not JSON");
  }
}
