import { parseDuration, parseSelection, type Selection } from "@plotcast/protocol";
import type { Draw } from "./renderer.ts";
import type { Extent } from "./window.ts";

/** The axis of values, as far as it is not found from the data. */
export type YOptions = {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly log: boolean;
  /** Zero is always in sight. */
  readonly zero: boolean;
};

/** How times and numbers are written. Undefined: as the reader's browser does. */
export type Language = {
  /** A BCP 47 tag. */
  readonly locale: string | undefined;
  /** An IANA name, or `UTC`. */
  readonly zone: string | undefined;
};

/** What the attributes of an element ask for, checked once. */
export type Options = {
  readonly title: string;
  readonly yTitle: string;
  readonly extent: Extent;
  /** Undefined: every series of the source. */
  readonly selection: Selection | undefined;
  /** Series that have their axis on the right; undefined: those of a second unit. */
  readonly right: Selection | undefined;
  readonly y: YOptions;
  readonly draw: Draw;
  /** Values are added up, in the order of the legend. */
  readonly stacked: boolean;
  /** `auto`: counters as rates, all else as it is. */
  readonly as: "auto" | "values" | "rates";
  /** In place of what the source says. */
  readonly unit: string | undefined;
  readonly language: Language;
  /** How far behind the newest possible sample the window ends; `auto`: as samples have been late. */
  readonly delay: "auto" | number;
  readonly renderer: string;
  /** `spark`: the line alone, for dense pages. */
  readonly size: "full" | "spark";
  /** Charts of a page with the same word share crosshair and view; empty: this one is alone. */
  readonly sync: string;
  /** One sentence for each attribute that could not be understood; the chart shows it. */
  readonly problems: readonly string[];
};

const minSpanMs = 100;
/** Ten years: no server keeps more unless told to. */
const maxSpanMs = 3650 * 24 * 3600e3;
/** Beyond this, samples by number cannot be told apart, and every one of them is kept. */
const maxPoints = 100_000;
/** Nobody waits longer for a picture that is called live. */
const maxDelayMs = 600e3;

export const draws = ["line", "step", "area", "bars", "points"] as const;

type Attribute = (name: string) => string | null;

/**
 * Reads the attributes. What is wrong is reported and treated as absent: a chart is still shown. `lang`:
 * the language of the page around the element.
 */
export function parseOptions(attribute: Attribute, lang?: string): Options {
  const problems: string[] = [];
  const text = (name: string) => attribute(name)?.trim() ?? "";
  const read = new Reader(attribute, problems);
  const draw = read.word("draw", [...draws, "stacked"], "line");
  return {
    title: attribute("title") ?? "",
    yTitle: attribute("y-title") ?? "",
    extent: parseExtent(attribute("window"), attribute("span"), problems),
    selection: parseSeriesList(attribute("series"), problems),
    right: parseSeriesList(attribute("right"), problems),
    y: readY(read),
    draw: draw === "stacked" ? "area" : draw,
    stacked: draw === "stacked",
    as: read.word("as", ["auto", "values", "rates"], "auto"),
    unit: attribute("unit") ?? undefined,
    language: { locale: read.locale("locale") ?? lang, zone: read.zone("zone") },
    delay: read.delay("delay"),
    renderer: text("renderer").toLowerCase() || "canvas",
    size: read.word("size", ["full", "spark"], "full"),
    sync: text("sync"),
    problems,
  };
}

function readY(read: Reader): YOptions {
  const log = read.flag("log");
  let min = read.number("y-min");
  let max = read.number("y-max");
  if (min !== undefined && max !== undefined && min >= max) {
    read.problem(`expected y-min below y-max, found ${min} and ${max}`);
    min = max = undefined;
  }
  if (log && (min ?? 1) <= 0) {
    read.problem(`expected y-min above zero on a logarithmic axis, found ${min}`);
    min = undefined;
  }
  if (log && (max ?? 1) <= 0) {
    read.problem(`expected y-max above zero on a logarithmic axis, found ${max}`);
    max = undefined;
  }
  return { min, max, log, zero: read.flag("zero") };
}

