import { epochToMs, parseIsoTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import type { Fields } from "./fields.ts";
import type { Piece } from "./piece.ts";
import { RowNames, readPlainRow } from "./plain-row.ts";
import { expectedNumber, expectedTime } from "./rejection.ts";
import { isTimeKey } from "./time-key.ts";

const hyphen = 45;
/** What is remembered of each column must not be remembered of millions. */
const maxPlainWidth = 10_000;

/** The columns of a table, and what its rows are turned into. */
export class Rows {
  readonly #width: number;
  readonly #names: readonly string[] | undefined;
  /** Columns that together are the time of a row: none, one, or a date and a clock. */
  readonly #timeColumns: readonly number[];
  /** The others. */
  readonly #valueColumns: readonly number[];
  /** The only one is called `value`: it belongs to the series of the path itself, as in JSON. */
  readonly #isOwn: boolean;
  readonly #one: One | undefined;
  /** What `addPlain` needs, once it has been asked for. */
  #plain: RowNames | "none" | undefined;
  #values = new Float64Array();
  // Neighbours often share their time, and an ISO time takes longer to read than all the rest.
  #timeText = "";
  #time: number | undefined;

  private constructor(width: number, names: readonly string[] | undefined, timeColumns: number[]) {
    const columns = Array.from({ length: width }, (_, column) => column);
    this.#width = width;
    this.#names = names && unique(names);
    this.#timeColumns = timeColumns;
    this.#valueColumns = columns.filter((column) => !timeColumns.includes(column));
    const [value] = this.#valueColumns;
    this.#isOwn = this.#valueColumns.length === 1 && names?.[value!]?.toLowerCase() === "value";
    this.#one = names && oneOf(names, this.#valueColumns);
  }

  /** Columns with the names that stand above them. */
  static named(header: readonly string[]): Rows {
    return new Rows(header.length, header, timeColumnsOf(header));
  }

  /** Columns without names, like those of the given row. Times come first, if at all. */
  static unnamed(fields: readonly string[]): Rows {
    const timeFirst = fields.length > 1 && parseIsoTime(fields[0]!) !== undefined;
    return new Rows(fields.length, undefined, timeFirst ? [0] : []);
  }

  get width(): number {
    return this.#width;
  }

  /** Takes a line that holds nothing but numbers, and perhaps a time before them. False for others. */
  addPlain(
    { text, codes }: Piece,
    from: number,
    to: number,
    delimiter: string,
    sink: Sink,
  ): boolean {
    this.#plain ??= this.#plainNames(sink);
    const plain = this.#plain;
    if (plain === "none") return false;
    const values = this.#values;
    let start = from;
    let time: number | undefined;
    if (plain.timeAt === 0 && codes[from + 4] === hyphen) {
      start = text.indexOf(delimiter, from) + 1;
      time = start === 0 || start > to ? undefined : this.#isoTime(text.slice(from, start - 1));
      if (time === undefined) return false;
    }
    const first = time === undefined ? 0 : 1;
    if (!readPlainRow(codes, start, to, delimiter.charCodeAt(0), values, first)) return false;
    if (time === undefined && plain.timeAt >= 0) {
      time = epochToMs(values[plain.timeAt]!);
      if (time === undefined) return false;
    }
    sink.addRow(plain, values, time);
    return true;
  }

  add(fields: Fields, sink: Sink): void {
    if (fields.count !== this.#width) {
      sink.reject(`expected ${this.#width} fields, found ${fields.count}`);
      return;
    }
    const hasTime = this.#timeColumns.length > 0;
    const time = hasTime ? this.#timeOf(fields) : undefined;
    if (hasTime && time === undefined) {
      sink.reject(expectedTime(this.#timeName, this.#timeTextOf(fields)));
    } else if (this.#one === undefined) {
      this.#addAll(fields, time, sink);
    } else {
      this.#addOne(fields, this.#one, time, sink);
    }
  }

  #addAll(fields: Fields, time: number | undefined, sink: Sink): void {
    const isOwn = this.#isOwn && sink.hasPrefix;
    let empty = true;
    for (let i = 0; i < this.#valueColumns.length; i++) {
      const column = this.#valueColumns[i]!;
      const value = fields.quantity(column);
      // An empty field says nothing, not even that the value is absent.
      if (value === undefined && fields.text(column) === "") continue;
      empty = false;
      // 0 for the only one, else from 1.
      const place = this.#valueColumns.length === 1 ? 0 : i + 1;
      const name = this.#names?.[column];
      if (value === undefined) {
        sink.reject(expectedNumber(name ?? `c${place}`, fields.text(column)));
      } else if (name === undefined || isOwn) sink.addUnnamed(place, value, time);
      else sink.add(name, value, time);
    }
    if (empty) sink.reject("expected a number, found empty fields");
  }

  #addOne(fields: Fields, columns: One, time: number | undefined, sink: Sink): void {
    const series = fields.text(columns.series);
    const value = fields.quantity(columns.value);
    if (series === "") sink.reject("expected a series name, found nothing");
    else if (value !== undefined) sink.add(series, value, time);
    // Such a row says nothing else, so it says that there is no value.
    else if (fields.text(columns.value) === "") sink.add(series, null, time);
    else sink.reject(expectedNumber(series, fields.text(columns.value)));
  }

  #timeOf(fields: Fields): number | undefined {
    const epoch = this.#timeColumns.length === 1 ? fields.number(this.#timeColumns[0]!) : undefined;
    if (epoch !== undefined) return epochToMs(epoch);
    return this.#isoTime(this.#timeTextOf(fields));
  }

  #isoTime(text: string): number | undefined {
    if (text !== this.#timeText) {
      this.#time = parseIsoTime(text);
      this.#timeText = text;
    }
    return this.#time;
  }

  /** Unless what a row says of a column depends on more than the number that stands there. */
  #plainNames(sink: Sink): RowNames | "none" {
    const [timeAt = -1, more] = this.#timeColumns;
    const columns = this.#valueColumns;
    const isOwn = this.#isOwn && sink.hasPrefix;
    const isNamed = sink.hasPrefix || this.#names !== undefined;
    if (this.#one || more !== undefined || !isNamed || columns.length === 0) return "none";
    if (this.#width > maxPlainWidth) return "none";
    const names = Array.from({ length: this.#width }, () => "");
    for (const [i, column] of columns.entries()) {
      if (isOwn) continue;
      names[column] = this.#names?.[column] ?? (columns.length === 1 ? "" : `c${i + 1}`);
    }
    this.#values = new Float64Array(this.#width);
    return new RowNames(names, timeAt);
  }

  #timeTextOf(fields: Fields): string {
    const [first = 0, second] = this.#timeColumns;
    return second === undefined
      ? fields.text(first)
      : `${fields.text(first)} ${fields.text(second)}`;
  }

  get #timeName(): string {
    return this.#names?.[this.#timeColumns[0]!] ?? "c1";
  }
}

/** Columns of a table with one value in each row, and beside it the name of its series. */
type One = { readonly series: number; readonly value: number };

/** If there is nothing else in the table but a time; then a row can mean nothing else. */
function oneOf(header: readonly string[], valueColumns: readonly number[]): One | undefined {
  const lower = header.map((name) => name.toLowerCase());
  const series = lower.findIndex((name) => name === "series" || name === "name");
  const value = lower.indexOf("value");
  return valueColumns.length === 2 && series >= 0 && value >= 0 ? { series, value } : undefined;
}

function timeColumnsOf(header: readonly string[]): number[] {
  const lower = header.map((name) => name.toLowerCase());
  const date = lower.indexOf("date");
  const clock = lower.indexOf("time");
  if (date >= 0 && clock >= 0) return [date, clock];
  const time = lower.findIndex((name) => isTimeKey(name) || name === "date" || name === "datetime");
  return time < 0 ? [] : [time];
}

/** A column without a name is called after its place; equal names would overwrite each other. */
function unique(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((given, column) => {
    const name = given === "" ? `c${column + 1}` : given;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}.${count}`;
  });
}
