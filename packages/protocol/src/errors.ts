/** Every failure a caller may branch on. Closed on purpose: a new code is an API change. */
export type ErrorCode =
  | "bad-input"
  | "too-large"
  | "too-many"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "closed"
  | "storage-full"
  | "unavailable";

/** The one class for expected failures. Any other error that escapes is a bug of ours. */
export class PlotcastError extends Error {
  override readonly name = "PlotcastError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