/** Reads single attributes; what is wrong with them is said once, and they count as absent. */
export class Reader {
  readonly #attribute: Attribute;
  readonly #problems: string[];

  constructor(attribute: Attribute, problems: string[]) {
    this.#attribute = attribute;
    this.#problems = problems;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** As HTML has it: there or not. `log="false"` is what frameworks write, and is meant. */
  flag(name: string): boolean {
    const text = this.#attribute(name);
    return text !== null && text !== "false";
  }

  word<Word extends string>(name: string, words: readonly Word[], usual: Word): Word {
    const text = this.#attribute(name)?.trim().toLowerCase() ?? "";
    const found = words.find((word) => word === text);
    if (found === undefined && text !== "") {
      this.problem(`expected ${name}="${words.join('" or "')}", found ${quote(text)}`);
    }
    return found ?? usual;
  }

  number(name: string): number | undefined {
    const text = this.#attribute(name)?.trim();
    if (!text) return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    this.problem(`expected ${name}="10", a number, found ${quote(text)}`);
    return undefined;
  }

  delay(name: string): "auto" | number {
    const text = this.#attribute(name)?.trim() ?? "";
    if (text === "" || text === "auto") return "auto";
    const ms = text === "0" ? 0 : (parseDuration(text) ?? Number.NaN);
    if (ms >= 0 && ms <= maxDelayMs) return ms;
    this.problem(`expected ${name}="auto", "0" or "500ms", found ${quote(text)}`);
    return "auto";
  }

  zone(name: string): string | undefined {
    const text = this.#attribute(name)?.trim() ?? "";
    if (text === "" || text === "local") return undefined;
    const zone = text.toLowerCase() === "utc" ? "UTC" : text;
    if (isKnown(() => new Intl.DateTimeFormat("en", { timeZone: zone }))) return zone;
    this.problem(`expected ${name}="local", "UTC" or "Europe/Berlin", found ${quote(text)}`);
    return undefined;
  }

  locale(name: string): string | undefined {
    const text = this.#attribute(name)?.trim() ?? "";
    if (text === "") return undefined;
    if (isKnown(() => new Intl.Locale(text))) return text;
    this.problem(`expected ${name}="de-DE", a language tag, found ${quote(text)}`);
    return undefined;
  }
}

/** Whether `Intl` can make this of what somebody wrote. */
export function isKnown(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

function parseExtent(points: string | null, span: string | null, problems: string[]): Extent {
  if (span !== null) {
    const ms = parseDuration(span) ?? 0;
    if (ms >= minSpanMs && ms <= maxSpanMs) return { kind: "span", ms };
    problems.push(`expected span="60s", "15m" or "30d", found ${quote(span)}`);
  }
  if (points !== null) {
    const count = Number(points);
    if (Number.isInteger(count) && count >= 2 && count <= maxPoints) {
      return { kind: "points", count };
    }
    problems.push(`expected window="20", a number of samples from 2, found ${quote(points)}`);
  }
  return { kind: "auto" };
}

export function parseSeriesList(text: string | null, problems: string[]): Selection | undefined {
  if (text === null || text.trim() === "") return undefined;
  const parts = splitList(text);
  const quoted = /^"([^"]*)"$/;
  const exact = new Set(parts.flatMap((part) => quoted.exec(part)?.[1] ?? []));
  const selectors = parts.filter((part) => !quoted.test(part));
  try {
    const { key, matches } = parseSelection(selectors);
    if (exact.size === 0) return { key, matches };
    return {
      key: JSON.stringify([key, ...exact]),
      // A name has no brace: labels begin at the first one.
      matches: (series) => exact.has(series.split("{", 1)[0]!) || matches(series),
    };
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

// At commas, but for those inside of braces, which separate labels, and inside of quotes.
function splitList(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|[^,{]|\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\}?)+/gs) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

// Cut, so that a sentence never becomes as large as what it complains about.
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
