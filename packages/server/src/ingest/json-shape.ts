import { epochToMs, parseTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { JsonScanner } from "./json-scanner.ts";
import type { Piece } from "./piece.ts";
import { RowNames } from "./plain-row.ts";
import { isTimeKey } from "./time-key.ts";

const keyToken = /[ \t]*"([^"\\\p{Cc}]+)"[ \t]*:[ \t]*/uy;
const valueToken =
  /(?:(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|("[^"\\\p{Cc}]*")|null|true|false)[ \t]*[,}]/uy;
/** Keys that JavaScript gives before all others, wherever they stand. */
const isIndex = /^\d+$/;

/** What a value is: a number, the time, the name of the series, or something that says nothing. */
type Kind = "number" | "time" | "series" | "word";
type Field = { readonly key: string; readonly kind: Kind };

// What is remembered of each field must not be remembered of millions.
const maxFields = 1_000;

/**
 * An object without its values. Lines of JSON look alike: most are what the one before them was, with
 * other numbers.
 *
 * What stands between the values is compared, the values are read where they stand, and nothing is
 * made of the line but its numbers. It takes no line that `JsonRecords` would not take, and takes it
 * as that does; whatever differs in anything, be it a blank, is left to JSON.parse.
 */
export class JsonShape {
  readonly #kinds: readonly Kind[];
  /** What stands before each value, and after the last. */
  readonly #between: readonly Uint16Array[];
  /** Of the numbers. */
  readonly #keys: readonly string[];
  readonly #scanner = new JsonScanner();
  #row: RowNames | undefined;

  // Of the line that was read last.
  readonly #values: Float64Array;
  #time: number | undefined;
  #series: string | undefined;

  private constructor(fields: readonly Field[], between: readonly string[]) {
    this.#kinds = fields.map(({ kind }) => kind);
    this.#between = between.map(codesOf);
    this.#keys = fields.filter(({ kind }) => kind === "number").map(({ key }) => key);
    this.#values = new Float64Array(this.#keys.length);
  }

  /** The shape of an object between two places of a text; undefined if it is not that simple. */
  static of(text: string, from: number, to: number): JsonShape | undefined {
    const fields: Field[] = [];
    const between: string[] = [];
    let last = from;
    for (let at = from + 1; at < to; at = valueToken.lastIndex) {
      const key = matchAt(keyToken, text, at)?.[1];
      const start = keyToken.lastIndex;
      const value = key === undefined ? null : matchAt(valueToken, text, start);
      const kind = value && kindOf(key!, value, fields);
      if (!kind || fields.length === maxFields) return undefined;
      fields.push({ key: key!, kind });
      between.push(text.slice(last, start));
      last = start + (value[1] ?? value[2] ?? /^\w+/.exec(value[0])![0]).length;
    }
    const row = valueToken.lastIndex === to ? rowOf(fields) : undefined;
    return row && new JsonShape(row, [...between, text.slice(last, to)]);
  }

  /** Reads the object between two places of a piece. False if it is of another shape. */
  read(piece: Piece, from: number, to: number): boolean {
    const scanner = this.#scanner;
    const kinds = this.#kinds;
    let place = 0;
    scanner.begin(piece, from);
    for (let i = 0; i < kinds.length; i++) {
      if (!scanner.skip(this.#between[i]!)) return false;
      if (kinds[i] === "number") {
        const value = scanner.number();
        if (value === undefined) return false;
        this.#values[place++] = value;
      } else if (!this.#readOther(kinds[i]!)) return false;
    }
    return scanner.skip(this.#between[kinds.length]!) && scanner.at === to;
  }

  /** Adds what was read last. */
  add(sink: Sink): void {
    if (this.#series !== undefined) {
      const [value = Number.NaN] = this.#values;
      sink.add(this.#series, Number.isNaN(value) ? null : value, this.#time);
      return;
    }
    // A `value` that stands alone belongs to the series of the path itself.
    const isOwn = sink.hasPrefix && this.#keys.length === 1 && this.#keys[0] === "value";
    this.#row ??= new RowNames(isOwn ? [""] : this.#keys, -1);
    sink.addRow(this.#row, this.#values, this.#time);
  }

  #readOther(kind: Kind): boolean {
    const scanner = this.#scanner;
    if (kind === "word") return scanner.skipString() || scanner.skipBoolean();
    const text = scanner.string();
    if (kind === "series") {
      this.#series = text;
      return text !== undefined && text.trim() !== "";
    }
    this.#time =
      text === undefined ? epochToMs(scanner.number() ?? Number.NaN) : parseTime(text.trim());
    return this.#time !== undefined;
  }
}

function kindOf(key: string, value: RegExpExecArray, before: readonly Field[]): Kind | undefined {
  if (isIndex.test(key) || before.some((field) => field.key === key)) return undefined;
  const isNumber = value[1] !== undefined;
  if (isTimeKey(key) && !before.some(({ kind }) => kind === "time")) {
    return isNumber || value[2] !== undefined ? "time" : undefined;
  }
  return isNumber || value[0].startsWith("null") ? "number" : "word";
}

/** What these fields are together; undefined if it takes more to know than a look at each of them. */
function rowOf(fields: readonly Field[]): readonly Field[] | undefined {
  const numbers = fields.filter(({ kind }) => kind === "number");
  const names = fields.filter(({ key }) => key === "series" || key === "name");
  const isNamed = numbers.some(({ key }) => key === "value") && names.length > 0;
  if (!isNamed) return numbers.length > 0 ? fields : undefined;
  const isSimple = numbers.length === 1 && names.length === 1 && names[0]!.kind === "word";
  if (!isSimple) return undefined;
  return fields.map((field) => (field === names[0] ? { ...field, kind: "series" } : field));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let i = 0; i < codes.length; i++) codes[i] = text.charCodeAt(i);
  return codes;
}
