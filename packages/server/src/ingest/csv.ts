import { parseIsoTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { Fields } from "./fields.ts";
import type { LineFormat } from "./line-format.ts";
import { parseNumber } from "./number.ts";
import type { Piece } from "./piece.ts";
import { found } from "./rejection.ts";
import { Rows } from "./rows.ts";

const carriageReturn = 13;

/** What may stand between fields, in the order in which it is looked for. */
const delimiters = ["\t", ";", ","] as const;

/** What separates the fields of a line; undefined if there is only one. Quoted text is passed over. */
export function findDelimiter(line: string): string | undefined {
  const bare = line.includes('"') ? line.replace(/"[^"]*"/g, "") : line;
  return delimiters.find((delimiter) => bare.includes(delimiter));
}

/** Rows of fields, after RFC 4180 but within one line. The first row may be names. */
export class Csv implements LineFormat {
  readonly #delimiter: string;
  readonly #fields = new Fields();
  #rows: Rows | undefined;
  #header: number | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  line(piece: Piece, from: number, to: number, number: number, sink: Sink): void {
    const { text } = piece;
    // Of Windows' line ends the rows know nothing.
    const end = text.charCodeAt(to - 1) === carriageReturn ? to - 1 : to;
    if (this.#rows?.addPlain(piece, from, end, this.#delimiter, sink)) {
      this.#header = undefined;
      return;
    }
    const fields = this.#fields;
    if (!fields.split(text, from, to, this.#delimiter)) {
      const line = text.slice(from, to).trim();
      sink.reject(`expected a field or a field in quotes, found ${found(line)}`);
      return;
    }
    if (this.#rows === undefined && isHeader(fields.texts())) {
      this.#rows = Rows.named(fields.texts());
      this.#header = number;
      return;
    }
    this.#header = undefined;
    this.#rows ??= Rows.unnamed(fields.texts());
    this.#rows.add(fields, sink);
  }

  end(sink: Sink): void {
    if (this.#header === undefined) return;
    sink.rejectEarlier(this.#header, "expected rows below the names, found none");
  }
}

/** Names are not numbers. One number makes it a row, in which anything else is a mistake. */
export function isHeader(fields: readonly string[]): boolean {
  const isName = (text: string) =>
    parseNumber(text) === undefined && parseIsoTime(text) === undefined;
  return fields.every(isName) && fields.some((text) => text !== "");
}

/** The fields of a line; undefined if a quote is not closed or closes in the middle of a field. */
export function splitFields(line: string, delimiter: string): string[] | undefined {
  const fields = new Fields();
  return fields.split(line, 0, line.length, delimiter) ? fields.texts() : undefined;
}
