import { epochToMs, parseIsoTime, parseTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { JsonRecords } from "./json-record.ts";
import type { LineFormat } from "./line-format.ts";
import { parseQuantity } from "./number.ts";
import { addPairs, type Pair, scanPairs } from "./pairs.ts";
import type { Piece } from "./piece.ts";
import { splitBlanks, Table } from "./table.ts";
import { isTimeKey } from "./time-key.ts";

/**
 * Whatever a program prints: JSON, `key=value` pairs, a table, or else the numbers of the line.
 *
 * A program that has printed pairs means the numbers outside of pairs for people: `ping` ends with
 * some. What is no number is no mistake here.
 */
export class FreeText implements LineFormat {
  readonly #table = new Table();
  readonly #records = new JsonRecords();
  #hasPairs = false;

  line(piece: Piece, from: number, to: number, number: number, sink: Sink): void {
    const text = piece.text.slice(from, to);
    const object = text.trimStart().startsWith("{") ? parseObject(text) : undefined;
    if (object !== undefined) {
      this.#records.add(object, sink);
      return;
    }
    const pairs = text.includes("=") ? numericPairs(text) : [];
    if (pairs.length > 0) {
      this.#hasPairs = true;
      addPairs(pairs, sink);
      return;
    }
    if (this.#hasPairs) {
      sink.ignore();
      return;
    }
    const { numbers, time } = numbersIn(text);
    const fields = splitBlanks(text);
    if (numbers.length === 0) {
      if (!this.#table.takeWords({ line: number, text, fields }, sink)) sink.ignore();
    } else if (!this.#table.takeRow(fields, sink)) {
      for (const [i, value] of numbers.entries()) {
        sink.addUnnamed(numbers.length === 1 ? 0 : i + 1, value, time);
      }
    }
  }

  end(sink: Sink): void {
    this.#table.end(sink);
  }
}

function parseObject(text: string): object | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The pairs with a number, and those with a time beside them. Brackets around them are not theirs. */
function numericPairs(text: string): Pair[] {
  const numeric: Pair[] = [];
  let hasValue = false;
  for (const [name, value] of scanPairs(text).pairs) {
    const pair: Pair = [trimStart(name), trimEnd(value)];
    const number = parseQuantity(pair[1]);
    const isTime = isTimeKey(pair[0]) && (number === undefined || epochToMs(number) !== undefined);
    if (pair[0] === "" || (isTime && parseTime(pair[1]) === undefined)) continue;
    if (number === undefined && !isTime) continue;
    numeric.push(pair);
    hasValue ||= !isTime;
  }
  return hasValue ? numeric : [];
}

const leadingTime = /^\s*\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*?)\]?\s/;

function numbersIn(text: string): { numbers: number[]; time: number | undefined } {
  const [whole, stamp] = leadingTime.exec(text) ?? ["", ""];
  const time = parseIsoTime(stamp ?? "");
  const numbers: number[] = [];
  for (const word of text.slice(time === undefined ? 0 : whole.length).split(/[\s,;|]+/)) {
    const number = parseQuantity(trimEnd(trimStart(word)));
    if (number !== undefined) numbers.push(number);
  }
  return { numbers, time };
}

// Character by character: a pattern anchored at the end would try every place in a long line.
function trimStart(text: string): string {
  let from = 0;
  while (from < text.length && `([<"'`.includes(text[from]!)) from++;
  return text.slice(from);
}

function trimEnd(text: string): string {
  let to = text.length;
  while (to > 0 && `)]>"':,.`.includes(text[to - 1]!)) to--;
  return text.slice(0, to);
}
