import { parseArgs } from "node:util";

/* What may be made smaller, to see that a bench works: `--seconds 2 --rounds 1 --only ours`. */
const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    rounds: { type: "string" },
    minutes: { type: "string" },
    only: { type: "string" },
  },
});

/** A figure that a flag may change. */
export function flagOr(name: "seconds" | "rounds" | "minutes", full: number): number {
  return values[name] === undefined ? full : Number(values[name]);
}

/** The variants that `--only` leaves in, and always the page that draws nothing. */
export function variantsOr(full: readonly string[]): readonly string[] {
  const parts = values.only?.split(",");
  if (!parts) return full;
  return full.filter((name) => name === "nothing" || parts.some((part) => name.includes(part)));
}
