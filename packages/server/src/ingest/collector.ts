import { type SampleBlock, SampleBlockBuilder } from "../log/sample-block.ts";
import type { ArrivalClock } from "./arrival-clock.ts";
import type { RowNames } from "./plain-row.ts";
import { quote, type Rejection } from "./rejection.ts";
import type { NamedSeries, SeriesNames } from "./series-names.ts";
import { everyTime, outsideOf, type TimeRange } from "./time-range.ts";

/** Where a format puts what it has read of one record: a line, or one JSON value. */
export interface Sink {
  /** Whether the input is some program's output, where a line without a number is no mistake. */
  readonly loose: boolean;
  /** Whether names stand below a prefix, which can then be a series itself. */
  readonly hasPrefix: boolean;
  /** One value of the record. Without a time it gets the record's time of arrival. */
  add(name: string, value: number | null, time: number | undefined): void;
  /** A value without a name. `column` is 0 for the only one of its record, else counts from 1. */
  addUnnamed(column: number, value: number | null, time: number | undefined): void;
  /** All values of a record that has one time: finite, or NaN for `null`. */
  addRow(names: RowNames, values: Float64Array, time: number | undefined): void;
  /** Something in the record cannot be taken; what else is in it can. */
  reject(reason: string): void;
  /** A record before this one is found wanting only now. Before anything is said of this one. */
  rejectEarlier(line: number, reason: string): void;
  /** The record holds no number, and that is no mistake. */
  ignore(): void;
}

/** What has become of the records so far. */
export type Tally = {
  /** Records, without blank lines, headers and what was ignored. */
  readonly lines: number;
  /** Whether these were lines: there may be many JSON values on one. */
  readonly unit: "line" | "value";
  /** Those of which nothing was rejected. */
  readonly kept: number;
  /** Those of which something was kept and something rejected. */
  readonly partly: number;
  readonly ignored: number;
  readonly samples: number;
  /** The first of them. */
  readonly rejections: readonly Rejection[];
  readonly rejected: number;
};

// Nobody reads more of them, and a body can hold millions.
const maxRejections = 20;

/** Gathers samples until they are taken, and counts. */
export class Collector implements Sink {
  readonly loose: boolean;
  /** Samples with a time outside of it are rejected; those of arrival never are. */
  range: TimeRange = everyTime;
  readonly #names: SeriesNames;
  readonly #clock: ArrivalClock;
  readonly #onRejected: ((line: number, reason: string) => void) | undefined;
  readonly #rejections: Rejection[] = [];
  readonly #builder = new SampleBlockBuilder();
  /** Counts the blocks: what a series remembers of its place holds for one of them. */
  #block = 1;
  #lines = 0;
  #lastLine = 0;
  #unit: Tally["unit"] = "line";
  #kept = 0;
  #partly = 0;
  #ignored = 0;
  #taken = 0;
  #rejected = 0;
  /** Nothing good has come since binary data was found. */
  #binary = false;

  // Of the record under way.
  #line = 0;
  #stamp: number | undefined;
  #samplesBefore = 0;
  #refused = false;
  /** A time that has been rejected: of a row of a thousand columns it is said once. */
  #outside: number | undefined;

  constructor(
    names: SeriesNames,
    clock: ArrivalClock,
    options: { loose: boolean; onRejected?: ((line: number, reason: string) => void) | undefined },
  ) {
    this.loose = options.loose;
    this.#names = names;
    this.#clock = clock;
    this.#onRejected = options.onRejected;
  }

  get hasPrefix(): boolean {
    return this.#names.hasPrefix;
  }

  /** Samples that wait to be taken. */
  get size(): number {
    return this.#builder.length;
  }

  take(): SampleBlock {
    this.#taken += this.#builder.length;
    this.#block++;
    return this.#builder.take();
  }

  get tally(): Tally {
    return {
      lines: this.#lines,
      unit: this.#unit,
      kept: this.#kept,
      partly: this.#partly,
      ignored: this.#ignored,
      samples: this.#taken + this.#builder.length,
      rejections: this.#rejections,
      rejected: this.#rejected,
    };
  }

  begin(line: number): void {
    this.#line = line;
    this.#stamp = undefined;
    this.#samplesBefore = this.#builder.length;
    this.#refused = false;
    this.#outside = undefined;
  }

  /** A record of which nothing was said was a header, or a line that waits for the next. */
  end(): void {
    const added = this.#builder.length > this.#samplesBefore;
    if (added) this.#binary = false;
    if (added || this.#refused) {
      this.#lines++;
      if (this.#line === this.#lastLine) this.#unit = "value";
      this.#lastLine = this.#line;
    }
    if (added && this.#refused) this.#partly++;
    else if (added) this.#kept++;
  }

  add(name: string, value: number | null, time: number | undefined): void {
    if (value !== null && !Number.isFinite(value)) {
      const what = name === "" ? "" : ` for ${quote(name)}`;
      this.reject(`expected a number below 1.8e308${what}, found NaN or Infinity`);
      return;
    }
    if (time !== undefined && !(time >= this.range.from && time <= this.range.to)) {
      this.#rejectTime(time);
      return;
    }
    const found = this.#names.resolve(name);
    if ("reason" in found) this.reject(found.reason);
    else this.#put(found, time ?? this.#arrival(), value ?? Number.NaN);
  }

  addUnnamed(column: number, value: number | null, time: number | undefined): void {
    if (this.#names.hasUnnamed) {
      this.add(column === 0 ? "" : `c${column}`, value, time);
      return;
    }
    if (this.#refused) return;
    this.reject(
      `expected a name for the number, found ${value}; POST it to /<series>, or send name=value`,
    );
  }

  addRow(row: RowNames, values: Float64Array, time: number | undefined): void {
    if (time !== undefined && !(time >= this.range.from && time <= this.range.to)) {
      this.#rejectTime(time);
      return;
    }
    const at = time ?? this.#arrival();
    for (let i = 0; i < values.length; i++) {
      if (i === row.timeAt) continue;
      const named = row.found[i] ?? this.#find(row, i);
      if (named !== undefined) this.#put(named, at, values[i]!);
    }
  }

  reject(reason: string): void {
    this.#refused = true;
    if (this.#binary) return;
    this.#rejected++;
    if (this.#rejections.length < maxRejections) {
      this.#rejections.push({ line: this.#line, reason });
    }
    this.#onRejected?.(this.#line, reason);
  }

  /**
   * The record is no text. Said once, and of what follows nothing until something good comes: a
   * picture is a hundred bad lines for one reason.
   */
  rejectBinary(): void {
    this.reject("expected text in UTF-8, found binary data");
    this.#binary = true;
  }

  rejectEarlier(line: number, reason: string): void {
    const current = this.#line;
    this.begin(line);
    this.reject(reason);
    this.end();
    this.begin(current);
  }

  ignore(): void {
    this.#ignored++;
  }

  #find(row: RowNames, place: number): NamedSeries | undefined {
    const found = this.#names.resolve(row.names[place]!);
    if ("reason" in found) {
      this.reject(found.reason);
      return undefined;
    }
    row.found[place] = found;
    return found;
  }

  #put(named: NamedSeries, time: number, value: number): void {
    if (named.block !== this.#block) {
      named.block = this.#block;
      named.place = this.#builder.place(named.series);
    }
    this.#builder.add(named.place, time, value);
  }

  #rejectTime(time: number): void {
    if (time !== this.#outside) this.reject(outsideOf(this.range, time));
    this.#outside = time;
  }

  /** One time for all of a record, so that it is one row in every table. */
  #arrival(): number {
    this.#stamp ??= this.#clock();
    return this.#stamp;
  }
}
