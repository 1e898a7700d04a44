import { parseDuration, parseSelection, type Selection } from "@plotcast/protocol";
import type { Extent } from "./window.ts";

/** What the attributes of an element ask for, checked once. */
export type Options = {
  readonly title: string;
  readonly yTitle: string;
  readonly extent: Extent;
  /** Undefined: every series of the source. */
  readonly selection: Selection | undefined;
  /** One sentence for each attribute that could not be understood; the chart shows it. */
  readonly problems: readonly string[];
};

const minSpanMs = 100;
/** Ten years: no server keeps more unless told to. */
const maxSpanMs = 3650 * 24 * 3600e3;
/** Beyond this, samples by number cannot be told apart, and every one of them is kept. */
const maxPoints = 100_000;

/** Reads the attributes. What is wrong is reported and treated as absent: a chart is still shown. */
export function parseOptions(attribute: (name: string) => string | null): Options {
  const problems: string[] = [];
  return {
    title: attribute("title") ?? "",
    yTitle: attribute("y-title") ?? "",
    extent: parseExtent(attribute("window"), attribute("span"), problems),
    selection: parseSeriesList(attribute("series"), problems),
    problems,
  };
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

function parseSeriesList(text: string | null, problems: string[]): Selection | undefined {
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
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
