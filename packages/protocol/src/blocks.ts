import { columnAtLeast, columnExponent, columnText, readColumn } from "./column.ts";
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
export type Block = {
  readonly ids: readonly number[];
  readonly timeExponent: number;
  readonly times: readonly number[];
  readonly exponent: number;
  /** Of each series, as many as there are times. */
  readonly values: readonly (readonly (number | null)[])[];
};

/** With the text that all of its series share: it is what they are grouped by, and long. */
export type WrittenBlock = Block & { readonly head: string };

/** What the numbers of a series are written with. */
export type Exponents = { readonly time: number; readonly value: number };

/**
 * `columns` maps the id of a series to its samples; what has no samples is left out. `least`: exponents
 * that a series had before, so that one value with fewer digits does not move it to another block.
 */
export function groupBlocks(
  columns: ReadonlyMap<number, Columns>,
  least: (id: number) => Exponents | undefined = () => undefined,
): WrittenBlock[] {
  const blocks = new Map<string, WrittenBlock & { ids: number[]; values: Columns["values"][] }>();
  for (const [id, { times, values }] of columns) {
    if (times.length === 0) continue;
    const before = least(id) ?? smallest;
    const timeExponent = columnAtLeast(before.time, times, columnExponent(times));
    const exponent = columnAtLeast(before.value, values, columnExponent(values));
    const head = `"times":[${timeExponent},${columnText(times, timeExponent)}],"values":[${exponent}`;
    const block = blocks.get(head);
    if (block) {
      block.ids.push(id);
      block.values.push(values);
    } else {
      blocks.set(head, { head, ids: [id], timeExponent, times, exponent, values: [values] });
    }
  }
  return [...blocks.values()];
}

export const smallest: Exponents = { time: 0, value: 0 };

export function encodeBlocks(blocks: readonly WrittenBlock[]): string {
  return `[${blocks.map(blockText).join(",")}]`;
}

function blockText({ head, ids, exponent, values }: WrittenBlock): string {
  const numbers = values.map((column) => columnText(column, exponent)).join(",");
  return `{"ids":[${runs(ids)}],${head},${numbers}]}`;
}

/** Throws `bad-input` for anything that `encodeBlocks` did not write. */
export function decodeBlocks(blocks: unknown): Block[] {
  if (!Array.isArray(blocks)) throw malformed("blocks are not an array");
  return (blocks as (Partial<Encoded> | null)[]).map(readBlock);
}

type Encoded = { readonly ids: unknown; readonly times: unknown; readonly values: unknown };

function readBlock(block: Partial<Encoded> | null): Block {
  if (typeof block !== "object" || block === null) throw malformed("a block is not an object");
  const ids = expandRuns(numbers(block.ids));
  const [time, ...encodedTimes] = numbers(block.times);
  const [value, ...encoded] = numbers(block.values);
  const timeExponent = checkExponent(time);
  const exponent = checkExponent(value);
  const times = readTimes(encodedTimes, timeExponent);
  if (encoded.length !== ids.length * times.length) {
    throw malformed(`${encoded.length} values for ${ids.length} × ${times.length} samples`);
  }
  const values = ids.map((_, i) =>
    readColumn(encoded.slice(i * times.length, (i + 1) * times.length), exponent),
  );
  return { ids, timeExponent, times, exponent, values };
}

/** As `readColumn`, of what cannot be absent. Throws `bad-input`. */
export function readTimes(
  encoded: readonly (number | null)[],
  exponent: number,
  before?: number,
): number[] {
  const times = readColumn(encoded, exponent, before);
  if (times.includes(null)) throw malformed("a time is missing");
  return times as number[];
}

/** The samples of each series. */
export function columnsOf(blocks: readonly Block[]): Map<number, Columns> {
  const columns = new Map<number, Columns>();
  for (const { ids, times, values } of blocks) {
    for (const [i, id] of ids.entries()) columns.set(id, { times, values: values[i]! });
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
export function isCount(value: number | null | undefined): value is number {
  return Number.isInteger(value) && value! >= 1 && value! <= 2 ** 52;
}

/** Throws `bad-input` for anything but an array of numbers and nulls. */
export function numbers(value: unknown): (number | null)[] {
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

export function malformed(what: string): PlotcastError {
  return new PlotcastError("bad-input", `cannot read a frame: ${what}`);
}
