import { columnExponent, columnText, readColumn } from "./column.ts";
import { PlotcastError } from "./errors.ts";
import type { Columns } from "./sample.ts";

/**
 * Samples of many series as JSON text.
 *
 *   [{"ids": [1,50], "times": [0,1700000000000,1000], "values": [2,10342,-3,9911,12, …]}, …]
 *             └ 50 series from id 1   └ 2 times, shared by all    └ 2 values of series 1, then of 2, …
 *
 * Series that were sampled at the same times and need the same exponent share a block, so a machine
 * that reports fifty numbers a second costs one time and fifty small numbers. Each series' first
 * number stands for itself: a block can be read without any other.
 */
type Block = {
  ids: readonly number[];
  times: readonly (number | null)[];
  values: readonly (number | null)[];
};

/** `columns` maps the id of a series to its samples; what has no samples is left out. */
export function encodeBlocks(columns: ReadonlyMap<number, Columns>): string {
  const blocks = new Map<string, { ids: number[]; values: string[] }>();
  for (const [id, { times, values }] of columns) {
    if (times.length === 0) continue;
    const timeExponent = columnExponent(times);
    const exponent = columnExponent(values);
    const head = `"times":[${timeExponent},${columnText(times, timeExponent)}],"values":[${exponent}`;
    const block = blocks.get(head) ?? { ids: [], values: [] };
    blocks.set(head, block);
    block.ids.push(id);
    block.values.push(columnText(values, exponent));
  }
  const parts = blocks
    .entries()
    .map(([head, { ids, values }]) => `{"ids":[${runs(ids)}],${head},${values.join(",")}]}`);
  return `[${[...parts].join(",")}]`;
}

/** Throws `bad-input` for anything that `encodeBlocks` did not write. */
export function decodeBlocks(blocks: unknown): Map<number, Columns> {
  const columns = new Map<number, Columns>();
  if (!Array.isArray(blocks)) throw malformed("blocks are not an array");
  for (const block of blocks as (Partial<Block> | null)[]) {
    if (typeof block !== "object" || block === null) throw malformed("a block is not an object");
    const ids = expandRuns(numbers(block.ids));
    const [timeExponent, ...encodedTimes] = numbers(block.times);
    const [exponent, ...encodedValues] = numbers(block.values);
    const times = readColumn(encodedTimes, checkExponent(timeExponent)) as number[];
    if (times.includes(null as never)) throw malformed("a time is missing");
    if (encodedValues.length !== ids.length * times.length) {
      throw malformed(`${encodedValues.length} values for ${ids.length} × ${times.length} samples`);
    }
    for (const [i, id] of ids.entries()) {
      const own = encodedValues.slice(i * times.length, (i + 1) * times.length);
      columns.set(id, { times, values: readColumn(own, checkExponent(exponent)) });
    }
  }
  return columns;
}

/** `[4, 5, 6, 9]` as `4,3,9,1`: first and count of each run of neighbours. */
function runs(ids: readonly number[]): string {
  const flat: number[] = [];
  for (const [i, id] of ids.entries()) {
    if (i > 0 && id === ids[i - 1]! + 1) flat[flat.length - 1]!++;
    else flat.push(id, 1);
  }
  return flat.join(",");
}

// A broken count must not make a viewer allocate without end.
const maxIds = 1_000_000;

function expandRuns(flat: readonly (number | null)[]): number[] {
  const ids: number[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const first = flat[i];
    const count = flat[i + 1];
    if (!isCount(first) || !isCount(count)) throw malformed("a run is broken");
    if (ids.length + count > maxIds) throw malformed("too many series in one block");
    for (let id = first; id < first + count; id++) ids.push(id);
  }
  return ids;
}

/** A whole number from 1 to which others can be added exactly. */
function isCount(value: number | null | undefined): value is number {
  return Number.isInteger(value) && value! >= 1 && value! <= 2 ** 52;
}

function numbers(value: unknown): (number | null)[] {
  const fits = Array.isArray(value) && value.every((x) => x === null || typeof x === "number");
  if (!fits) throw malformed("a column is not an array of numbers");
  return value;
}

function checkExponent(exponent: number | null | undefined): number {
  if (!Number.isInteger(exponent) || exponent! < -1 || exponent! > 9) {
    throw malformed(`exponent ${exponent}`);
  }
  return exponent!;
}

function malformed(what: string): PlotcastError {
  return new PlotcastError("bad-input", `cannot read a frame: ${what}`);
}
