import { formatLocalTime } from "./local-time.ts";
import { printable } from "./output.ts";
import { count, formatSize } from "./units.ts";

/** What `GET /v1/stats` answers. */
export type Stats = {
  readonly series: number;
  readonly unsealed: number;
  readonly tiers: readonly Tier[];
  readonly bytes: number;
  readonly oldest?: number | null;
  readonly outside: number;
  readonly log: { readonly epoch: string; readonly head: number; readonly oldest: number };
};

type Tier = {
  readonly tier: string;
  readonly rows: number;
  readonly samples: number;
  readonly bytes: number;
  readonly from: number | null;
};

/** Undefined for a text that some other server may have sent. */
export function readStats(text: string): Stats | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isStats(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

type Loose = { readonly [key: string]: unknown };

function isStats(found: unknown): found is Stats {
  return (
    hasNumbers(found, ["series", "unsealed", "bytes", "outside"]) &&
    hasNumbers(found.log, ["head", "oldest"]) &&
    Array.isArray(found.tiers) &&
    found.tiers.every((tier: unknown) => hasNumbers(tier, ["rows", "samples", "bytes"]))
  );
}

function hasNumbers(found: unknown, keys: readonly string[]): found is Loose {
  const isObject = typeof found === "object" && found !== null;
  return isObject && keys.every((key) => typeof (found as Loose)[key] === "number");
}

/** A table of it for people, with times of their time zone. */
export function formatStats(stats: Stats): string {
  const { series, unsealed, tiers, bytes, oldest, outside, log } = stats;
  const samples = unsealed + (tiers.find(({ tier }) => tier === "samples")?.samples ?? 0);
  const facts: string[][] = [
    ["Series", number(series)],
    ["Samples", `${number(samples)}, ${number(unsealed)} of them not in a chunk yet`],
    ["Oldest", oldest == null ? "none" : day(oldest)],
    ["File", formatSize(bytes)],
    ["Log", `offsets ${number(log.oldest)} to ${number(log.head)} of ${printable(log.epoch)}`],
  ];
  if (outside > 0) facts.push(["Dropped", `${count(outside, "sample")} from before what is kept`]);
  const head = ["Tier", "Rows", "Samples", "Size", "Bytes/sample", "Since"];
  return `${table(facts)}\n${table([head, ...tiers.map(rowOf)])}`;
}

const yearOne = -62_135_596_800_000;

function rowOf({ tier, rows, samples, bytes, from }: Tier): string[] {
  const perSample = samples > 0 ? (bytes / samples).toFixed(2) : "-";
  // Before the first year: nothing was dropped yet.
  const since = from === null || from < yearOne ? "the beginning" : day(from);
  return [printable(tier), number(rows), number(samples), formatSize(bytes), perSample, since];
}

// Columns of words to the left, columns of numbers to the right.
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number) =>
    column === 0 || column === widths.length - 1
      ? text.padEnd(widths[column]!)
      : text.padStart(widths[column]!);
  return rows.map((row) => `${row.map(cell).join("  ").trimEnd()}\n`).join("");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function day(time: number): string {
  return formatLocalTime(time).slice(0, 16).replace("T", " ");
}
