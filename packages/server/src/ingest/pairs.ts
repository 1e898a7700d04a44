import { epochToMs, parseIsoTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import type { LineFormat } from "./line-format.ts";
import { isUnit, parseNumber, parseQuantity } from "./number.ts";
import type { Piece } from "./piece.ts";
import { expectedNumber, expectedTime, found } from "./rejection.ts";
import { isTimeKey } from "./time-key.ts";

export type Pair = readonly [key: string, value: string];

// Each is tried at one place and reads on from there, so a line takes time proportional to its length.
const separators = /[\s,;&]*/y;
const key = /[^\s,;&={}"]+(?:\{[^{}]*\})?/y;
const equals = /\s*=\s*/y;
const value = /"((?:[^"\\]|\\.)*)"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d[^\s,;&]*|[^\s,;&]*/y;
const stray = /[^\s,;&]+/y;

/** The `key=value` pairs of a line, and the words that are neither part of one nor a unit after one. */
export function scanPairs(line: string): { pairs: Pair[]; strays: string[] } {
  const pairs: Pair[] = [];
  const strays: string[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    read(separators);
    if (at >= line.length) return { pairs, strays };
    const before = at;
    const name = read(key);
    if (name && read(equals)) {
      const found = read(value)!;
      pairs.push([name[0], found[1] ?? found[0]]);
      continue;
    }
    at = before;
    const word = read(stray)![0];
    const last = pairs.at(-1);
    if (strays.length === 0 && last && parseNumber(last[1]) !== undefined && isUnit(word)) {
      pairs[pairs.length - 1] = [last[0], last[1] + word];
    } else strays.push(word);
  }
}

/** `cpu=1 mem=45%, temp=21.4 °C`: each key is a series. */
export class Pairs implements LineFormat {
  line({ text }: Piece, from: number, to: number, _number: number, sink: Sink): void {
    const { pairs, strays } = scanPairs(text.slice(from, to));
    addPairs(pairs, sink);
    // One is enough to find the mistake by.
    if (strays[0] !== undefined) sink.reject(`expected name=value, found ${found(strays[0])}`);
  }

  end(): void {}
}

/** Adds what the pairs of one line say. Only what cannot be anything else is taken for their time. */
export function addPairs(pairs: readonly Pair[], sink: Sink): void {
  let time: number | undefined;
  const values: Pair[] = [];
  for (const pair of pairs) {
    const [name, text] = pair;
    const read = isTimeKey(name) ? timeOf(text) : undefined;
    // `ping` calls the 0.045 ms of an answer its time.
    if (read !== undefined) time = read;
    else if (isTimeKey(name) && /^\d{4}-/.test(text)) {
      sink.reject(expectedTime(name, text));
      return;
    } else values.push(pair);
  }
  for (const [name, text] of values) {
    const value = parseQuantity(text);
    if (value === undefined) sink.reject(expectedNumber(name, text));
    else sink.add(name, value, time);
  }
  if (values.length === 0 && pairs.length > 0) {
    sink.reject("expected a number beside the time, found none");
  }
}

function timeOf(text: string): number | undefined {
  const epoch = parseNumber(text);
  return epoch === undefined ? parseIsoTime(text) : epochToMs(epoch);
}
