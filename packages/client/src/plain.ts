import { fieldAt, matchesField } from "./plain-fields.ts";
import type { PlainOptions } from "./plain-options.ts";
import { isTimeOfDay, type PlainTime, parsePlainTime } from "./plain-time.ts";
import type { SourceZone } from "./source-zone.ts";

/** One number found in a plain event. `time` is undefined if there was none that can be read. */
export type PlainSample = {
  /** As found: not yet checked to be the name of a series. */
  readonly name: string;
  readonly value: number | null;
  readonly time: PlainTime | undefined;
};

/**
 * What a plain event says. `unreadable`: a time that was there and made no sense. `timeField`: where
 * the time was, the first if there were several.
 */
export type PlainReading = {
  readonly samples: readonly PlainSample[];
  readonly unreadable?: string;
  readonly timeField?: string;
  readonly problem?: "not-json" | "no-numbers";
};

/** How to read: what was told of the endpoint, and the zone of its times. `now`: when it arrived. */
export type PlainRules = PlainOptions & { readonly now: number; readonly source: SourceZone };

/** The series of a number that has no name. */
export const defaultName = "value";

/** Fields that hold the time, the first that is there counts. Spelling in capitals does not matter. */
const timeFields = ["time", "timestamp", "@timestamp", "ts", "datetime", "date"];

const numberText = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

// Numbers sit near the top in practice; this keeps a hostile event from exhausting the stack.
const maxDepth = 8;

/**
 * Reads the data of an event from an endpoint that promises nothing but JSON: a number, or objects
 * and arrays that hold numbers, nested as they like.
 *
 * Field names joined by `.` name the series, with the event's name in front if it has one; `value`
 * adds nothing to a name that has something else, and a text in `series` or `name` beside a `value`
 * names it. Numbers in quotes are numbers. The time of an object holds for all that is inside it.
 */
export function readPlain(
  event: string | undefined,
  data: string,
  rules: PlainRules,
): PlainReading {
  const body = parseJson(data);
  if (body === undefined) return { samples: [], problem: "not-json" };
  const reader = new Reader(rules);
  const name = event === undefined || event === "message" ? "" : event;
  reader.collect(body, { name, path: "", time: undefined, depth: 0, except: undefined });
  const { samples, unreadable, timeField } = reader;
  return {
    samples,
    ...(samples.length === 0 ? { problem: "no-numbers" } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(timeField === undefined ? {} : { timeField }),
  };
}

/** Where in an event something is, and what holds there. */
type Place = {
  /** Of the series, as far as it is known. */
  readonly name: string;
  /** Of the fields alone. */
  readonly path: string;
  readonly time: PlainTime | undefined;
  readonly depth: number;
  /** The path of the time that holds here, which is no value. */
  readonly except: string | undefined;
};

class Reader {
  readonly samples: PlainSample[] = [];
  unreadable: string | undefined;
  timeField: string | undefined;
  readonly #rules: PlainRules;

  constructor(rules: PlainRules) {
    this.#rules = rules;
  }

  collect(body: unknown, at: Place): void {
    const value = toValue(body);
    const name = at.name === "" ? defaultName : at.name;
    if (value !== undefined) {
      if (this.#isWanted(at)) this.samples.push({ name, value, time: at.time });
    } else if (at.depth === maxDepth || typeof body !== "object" || body === null) {
      return;
    } else if (Array.isArray(body)) {
      for (const [i, item] of body.entries()) {
        // Objects in an array are samples one after the other; plain numbers are side by side.
        const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
        const inside = isObject ? at : { ...at, name: `${name}.${i}`, path: join(at.path, `${i}`) };
        this.collect(item, { ...inside, depth: at.depth + 1 });
      }
    } else {
      this.#collectFields(body as Record<string, unknown>, at);
    }
  }

  #isWanted({ path, except }: Place): boolean {
    const { fields } = this.#rules;
    if (path !== "" && path === except) return false;
    return fields === undefined || matchesField(fields, path === "" ? defaultName : path);
  }

  #collectFields(body: Record<string, unknown>, at: Place): void {
    const { fields, ...found } = this.#readTime(body, at);
    const own = "value" in body ? join(at.name, ownName(body)) : at.name;
    for (const [field, item] of fields) {
      const name = field === "value" && own !== "" ? own : join(own, field);
      const path = join(at.path, field);
      this.collect(item, { ...at, ...found, name, path, depth: at.depth + 1 });
    }
  }

  /** The time of an object, and the fields that are not about time. */
  #readTime(body: Record<string, unknown>, at: Place) {
    const all = Object.entries(body);
    const { timeField } = this.#rules;
    if (timeField !== undefined) {
      const item = fieldAt(body, timeField);
      if (item == null) return { fields: all };
      this.timeField ??= timeField;
      return { ...this.#timeOf(item), except: join(at.path, timeField), fields: all };
    }
    const times = new Map<string, [string, unknown]>();
    const fields: [string, unknown][] = [];
    for (const entry of all) {
      const lower = entry[0].toLowerCase();
      if (timeFields.includes(lower)) times.set(lower, entry);
      else fields.push(entry);
    }
    const first = timeFields.map((field) => times.get(field)).find((entry) => entry?.[1] != null);
    if (first === undefined) return { fields };
    const [field, item] = first;
    this.timeField ??= field;
    const day = times.get("date")?.[1];
    const apart = typeof day === "string" && typeof item === "string" && isTimeOfDay(item);
    return { ...this.#timeOf(apart ? `${day} ${item}` : item), fields };
  }

  #timeOf(item: unknown): { readonly time?: PlainTime } {
    const { now, source, timeFormat } = this.#rules;
    if (timeFormat === "arrival") return {};
    const told = timeFormat === undefined ? {} : { format: timeFormat };
    const time = parsePlainTime(item, { now, zone: source, ...told });
    if (time !== undefined) return { time };
    this.unreadable ??= typeof item === "string" ? item : JSON.stringify(item);
    return {};
  }
}

function ownName({ series, name }: Record<string, unknown>): string {
  if (typeof series === "string") return series;
  return typeof name === "string" ? name : "";
}

function join(left: string, right: string): string {
  return left === "" || right === "" ? left + right : `${left}.${right}`;
}

/** A number or null; undefined for anything else. */
function toValue(item: unknown): number | null | undefined {
  if (item === null) return null;
  const isNumber = typeof item === "number" || (typeof item === "string" && isNumberText(item));
  if (!isNumber) return undefined;
  const value = Number(item);
  return Number.isFinite(value) ? value : null;
}

function isNumberText(text: string): boolean {
  return numberText.test(text.trim());
}

/** Undefined if it is no JSON, not even as Python writes it: `NaN` for what is missing. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const repaired = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
      found.startsWith('"') ? found : "null",
    );
    if (repaired === text) return undefined;
    try {
      return JSON.parse(repaired);
    } catch {
      return undefined;
    }
  }
}
