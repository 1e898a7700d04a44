import { epochToMs, formatSeries, PlotcastError, parseSeries, parseTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { expectedNumber, expectedTime, found, quote } from "./rejection.ts";
import { isTimeKey } from "./time-key.ts";

type JsonObject = { readonly [key: string]: unknown };

/** Deeper is no measurement, and each level costs stack. */
const maxDepth = 32;
/** Each is a series. A list of millions within an object is no row of measurements, and takes long. */
const maxNumbers = 10_000;

/** The series that a `{ series | name, labels, value }` names; undefined for other objects. */
function nameOf(record: JsonObject): string | PlotcastError | undefined {
  const given = record.series ?? record.name;
  const name = typeof given === "string" ? given : undefined;
  if (name?.trim() === "") {
    return new PlotcastError("bad-input", "expected a series name, found nothing");
  }
  const labels = record.labels;
  if (!isObject(labels)) return name;
  try {
    const { name: own, labels: all } = parseSeries(name ?? "_");
    const merged = new Map(all);
    for (const [key, value] of Object.entries(labels)) merged.set(key, labelText(key, value));
    const text = formatSeries({ name: own, labels: merged });
    return name === undefined ? text.slice(1) : text;
  } catch (error) {
    if (error instanceof PlotcastError) return error;
    throw error;
  }
}

function labelText(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new PlotcastError(
    "bad-input",
    `expected text for label ${quote(key)}, found ${describe(value)}`,
  );
}

/**
 * Adds JSON values: numbers, or objects whose numbers are series, nested keys joined by dots.
 *
 * Texts and booleans are passed over as long as there is a number beside them, since most JSON is
 * full of them. `null` is a value: known to be absent.
 */
export class JsonRecords {
  // The numbers of the object under way. Gathered first, for what one is called may depend on the
  // others; kept from object to object, for there are millions.
  readonly #names: string[] = [];
  readonly #values: (number | null)[] = [];
  readonly #times: (number | undefined)[] = [];
  #wrong: string | undefined;
  #text: { readonly name: string; readonly text: string } | undefined;

  add(record: unknown, sink: Sink): void {
    if (isValue(record)) {
      sink.addUnnamed(0, record, undefined);
    } else if (isObject(record)) {
      this.#addObject(record, sink);
    } else {
      sink.reject(`expected a number or an object, found ${describe(record)}`);
    }
  }

  #addObject(record: JsonObject, sink: Sink): void {
    const own = isValue(record.value) ? nameOf(record) : undefined;
    if (own instanceof PlotcastError) {
      sink.reject(own.message);
      return;
    }
    this.#names.length = 0;
    this.#values.length = 0;
    this.#times.length = 0;
    this.#wrong = undefined;
    this.#text = undefined;
    this.#collect(record, "", undefined, 1, own !== undefined);
    if (this.#wrong !== undefined) sink.reject(this.#wrong);
    else if (this.#names.length === 0) sink.reject(this.#nothing(record));
    else this.#addGathered(own ?? this.#ownName(sink), sink);
  }

  /** A time holds for the object it stands in and for all that is in there. */
  #collect(
    object: JsonObject,
    path: string,
    timeAbove: number | undefined,
    depth: number,
    isNamed: boolean,
  ): void {
    if (depth > maxDepth) {
      this.#wrong ??= `expected at most ${maxDepth} levels, found more`;
      return;
    }
    const timeKey = findTimeKey(object);
    const ownTime = timeKey === undefined ? undefined : timeOf(object[timeKey]);
    // Further down, `time` may just as well be how long something took.
    if (timeKey !== undefined && ownTime === undefined && depth === 1) {
      this.#wrong ??= expectedTime(timeKey, textOf(object[timeKey]));
    }
    const time = ownTime ?? timeAbove;
    for (const key in object) {
      if (this.#names.length > maxNumbers) {
        this.#wrong ??= `expected at most ${maxNumbers} numbers in one object, found more; send several`;
        return;
      }
      const leaf = object[key];
      if (key === timeKey && ownTime !== undefined) continue;
      if (key === "labels" && depth === 1 && isNamed) continue;
      const name = path === "" ? key : `${path}.${key}`;
      if (isValue(leaf)) {
        this.#names.push(name);
        this.#values.push(leaf);
        this.#times.push(time);
      } else if (typeof leaf === "string") {
        this.#text ??= { name, text: leaf };
      } else if (typeof leaf === "object") {
        this.#collect(leaf as JsonObject, name, time, depth + 1, false);
      }
    }
  }

  /** A `value` that stands alone belongs to the series of the path itself. */
  #ownName(sink: Sink): string | undefined {
    const isAlone = this.#names.length === 1 && this.#names[0] === "value";
    return isAlone && sink.hasPrefix ? "" : undefined;
  }

  #addGathered(own: string | undefined, sink: Sink): void {
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i]!;
      const value = this.#values[i]!;
      const time = this.#times[i];
      if (name === "") sink.reject("expected a series name, found nothing");
      else if (own === undefined) sink.add(name, value, time);
      else sink.add(name === "value" ? own : below(own, name), value, time);
    }
  }

  #nothing(record: JsonObject): string {
    if (this.#text) return expectedNumber(this.#text.name, this.#text.text);
    return expectedNumber(undefined, JSON.stringify(record));
  }
}

function findTimeKey(object: JsonObject): string | undefined {
  for (const key in object) if (isTimeKey(key)) return key;
  return undefined;
}

/** What stands beside `value` in an object that names its series: `disk{host="a"}` to `disk.free{host="a"}`. */
function below(own: string, name: string): string {
  const brace = own.indexOf("{");
  if (brace < 0) return `${own}.${name}`;
  return brace === 0 ? name + own : `${own.slice(0, brace)}.${name}${own.slice(brace)}`;
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return epochToMs(value);
  return typeof value === "string" ? parseTime(value.trim()) : undefined;
}

function isValue(value: unknown): value is number | null {
  return typeof value === "number" || value === null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return "…"; // nested deeper than the stack, which JSON.parse does not mind
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return found(textOf(value));
}
