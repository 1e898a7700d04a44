import { intDigits, numberOf } from "./number.ts";
import type { Piece } from "./piece.ts";

const minus = 45;
const dot = 46;
const zero = 48;
const exponent = 101;
const doubleQuote = 34;
const backslash = 92;

const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordToken = /true|false/y;

/**
 * Reads pieces of JSON one after the other, where they stand in a text. What is not plain and simple
 * is refused, and somebody else has to look at it.
 */
export class JsonScanner {
  #text = "";
  #codes: Uint16Array = new Uint16Array();
  #at = 0;

  /** Where the next piece begins. */
  get at(): number {
    return this.#at;
  }

  begin({ text, codes }: Piece, at: number): void {
    this.#text = text;
    this.#codes = codes;
    this.#at = at;
  }

  /** Passes over exactly this text, given as its UTF-16 codes. */
  skip(expected: Uint16Array): boolean {
    const codes = this.#codes;
    const at = this.#at;
    for (let i = 0; i < expected.length; i++) {
      if (codes[at + i] !== expected[i]) return false;
    }
    this.#at = at + expected.length;
    return true;
  }

  /** A number, or NaN for `null`; undefined for anything else, and for what float64 cannot hold. */
  number(): number | undefined {
    const codes = this.#codes;
    const isNegative = codes[this.#at] === minus;
    const first = isNegative ? this.#at + 1 : this.#at;
    let at = first;
    let code = codes[at]!;
    let digits = 0;
    let point = -1;
    let top = 0;
    let rest = 0;
    for (; ; code = codes[++at]!) {
      const digit = code - zero;
      if (digit >= 0 && digit <= 9) {
        if (digits === intDigits) {
          top = rest;
          rest = 0;
        }
        rest = (rest * 10 + digit) | 0;
        digits++;
      } else if (code === dot && point < 0) point = digits;
      else break;
    }
    const whole = point < 0 ? digits : point;
    // JSON knows no 01, no .5 and no 5.
    const isJson = point !== digits && (whole === 1 || (whole > 1 && codes[first] !== zero));
    const value = numberOf(top, rest, digits, digits - whole);
    if (!isJson || Number.isNaN(value) || (code | 32) === exponent) return this.#oddNumber();
    this.#at = at;
    return isNegative ? -value : value;
  }

  /** What stands in quotes, without a backslash; undefined for anything else. */
  string(): string | undefined {
    const from = this.#at + 1;
    return this.skipString() ? this.#text.slice(from, this.#at - 1) : undefined;
  }

  skipString(): boolean {
    const codes = this.#codes;
    let at = this.#at;
    if (codes[at] !== doubleQuote) return false;
    for (;;) {
      const code = codes[++at]!;
      if (code === doubleQuote) break;
      if (code < 32 || code === backslash) return false;
    }
    this.#at = at + 1;
    return true;
  }

  /** `true` or `false`. */
  skipBoolean(): boolean {
    wordToken.lastIndex = this.#at;
    if (!wordToken.test(this.#text)) return false;
    this.#at = wordToken.lastIndex;
    return true;
  }

  #oddNumber(): number | undefined {
    if (this.#text.startsWith("null", this.#at)) {
      this.#at += 4;
      return Number.NaN;
    }
    numberToken.lastIndex = this.#at;
    const value = Number(numberToken.exec(this.#text)?.[0]);
    if (!Number.isFinite(value)) return undefined;
    this.#at = numberToken.lastIndex;
    return value;
  }
}
