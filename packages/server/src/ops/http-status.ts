import type { ErrorCode, PlotcastError } from "@plotcast/protocol";
import type { Context } from "hono";

/** The HTTP status of each expected failure. */
const httpStatus = {
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

/** An expected failure as the answer to a request: one plain sentence. */
export function answerFailure(c: Context, { code, message }: PlotcastError): Response {
  const status = httpStatus[code];
  if (status === 503) c.header("Retry-After", "1");
  return c.text(`${message}\n`, status);
}
