import { canonicalSeries, PlotcastError } from "@plotcast/protocol";
import type { SeriesAbout } from "../store/store.ts";

// They stand in every legend and behind every number.
const maxUnitLength = 32;
const maxDecimals = 9;
const fields = ["series", "unit", "kind", "decimals"];

/**
 * Reads `{"series":"temp","unit":"°C","kind":"gauge","decimals":1}`, of which one besides the series
 * must be there. Throws `bad-input` with a sentence for anything else.
 */
export function parseSeriesAbout(text: string): {
  readonly series: string;
  readonly about: SeriesAbout;
} {
  const body = parseObject(text);
  const unknown = Object.keys(body).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw bad(`only ${listed(fields)}`, unknown);
  const { series, unit, kind, decimals } = body;
  if (typeof series !== "string") throw bad('the name of a series for "series"', series);
  const about: { -readonly [K in keyof SeriesAbout]: SeriesAbout[K] } = {};
  if (unit !== undefined) about.unit = checkUnit(unit);
  if (kind !== undefined) about.kind = checkKind(kind);
  if (decimals !== undefined) about.decimals = checkDecimals(decimals);
  if (Object.keys(about).length === 0) {
    throw new PlotcastError("bad-input", "expected unit, kind or decimals, found none of them");
  }
  return { series: canonicalSeries(series), about };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Told below.
  }
  const example = '{"series":"temp","unit":"°C","kind":"gauge","decimals":1}';
  throw new PlotcastError("bad-input", `expected a JSON object such as ${example}`);
}

function checkUnit(unit: unknown): string {
  const fits =
    typeof unit === "string" && unit.length <= maxUnitLength && !/\p{C}|\p{Zl}|\p{Zp}/u.test(unit);
  if (!fits) throw bad(`a text of at most ${maxUnitLength} printable characters for "unit"`, unit);
  return unit;
}

function checkKind(kind: unknown): "gauge" | "counter" {
  if (kind !== "gauge" && kind !== "counter") throw bad('gauge or counter for "kind"', kind);
  return kind;
}

function checkDecimals(decimals: unknown): number {
  const fits =
    Number.isInteger(decimals) && Number(decimals) >= 0 && Number(decimals) <= maxDecimals;
  if (!fits) throw bad(`a whole number from 0 to ${maxDecimals} for "decimals"`, decimals);
  return Number(decimals);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function bad(expected: string, found: unknown): PlotcastError {
  const shown = found === undefined ? "nothing" : JSON.stringify(found).slice(0, 80);
  return new PlotcastError("bad-input", `expected ${expected}, found ${shown}`);
}
