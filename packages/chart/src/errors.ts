/**
 * Calls, and reports what it throws as if nobody had caught it: one chart's failure, or one listener's,
 * must not take the others of the page with it; nor must it be hidden.
 */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}
