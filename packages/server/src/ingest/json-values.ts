import { isBinary } from "./binary.ts";
import type { Collector } from "./collector.ts";
import { JsonRecords } from "./json-record.ts";
import { JsonShapes } from "./json-shapes.ts";
import type { Piece } from "./piece.ts";
import { found } from "./rejection.ts";

/** Each record is held whole in memory, and again while it is parsed. */
export const maxLineLength = 1024 * 1024;
const maxValueLength = 16 * maxLineLength;

export const tooLongLine = "expected a line of at most 1 MiB, found a longer one";

const newline = 10;
const carriageReturn = 13;
const doubleQuote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

// Of so many open containers the kind is known; no measurement is deeper.
const maxKnownDepth = 64;

/**
 * Takes JSON text apart into records, in whatever pieces it comes: an object on each line, one over
 * many lines, an array, or several of these one after the other.
 *
 * An array at the top is read as a sequence of records, so it may have any length. What is broken
 * costs as little as possible of what follows it: a string ends with its line, and a bracket that
 * begins a line where JSON allows none begins a new record.
 */
export class JsonValues {
  readonly #collector: Collector;
  readonly #records = new JsonRecords();
  readonly #shapes = new JsonShapes();
  #line: number;
  /** Only blanks so far on this line. */
  #fresh = true;
  /** What is read is the rest of something broken; the next line that begins with a bracket is not. */
  #lost = false;
  #inArray = false;
  #elements = 0;

  // The record under way.
  #kind: "none" | "scalar" | "nested" = "none";
  #firstLine = 0;
  #text = "";
  #length = 0;
  #inString = false;
  #escaped = false;
  #depth = 0;
  readonly #isObject: boolean[] = [];
  #last = 0;

  constructor(collector: Collector, line: number) {
    this.#collector = collector;
    this.#line = line;
  }

  get line(): number {
    return this.#line;
  }

