import { parseIsoTime, parseTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { parseQuantity } from "./number.ts";
import { expectedNumber, expectedTime } from "./rejection.ts";
import { isTimeKey } from "./time-key.ts";

/** The columns of a table, and what its rows are turned into. */
export class Rows {
  readonly width: number;
  readonly #names: readonly string[] | undefined;
  /** Columns that together are the time of a row: none, one, or a date and a clock. */
  readonly #timeColumns: readonly number[];

  private constructor(width: number, names: string[] | undefined, timeColumns: number[]) {
    this.width = width;
    this.#names = names;
    this.#timeColumns = timeColumns;
  }

  /** Columns with the names that stand above them. */
  static named(header: readonly string[]): Rows {
    return new Rows(header.length, unique(header), timeColumnsOf(header));
  }

  /** Columns without names, like those of the given row. Times come first, if at all. */
  static unnamed(fields: readonly string[]): Rows {
    const timeFirst = fields.length > 1 && parseIsoTime(fields[0]!) !== undefined;
    return new Rows(fields.length, undefined, timeFirst ? [0] : []);
  }

  add(fields: readonly string[], sink: Sink): void {
    if (fields.length !== this.width) {
      sink.reject(`expected ${this.width} fields, found ${fields.length}`);
      return;
    }
    let time: number | undefined;
    if (this.#timeColumns.length > 0) {
      const [first = 0, second] = this.#timeColumns;
      const text = second === undefined ? fields[first]! : `${fields[first]} ${fields[second]}`;
      time = parseTime(text);
      if (time === undefined) {
        sink.reject(expectedTime(this.#timeName, text));
        return;
      }
    }
    let empty = true;
    for (let column = 0; column < fields.length; column++) {
      const text = fields[column]!;
      // An empty field says nothing, not even that the value is absent.
      if (text === "" || this.#timeColumns.includes(column)) continue;
      empty = false;
      this.#addField(column, text, time, sink);
    }
    if (empty) sink.reject("expected a number, found empty fields");
  }

  #addField(column: number, text: string, time: number | undefined, sink: Sink): void {
    const value = parseQuantity(text);
    const name = this.#names?.[column];
    if (value === undefined) sink.reject(expectedNumber(name ?? `c${this.#place(column)}`, text));
    else if (name !== undefined && !this.#isOwn(column, sink)) sink.add(name, value, time);
    else sink.addUnnamed(this.#place(column), value, time);
  }

  /** The place of a column among those with values: 0 for the only one, else from 1. */
  #place(column: number): number {
    const times = this.#timeColumns.length;
    return this.width - times === 1 ? 0 : column + 1 - times;
  }

  /** A `value` that stands alone belongs to the series of the path itself, as in JSON. */
  #isOwn(column: number, sink: Sink): boolean {
    const isValue = this.#names?.[column]?.toLowerCase() === "value";
    return isValue && this.#place(column) === 0 && sink.hasPrefix;
  }

  get #timeName(): string {
    return this.#names?.[this.#timeColumns[0]!] ?? "c1";
  }
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
