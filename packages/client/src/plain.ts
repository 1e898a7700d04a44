import { isTimeOfDay, type PlainTime, parsePlainTime } from "./plain-time.ts";

/** One number found in a plain event. `time` is undefined if there was none that can be read. */
export type PlainSample = {
  /** As found: not yet checked to be the name of a series. */
  readonly name: string;
  readonly value: number | null;
  readonly time: PlainTime | undefined;
};

/** What a plain event says. `unreadable`: a time that was there and made no sense. */
export type PlainReading = {
  readonly samples: readonly PlainSample[];
  readonly unreadable?: string;
  readonly problem?: "not-json" | "no-numbers";
};

/** The series of a number that has no name. */
export const defaultName = "value";

/** Fields that hold the time, the first that is there counts. Spelling in capitals does not matter. */
const timeFields = ["time", "timestamp", "@timestamp", "ts", "datetime", "date"];

const numberText = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

// Numbers sit near the top in practice; this keeps a hostile event from exhausting the stack.
const maxDepth = 8;

/**
 * Reads the data of an event from an endpoint that promises nothing but JSON: a number, or objects
 * and arrays that hold numbers, nested as they like. `now` is when it arrived.
 *
 * Field names joined by `.` name the series, with the event's name in front if it has one; `value`
 * adds nothing to a name that has something else, and a text in `series` or `name` beside a `value`
 * names it. Numbers in quotes are numbers. The time of an object holds for all that is inside it.
 */
export function readPlain(event: string | undefined, data: string, now: number): PlainReading {
  const body = parseJson(data);
  if (body === undefined) return { samples: [], problem: "not-json" };
  const found: Found = { samples: [], now };
  const prefix = event === undefined || event === "message" ? "" : event;
  collect(found, body, prefix, undefined, 0);
  const { samples, unreadable } = found;
  if (samples.length === 0) return { samples, problem: "no-numbers" };
  return { samples, ...(unreadable === undefined ? {} : { unreadable }) };
}

type Found = { readonly samples: PlainSample[]; readonly now: number; unreadable?: string };

function collect(
  found: Found,
  body: unknown,
  name: string,
  time: PlainTime | undefined,
  depth: number,
): void {
  const value = toValue(body);
  if (value !== undefined) {
    found.samples.push({ name: name === "" ? defaultName : name, value, time });
  } else if (depth === maxDepth || typeof body !== "object" || body === null) {
    return;
  } else if (Array.isArray(body)) {
    const own = name === "" ? defaultName : name;
    for (const [i, item] of body.entries()) {
      // Objects in an array are samples one after the other; plain numbers are side by side.
      const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
      collect(found, item, isObject ? name : `${own}.${i}`, time, depth + 1);
    }
  } else {
    collectFields(found, body as Record<string, unknown>, name, time, depth);
  }
}

function collectFields(
  found: Found,
  body: Record<string, unknown>,
  name: string,
  outerTime: PlainTime | undefined,
  depth: number,
): void {
  const { time = outerTime, fields } = readTime(found, body);
  const own = "value" in body ? join(name, ownName(body)) : name;
  for (const [field, item] of fields) {
    const isValue = field === "value" && own !== "";
    collect(found, item, isValue ? own : join(own, field), time, depth + 1);
  }
}

/** The time of an object, and the fields that are not about time. */
function readTime(found: Found, body: Record<string, unknown>) {
  const times = new Map<string, unknown>();
  const fields: [string, unknown][] = [];
  for (const [field, item] of Object.entries(body)) {
    const lower = field.toLowerCase();
    if (timeFields.includes(lower)) times.set(lower, item);
    else fields.push([field, item]);
  }
  const text = timeFields.map((field) => times.get(field)).find((item) => item != null);
  if (text === undefined) return { fields };
  const day = times.get("date");
  const apart = typeof day === "string" && typeof text === "string" && isTimeOfDay(text);
  const time = parsePlainTime(apart ? `${day} ${text}` : text, found.now);
  if (time === undefined)
    found.unreadable ??= typeof text === "string" ? text : JSON.stringify(text);
  return { ...(time === undefined ? {} : { time }), fields };
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
