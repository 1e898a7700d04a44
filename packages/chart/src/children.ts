import { parseTime, type Selection } from "@plotcast/protocol";
import type { SeriesRule } from "./lineup.ts";
import { draws, parseSeriesList, quote, Reader } from "./options.ts";
import { palette } from "./palette.ts";
import type { Tone } from "./parts/status.ts";
import { instantOf, zoneOf } from "./text/zone.ts";

/** A value that means something: a line, or from one value to another an area. */
export type Threshold = {
  readonly value: number;
  /** Above `value`; undefined: a line. */
  readonly to: number | undefined;
  /** Empty: the value itself. */
  readonly label: string;
  readonly tone: Tone;
  /** What is meant is below it, not above. */
  readonly below: boolean;
  /** Of the axis on the right. */
  readonly right: boolean;
};

/** A moment that means something, or a stretch of time, Unix ms. */
export type Annotation = {
  readonly at: number;
  readonly to: number | undefined;
  readonly label: string;
  readonly tone: Tone;
};

/** What is drawn over the lines. Annotations ascend in time. */
export type Marks = {
  readonly thresholds: readonly Threshold[];
  readonly annotations: readonly Annotation[];
};

/** What is asked for some of the series, perhaps of another source. */
export type ChildRule = SeriesRule & { readonly src: string | undefined };

/** What the child elements of a chart say. */
export type Children = Marks & {
  readonly rules: readonly ChildRule[];
  /** One sentence for each that could not be understood; the chart is shown without it. */
  readonly problems: readonly string[];
};

/** What is read of an element. */
export type ChildElement = Pick<Element, "localName" | "getAttribute" | "textContent">;

/** More lines than these leave no room for data; and each costs an element. */
const maxThresholds = 20;
/** Far more than can be told apart; they are looked through for each drawing. */
const maxAnnotations = 1000;
const maxRules = 100;
/** Longer labels would not fit in any chart. */
const maxLabel = 80;
const tones = ["good", "warn", "bad"] as const;

/**
 * Reads `<live-series>`, `<live-threshold>` and `<live-annotation>`; other elements are passed over.
 * `zone`: of times without one, an IANA name; undefined: that of this machine.
 */
export function parseChildren(elements: Iterable<ChildElement>, zone?: string): Children {
  const problems: string[] = [];
  const rules: ChildRule[] = [];
  const thresholds: Threshold[] = [];
  const annotations: Annotation[] = [];
  for (const element of elements) {
    const { localName } = element;
    const own: string[] = [];
    const read = new Reader((name) => element.getAttribute(name), own);
    if (localName === "live-series") add(rules, readRule(element, read, own));
    else if (localName === "live-threshold") add(thresholds, readThreshold(element, read));
    else if (localName === "live-annotation") add(annotations, readAnnotation(element, read, zone));
    problems.push(...own.map((problem) => `<${localName}>: ${problem}`));
  }
  return {
    rules: limited(rules, maxRules, "<live-series>", problems),
    ...limitedMarks({ thresholds, annotations }, problems),
    problems,
  };
}

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const thresholdText = new RegExp(
  String.raw`^(${number})(?:\s*\.\.\s*(${number}))?((?:\s+(?:${tones.join("|")}|below|right))*)\s*(?::\s*(.*))?$`,
  "is",
);

/** Reads the attribute `thresholds`, such as `80 warn, 95..120 bad: too hot, 5 bad below`. */
export function parseThresholds(text: string | null, problems: string[]): readonly Threshold[] {
  const thresholds: Threshold[] = [];
  for (const part of text?.match(/(?:"[^"]*"|[^,"]|")+/g) ?? []) {
    const match = thresholdText.exec(part.trim());
    const [value, to] = [
      Number(match?.[1]),
      match?.[2] === undefined ? undefined : Number(match[2]),
    ];
    if (!match || !Number.isFinite(value) || !Number.isFinite(to ?? 0)) {
      problems.push(
        `expected thresholds="80 warn, 95..120 bad: too hot", found ${quote(part.trim())}`,
      );
      continue;
    }
    const words = match[3]!.toLowerCase().split(/\s+/);
    thresholds.push({
      ...ordered(value, to),
      label: shortened((match[4] ?? "").replace(/^"(.*)"$/s, "$1")),
      tone: tones.find((tone) => words.includes(tone)) ?? "idle",
      below: words.includes("below"),
      right: words.includes("right"),
    });
  }
  return limited(thresholds, maxThresholds, "thresholds", problems);
}

/**
 * Reads the property `annotations`: an array of `{ at, to, label, tone }`, of which only `at` must be
 * there. Times are Unix ms, dates, or texts as in the attribute.
 */
