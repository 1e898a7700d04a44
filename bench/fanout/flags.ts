import { parseArgs } from "node:util";

/*
 * What may be made smaller, to see that a bench works: `--viewers 100,1000 --seconds 1 --only ours`.
 * `--server <file>` measures another `main` than the one of this clone, such as that of a release.
 */
const { values } = parseArgs({
  options: {
    viewers: { type: "string" },
    seconds: { type: "string" },
    minutes: { type: "string" },
    rounds: { type: "string" },
    most: { type: "string" },
    only: { type: "string" },
    server: { type: "string" },
  },
});

/** How many viewers, one measurement after the other. */
export function viewersOr(full: readonly number[]): readonly number[] {
  return values.viewers?.split(",").map(Number) ?? full;
}

/** A figure that a flag may change. */
export function flagOr(name: "seconds" | "minutes" | "rounds" | "most", full: number): number {
  return values[name] === undefined ? full : Number(values[name]);
}

/** Whether `--only` leaves this one in. */
export function isWanted(name: string): boolean {
  const parts = values.only?.toLowerCase().split(",");
  return parts?.some((part) => name.toLowerCase().includes(part)) ?? true;
}

/** The file to measure, if it is not our own. */
export const otherServer = values.server;

/** Nothing was made smaller: the results are worth keeping. */
export const isWhole = Object.keys(values).every((name) => name === "server");
