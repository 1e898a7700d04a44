import { parseNumber, parseQuantity, parseShort } from "./number.ts";

const quote = 34;
const carriageReturn = 13;

/**
 * The fields of one line, after RFC 4180, where they stand in a longer text.
 *
 * Made once and used for line after line: there are millions of fields, most of them are numbers, and
 * to read a number nothing has to be cut out.
 */
export class Fields {
  #text = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Those that stood in quotes, or that somebody else has cut out. */
  readonly #cut: (string | undefined)[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * Takes the line between `from` and `to`. Returns false if a quote is not closed, or stands in the
   * middle of a field.
   */
  split(text: string, from: number, to: number, delimiter: string): boolean {
    this.#text = text;
    this.#count = 0;
    // Or the last number of each line of Windows would have to be cut out.
    const end = text.charCodeAt(to - 1) === carriageReturn ? to - 1 : to;
    const delimiterCode = delimiter.charCodeAt(0);
    let start = from;
    for (let at = from; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiterCode) {
        this.#add(start, at, undefined);
        start = at + 1;
      } else if (code === quote) {
        at = this.#addQuoted(start, at, end, delimiter);
        if (at < 0) return false;
        if (at === end) return true;
        start = at + 1;
      }
    }
    this.#add(start, end, undefined);
    return true;
  }

  /** Takes fields that are cut out already. */
  set(texts: readonly string[]): void {
    this.#count = 0;
    for (const text of texts) this.#add(0, 0, text);
  }

  /** Without the blanks around it. */
  text(field: number): string {
    return this.#cut[field] ?? this.#text.slice(this.#starts[field], this.#ends[field]).trim();
  }

  texts(): string[] {
    return Array.from({ length: this.#count }, (_, field) => this.text(field));
  }

  /** A decimal number and nothing else; undefined for anything else. */
  number(field: number): number | undefined {
    return this.#short(field) ?? parseNumber(this.text(field));
  }

  /** A number that may carry a unit; undefined for anything else. */
  quantity(field: number): number | undefined {
    return this.#short(field) ?? parseQuantity(this.text(field));
  }

  #short(field: number): number | undefined {
    if (this.#cut[field] !== undefined) return undefined;
    return parseShort(this.#text, this.#starts[field]!, this.#ends[field]!);
  }

  #add(start: number, end: number, cut: string | undefined): void {
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#cut[this.#count] = cut;
    this.#count++;
  }

  /** Adds a field that begins at `start` and its quotes at `open`. Returns where it ends, or -1. */
  #addQuoted(start: number, open: number, end: number, delimiter: string): number {
    const text = this.#text;
    let close = text.indexOf('"', open + 1);
    const first = close;
    while (close >= 0 && text.charCodeAt(close + 1) === quote) close = text.indexOf('"', close + 2);
    if (close < 0 || close >= end) return -1;
    const next = text.indexOf(delimiter, close);
    const fieldEnd = next < 0 || next > end ? end : next;
    const hasMore = open > start || close + 1 < fieldEnd;
    if (hasMore && (text.slice(start, open) + text.slice(close + 1, fieldEnd)).trim() !== "")
      return -1;
    const inside = text.slice(open + 1, close);
    this.#add(start, fieldEnd, (close > first ? inside.replaceAll('""', '"') : inside).trim());
    return fieldEnd;
  }
}
