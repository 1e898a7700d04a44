import { parseIsoTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import type { LineFormat } from "./line-format.ts";
import { parseNumber } from "./number.ts";
import { found } from "./rejection.ts";
import { Rows } from "./rows.ts";

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
  #rows: Rows | undefined;
  #header: number | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  line(text: string, number: number, sink: Sink): void {
    const fields = splitFields(text, this.#delimiter);
    if (fields === undefined) {
      sink.reject(`expected a field or a field in quotes, found ${found(text.trim())}`);
      return;
    }
    if (this.#rows === undefined && isHeader(fields)) {
      this.#rows = Rows.named(fields);
      this.#header = number;
      return;
    }
    this.#header = undefined;
    this.#rows ??= Rows.unnamed(fields);
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
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  const quoted = /\s*"((?:[^"]|"")*)"\s*/y;
  for (let at = 0; at <= line.length; at++) {
    quoted.lastIndex = at;
    const match = quoted.exec(line);
    const delimiterAt = line.indexOf(delimiter, match ? quoted.lastIndex : at);
    const end = delimiterAt < 0 ? line.length : delimiterAt;
    const bare = line.slice(match ? quoted.lastIndex : at, end).trim();
    // Text after a closing quote, or a quote that is never closed.
    if (match ? bare !== "" : bare.includes('"')) return undefined;
    fields.push(match ? match[1]!.replaceAll('""', '"').trim() : bare);
    at = end;
  }
  return fields;
}