  push(piece: Piece): void {
    const { text } = piece;
    const hasBinary = isBinary(text);
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === openBrace && this.#fresh && this.#kind === "none" && !hasBinary) {
        const end = this.#readLine(piece, i);
        if (end >= 0) {
          i = end - 1;
          continue;
        }
      }
      if (code === newline) {
        if (this.#inString) this.#break(text.slice(from, i));
        else if (this.#kind === "scalar") this.#finish(text.slice(from, i));
        this.#line++;
        this.#fresh = true;
      } else if (this.#inString) {
        this.#readString(code);
      } else if (code > 32) {
        if (this.#kind === "nested" && this.#fresh && !this.#mayFollow(code)) {
          this.#break(text.slice(from, i));
          this.#lost = false;
        }
        if (this.#kind === "none") {
          if (this.#start(code)) from = i;
        } else if (this.#kind === "nested") {
          if (this.#readNested(code)) this.#finish(text.slice(from, i + 1));
        } else if (this.#inArray && (code === comma || code === closeBracket)) {
          this.#finish(text.slice(from, i));
          this.#start(code);
        } else if (code === doubleQuote) {
          this.#inString = true;
        }
        this.#fresh = false;
        this.#last = code;
      }
    }
    if (this.#kind !== "none") this.#keep(text.slice(from));
  }

  /** The text has ended where its sender meant it to. */
  end(): void {
    if (this.#kind === "scalar") this.#finish("");
    if (this.#kind === "nested") {
      this.#reject(`expected the rest of ${found(this.#text)}, found the end`);
    } else if (this.#inArray) {
      this.#firstLine = this.#line;
      this.#reject(`expected "]" after the last value, found the end`);
    }
  }

  /**
   * Reads an object that has its line for itself, as most have, and without looking at each character.
   * Returns where the line ends; -1, having done nothing, if it must be looked at.
   */
  #readLine(piece: Piece, from: number): number {
    const { text } = piece;
    const end = text.indexOf("\n", from);
    if (end < 0 || end - from > maxLineLength) return -1;
    let to = text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
    if (text.charCodeAt(to - 1) === comma) to--;
    if (text.charCodeAt(to - 1) !== closeBrace) return -1;
    const shape = this.#shapes.read(piece, from, to);
    const record = shape ? undefined : parseLenient(text.slice(from, to));
    if (!shape && record === undefined) return -1;
    // Begun for what there is to remember of an array, and over at once.
    this.#start(openBrace);
    this.#kind = "none";
    this.#collector.begin(this.#line);
    if (shape) shape.add(this.#collector);
    else this.#records.add(record, this.#collector);
    this.#collector.end();
    return end;
  }

  #readString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === backslash) this.#escaped = true;
    else if (code === doubleQuote) this.#inString = false;
  }

  /** Returns whether a record begins with this character. */
  #start(code: number): boolean {
    if (this.#lost && !(this.#fresh && (isOpening(code) || code === closeBracket))) return false;
    this.#lost = false;
    if (code === comma) return false;
    if (code === closeBracket && this.#inArray) {
      this.#inArray = false;
      this.#firstLine = this.#line;
      if (this.#elements === 0) this.#reject("expected numbers in the array, found none");
      return false;
    }
    if (code === openBracket && !this.#inArray) {
      this.#inArray = true;
      this.#elements = 0;
      return false;
    }
    this.#elements++;
    this.#firstLine = this.#line;
    this.#kind = isOpening(code) ? "nested" : "scalar";
    this.#depth = 0;
    this.#readNested(code);
    return true;
  }

  /** Returns whether the record ends with this character. */
  #readNested(code: number): boolean {
    if (code === doubleQuote) {
      this.#inString = true;
    } else if (isOpening(code)) {
      if (this.#depth < maxKnownDepth) this.#isObject[this.#depth] = code === openBrace;
      this.#depth++;
    } else if (code === closeBrace || code === closeBracket) {
      return --this.#depth === 0;
    }
    return false;
  }

  /** Whether what begins a line can belong to the record before it. */
  #mayFollow(code: number): boolean {
    if (!isOpening(code) || this.#depth > maxKnownDepth) return true;
    if (this.#isObject[this.#depth - 1]) return this.#last === colon;
    return this.#last === comma || this.#last === openBracket;
  }

  #keep(text: string): void {
    this.#length += text.length;
    const limit = this.#kind === "scalar" ? maxLineLength : maxValueLength;
    this.#text = this.#length > limit ? "" : this.#text + text;
  }

  #finish(rest: string): void {
    this.#keep(rest);
    if (this.#isTooLong) {
      this.#reject("");
    } else {
      this.#collector.begin(this.#firstLine);
      this.#add(this.#text.trim());
      this.#collector.end();
    }
    this.#clear();
  }

  #break(rest: string): void {
    if (this.#kind === "scalar") {
      this.#finish(rest);
      return;
    }
    this.#keep(rest);
    this.#reject(notJson(this.#text.trim()));
    this.#clear();
    this.#lost = true;
  }

  #clear(): void {
    this.#kind = "none";
    this.#text = "";
    this.#length = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  #add(text: string): void {
    if (isBinary(text)) {
      this.#collector.rejectBinary();
      return;
    }
    const record = this.#kind === "nested" ? parseLenient(text) : parseScalar(text);
    if (record !== undefined) this.#records.add(record, this.#collector);
    else if (this.#collector.loose && this.#kind === "scalar") this.#collector.ignore();
    else this.#collector.reject(notJson(text));
  }

  /** Rejects the record under way, or whatever stands where one should. */
  #reject(reason: string): void {
    this.#collector.begin(this.#firstLine);
    this.#collector.reject(this.#isTooLong ? tooLong(this.#kind) : reason);
    this.#collector.end();
  }

  /** Of a record that is too long nothing is kept, but its end is looked for all the same. */
  get #isTooLong(): boolean {
    return this.#length > this.#text.length;
  }
}

function isOpening(code: number): boolean {
  return code === openBrace || code === openBracket;
}

function tooLong(kind: "none" | "scalar" | "nested"): string {
  return kind === "scalar"
    ? tooLongLine
    : "expected a JSON value of at most 16 MiB, found a longer one; send one object per line (NDJSON)";
}

/** Undefined, which is no JSON value, for text that is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Most of what is no JSON ends up here, and a failed JSON.parse costs as much as ten good ones.
function parseScalar(text: string): unknown {
  return /^(?:-?\d|"|true$|false$|null$)/.test(text) ? parse(text) : undefined;
}

/**
 * Python and others write NaN and Infinity, which JSON does not have. As a number too large, each is
 * refused by its name and the others beside it are kept.
 */
function parseLenient(text: string): unknown {
  const record = parse(text);
  // A longer one is no row of a log by Python, and the search costs stack.
  if (record !== undefined || text.length > maxLineLength) return record;
  const repaired = text.replace(/"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)/g, (token) =>
    token.startsWith('"') ? token : "1e999",
  );
  return repaired === text ? undefined : parse(repaired);
}

function notJson(text: string): string {
  // What is left of {"cpu":1} when a shell has eaten its quotes.
  const bare = /^[[{,\s]*'?[A-Za-z_]\w*'?\s*:/.test(text.slice(0, 100));
  return `expected JSON${bare ? ", with its keys in double quotes" : ""}, found ${found(text)}`;
}
