import { parseSelection, type Selection } from "@plotcast/protocol";
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

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60e3, h: 3600e3, d: 24 * 3600e3 };
const minSpanMs = 100;
const maxSpanMs = 400 * 24 * 3600e3;
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
    const ms = parseSpan(span);
    if (ms !== undefined) return { kind: "span", ms };
    problems.push(`expected span="60s", "15m" or "24h", found ${quote(span)}`);
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

/** Milliseconds of `90s`, `15m`, `1.5h`, `7d`, `500ms`; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * unitMs[match[2]!]!;
  return ms >= minSpanMs && ms <= maxSpanMs ? ms : undefined;
}

function parseSeriesList(text: string | null, problems: string[]): Selection | undefined {
  if (text === null || text.trim() === "") return undefined;
  try {
    return parseSelection(splitSelectors(text));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

// At commas outside braces: those inside separate labels.
function splitSelectors(text: string): string[] {
  const selectors = text.match(/(?:[^,{]|\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\}?)+/gs) ?? [];
  return selectors.map((selector) => selector.trim()).filter((selector) => selector !== "");
}

// Cut, so that a sentence never becomes as large as what it complains about.
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
