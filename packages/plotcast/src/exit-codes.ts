import type { ErrorCode } from "@plotcast/protocol";

/** What the process ends with, as the help and the reference list it. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [0, "ended as asked, by a signal or at the end of the input"],
  [1, "not in full: stopped early, lines left out, damage found; or a mistake of ours"],
  [2, "the command line was not understood"],
  [3, "cannot start, or go on: port, data folder, pages, disk"],
  [4, "cannot reach the server, or it refuses"],
];

/**
 * The exit code of each expected failure. `closed`, `not-found`, `forbidden` and `unauthorized` are
 * what a server that we talk to says or fails to say; a server of our own fails in the other ways.
 */
export const exitCodes = {
  "bad-input": 2,
  "too-large": 3,
  "too-many": 3,
  unauthorized: 4,
  forbidden: 4,
  "not-found": 4,
  closed: 4,
  "storage-full": 3,
  unavailable: 3,
} satisfies Record<ErrorCode, number>;

/**
 * The command went its way, and what came of it is less than was asked for: a file has damage, lines
 * could not be read, a signal came first. Told in one sentence; the exit code is 1.
 */
export class Shortfall extends Error {
  override readonly name = "Shortfall";
}

/** What a signal leaves behind of work that has an end: scripts must not take it for the whole. */
export function stopped(what: string): Shortfall {
  return new Shortfall(`stopped before the end: ${what}`);
}
