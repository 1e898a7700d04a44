import { isBinary } from "./binary.ts";
import type { Collector } from "./collector.ts";
import { FreeText } from "./free-text.ts";
import { JsonValues, maxLineLength, tooLongLine } from "./json-values.ts";
import type { LineFormat } from "./line-format.ts";
import { Codes, type Piece } from "./piece.ts";
import { csvBelow, formatOf, looksLikeJson, mayBeNames } from "./sniff.ts";

// The beginning of a longer first line is enough to see whether it is JSON.
const sniffLength = 1024;

// One of each for all texts: they are read one at a time, and a piece to its end.
const pieceCodes = new Codes();
const lineCodes = new Codes();
const nameCodes = new Codes();

/**
 * Reads one text of any length, in whatever pieces it comes; what it says is the same however the
 * text is cut. The format is told by the first lines, never by what the sender claims it to be.
 */
export class Parser {
  readonly #collector: Collector;
  #format: LineFormat | undefined;
  #json: JsonValues | undefined;
  #isSniffed = false;
  /** The names of a table, perhaps; the next line tells. */
  #names: { readonly text: string; readonly line: number } | undefined;
  #line = 1;
  /** The beginning of a line whose end has not come. */
  #rest = "";
  /** The line is too long and is passed over up to its end. */
  #skipping = false;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  /** The line that is being read, from 1. */
  get line(): number {
    return this.#json?.line ?? this.#line;
  }

  push(text: string): void {
    const piece = pieceCodes.pieceOf(text);
    if (this.#json) {
      this.#json.push(piece);
      return;
    }
    const hasBinary = isBinary(text);
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      if (this.#isSniffed && this.#rest === "") {
        // Nearly all lines: they are read where they stand.
        this.#readLine(piece, from, end, hasBinary);
      } else {
        const line = this.#begun(this.#rest + text.slice(from, end));
        if (!this.#isSniffed && this.#sniff(line)) {
          this.#startJson(line + text.slice(end));
          return;
        }
        this.#rest = "";
        this.#readLine(lineCodes.pieceOf(line), 0, line.length, true);
      }
      this.#line++;
      from = end + 1;
    }
    this.#keep(text.slice(from));
  }

  /** The text has ended where its sender meant it to. */
  end(): void {
    if (!this.#json && !this.#isSniffed && this.#sniff(this.#rest)) this.#startJson(this.#rest);
    if (this.#json) {
      this.#json.end();
      return;
    }
    this.#readLine(lineCodes.pieceOf(this.#rest), 0, this.#rest.length, true);
    this.#rest = "";
    if (this.#names) this.#format = this.#replayNames(new FreeText());
    this.#format?.end(this.#collector);
  }

  #keep(text: string): void {
    if (this.#skipping) return;
    this.#rest += this.#rest === "" ? this.#begun(text) : text;
    if (!this.#isSniffed && this.#rest.length >= sniffLength && this.#sniff(this.#rest)) {
      this.#startJson(this.#rest);
    } else if (this.#rest.length > maxLineLength) {
      this.#skipping = true;
      this.#rest = "";
      this.#record(() => this.#collector.reject(tooLongLine));
    }
  }

  /** Blanks before everything else are not part of any line: the text may be sniffed at once. */
  #begun(text: string): string {
    return this.#isSniffed ? text : text.trimStart();
  }

  /** Returns whether the text is JSON. Looks at no more than is always there, however it was cut. */
  #sniff(text: string): boolean {
    this.#isSniffed = text !== "";
    return this.#isSniffed && looksLikeJson(text.slice(0, sniffLength), this.#collector.loose);
  }

  #startJson(text: string): void {
    this.#rest = "";
    this.#json = new JsonValues(this.#collector, this.#line);
    this.#json.push(lineCodes.pieceOf(text));
  }

  #readLine(piece: Piece, from: number, to: number, mayBeBinary: boolean): void {
    const { text } = piece;
    if (this.#skipping) {
      this.#skipping = false;
    } else if (to - from > maxLineLength) {
      this.#record(() => this.#collector.reject(tooLongLine));
    } else if (mayBeBinary && isBinary(text.slice(from, to))) {
      this.#record(() => this.#collector.rejectBinary());
    } else if (!isBlank(text, from, to)) {
      const format = this.#format ?? this.#chooseFormat(text.slice(from, to));
      if (format === undefined) return;
      this.#collector.begin(this.#line);
      format.line(piece, from, to, this.#line, this.#collector);
      this.#collector.end();
    }
  }

  /** The format that begins with this line; undefined if only the next line tells. */
  #chooseFormat(text: string): LineFormat | undefined {
    const { loose } = this.#collector;
    if (this.#names === undefined && loose && mayBeNames(text)) {
      this.#names = { text, line: this.#line };
      return undefined;
    }
    this.#format = this.#names
      ? this.#replayNames(csvBelow(this.#names.text, text) ?? new FreeText())
      : formatOf(text, loose);
    return this.#format;
  }

  /** Gives a format the line that waited for it. */
  #replayNames(format: LineFormat): LineFormat {
    if (this.#names === undefined) return format;
    const { text, line } = this.#names;
    this.#names = undefined;
    this.#collector.begin(line);
    format.line(nameCodes.pieceOf(text), 0, text.length, line, this.#collector);
    this.#collector.end();
    return format;
  }

  #record(read: () => void): void {
    this.#collector.begin(this.#line);
    read();
    this.#collector.end();
  }
}

function isBlank(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from);
  return !(code > 32 && code < 128) && text.slice(from, to).trimStart() === "";
}
