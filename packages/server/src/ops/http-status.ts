import type { ErrorCode } from "@plotcast/protocol";

/** The HTTP status of each expected failure. */
export const httpStatus = {
  "bad-input": 400,
  "too-large": 413,
  "too-many": 429,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  closed: 503,
  "storage-full": 507,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;
