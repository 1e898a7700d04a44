import { parseIsoTime } from "@plotcast/protocol";
import { Csv, findDelimiter, isHeader, splitFields } from "./csv.ts";
import { FreeText } from "./free-text.ts";
import type { LineFormat } from "./line-format.ts";
import { parseQuantity } from "./number.ts";
import { Pairs } from "./pairs.ts";
import { Table } from "./table.ts";

// A log line may begin with a bracket as well, such as `[12:30:00] started`.
const jsonStart =
  /^(?:\{\s*(?:["}]|$)|\[\s*(?:[[{"\]]|$|(?:-?\d[\d.eE+-]*|null)\s*(?:,|$|\]\s*$)))/;
const pairStart = /^\s*[^\s,;&={}"]+(?:\{[^{}]*\})?\s*=/;

/** Whether a text that begins like this, blanks aside, is JSON. */
export function looksLikeJson(text: string, loose: boolean): boolean {
  return loose ? jsonStart.test(text) : text.startsWith("{") || text.startsWith("[");
}

/** The format of a text that is no JSON and has this first line. */
export function formatOf(line: string, loose: boolean): LineFormat {
  const delimiter = findDelimiter(line);
  if (loose) return delimiter && isRow(line, delimiter) ? new Csv(delimiter) : new FreeText();
  if (pairStart.test(line)) return new Pairs();
  return delimiter ? new Csv(delimiter) : new Table();
}

/**
 * Whether a line of a program's output may be the names of a table with delimiters. People write
 * commas and semicolons too, so the line below it must agree: see `csvBelow`.
 */
export function mayBeNames(line: string): boolean {
  const delimiter = findDelimiter(line);
  const fields = delimiter && !pairStart.test(line) && splitFields(line, delimiter);
  return Boolean(fields) && isHeader(fields as string[]);
}

/** The format of the two lines, if the second is a row below the names in the first. */
export function csvBelow(names: string, line: string): LineFormat | undefined {
  const delimiter = findDelimiter(names)!;
  const fields = splitFields(line, delimiter);
  const fits = fields?.length === splitFields(names, delimiter)?.length;
  return fits && fields?.some(isNumber) ? new Csv(delimiter) : undefined;
}

function isRow(line: string, delimiter: string): boolean {
  const fields = splitFields(line, delimiter) ?? [];
  const isPart = (field: string) =>
    field === "" || isNumber(field) || parseIsoTime(field) !== undefined;
  return fields.every(isPart) && fields.some(isNumber);
}

function isNumber(field: string): boolean {
  return parseQuantity(field) !== undefined;
}
