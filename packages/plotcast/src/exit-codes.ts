import type { ErrorCode } from "@plotcast/protocol";

/** What the process ends with, as the help and the reference list it. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [0, "ended as asked, by a signal or at the end of the input"],
  [1, "something unexpected: a mistake of ours, please report it"],
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