export function readAnnotations(
  data: unknown,
  problems: string[],
  zone?: string,
): readonly Annotation[] {
  if (data === undefined || data === null) return [];
  if (!Array.isArray(data)) {
    problems.push("expected annotations to be an array of { at, label }");
    return [];
  }
  const annotations = data.flatMap((one: unknown): Annotation[] => {
    const { at, to, label, tone } = (one ?? {}) as Record<string, unknown>;
    const [from, until] = [timeOf(at, zone), to === undefined ? undefined : timeOf(to, zone)];
    const wrong = from === undefined ? at : until === undefined ? to : undefined;
    if (wrong !== undefined || from === undefined) {
      const found = quote(String(wrong));
      problems.push(`expected an annotation to be { at, label }, with times, found ${found}`);
    }
    if (from === undefined) return [];
    const known = tones.find((word) => word === tone) ?? "idle";
    return [stretch(from, until, String(label ?? ""), known)];
  });
  return limitedMarks({ thresholds: [], annotations }, problems).annotations;
}

function readRule(element: ChildElement, read: Reader, problems: string[]): ChildRule | undefined {
  const text = (name: string) => element.getAttribute(name)?.trim() || undefined;
  const src = text("src");
  const selection = parseSeriesList(element.getAttribute("series"), problems);
  if (!selection && problems.length === 0 && !src) {
    problems.push('expected series="cpu.*", the series that it is about');
  }
  if (problems.length > 0) return undefined;
  const color = read.number("color");
  const known = color !== undefined && palette[color - 1] !== undefined;
  if (color !== undefined && !known) {
    read.problem(`expected color="3", from 1 to ${palette.length}, found ${color}`);
  }
  const label = text("label");
  return {
    selection: selection ?? everything,
    label: label && shortened(label),
    color: known ? color : undefined,
    draw: text("draw") === undefined ? undefined : read.word("draw", draws, "line"),
    right: read.flag("right") || undefined,
    unit: text("unit"),
    src,
  };
}

const everything: Selection = { key: "", matches: () => true };

function readThreshold(element: ChildElement, read: Reader): Threshold | undefined {
  const value = read.number("value");
  if (value === undefined) {
    if (!element.getAttribute("value")?.trim()) read.problem('expected value="80"');
    return undefined;
  }
  return {
    ...ordered(value, read.number("to")),
    label: labelOf(element),
    tone: read.word("tone", ["idle", ...tones], "idle"),
    below: read.flag("below"),
    right: read.flag("right"),
  };
}

function readAnnotation(
  element: ChildElement,
  read: Reader,
  zone: string | undefined,
): Annotation | undefined {
  const [at, to] = ["at", "to"].map((name) => {
    const text = element.getAttribute(name)?.trim() ?? "";
    const time = timeOf(text, zone);
    const missing = name === "at" ? time === undefined : time === undefined && text !== "";
    if (missing) read.problem(`expected ${name}="2026-01-31T12:00Z", found ${quote(text)}`);
    return time;
  });
  if (at === undefined) return undefined;
  return stretch(at, to, labelOf(element), read.word("tone", ["idle", ...tones], "idle"));
}

function labelOf(element: ChildElement): string {
  return shortened(element.getAttribute("label") ?? element.textContent ?? "");
}

function shortened(label: string): string {
  const text = label.trim().replace(/\s+/g, " ");
  return text.length > maxLabel ? `${text.slice(0, maxLabel - 1)}…` : text;
}

function ordered(value: number, to: number | undefined): Pick<Threshold, "value" | "to"> {
  if (to === undefined || to === value) return { value, to: undefined };
  return { value: Math.min(value, to), to: Math.max(value, to) };
}

function stretch(at: number, to: number | undefined, label: string, tone: Tone): Annotation {
  const { value, to: end } = ordered(at, to);
  return { at: value, to: end, label: shortened(label), tone };
}

function timeOf(given: unknown, zone: string | undefined): number | undefined {
  if (given instanceof Date) given = given.getTime();
  if (typeof given === "number") return Number.isFinite(given) ? given : undefined;
  const text = String(given).trim();
  const time = parseTime(text);
  const told = /^[^:]*$|:.*(?:z|utc|[+-]\d\d(?::?\d\d)?)$/i.test(text);
  const isDate = /^\d+-\d+-\d+$/.test(text);
  if (time === undefined || zone === undefined || (told && !isDate)) return time;
  return instantOf(parseTime(isDate ? `${text}T00:00Z` : `${text}Z`)!, zoneOf(zone));
}

function limitedMarks({ thresholds, annotations }: Marks, problems: string[]): Marks {
  const latest = annotations.toSorted((a, b) => b.at - a.at);
  return {
    thresholds: limited(thresholds, maxThresholds, "thresholds", problems),
    annotations: limited(latest, maxAnnotations, "annotations", problems).toSorted(
      (a, b) => a.at - b.at,
    ),
  };
}

function limited<T>(
  all: readonly T[],
  most: number,
  what: string,
  problems: string[],
): readonly T[] {
  if (all.length > most) problems.push(`expected at most ${most} ${what}, found ${all.length}`);
  return all.slice(0, most);
}

function add<T>(list: T[], one: T | undefined): void {
  if (one !== undefined) list.push(one);
}
