import type { Judgement } from "./request-head.ts";

/** On every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  // A token may be part of the address.
  "Referrer-Policy": "no-referrer",
};

/** On every stream of events. */
export const sseHeaders: Readonly<Record<string, string>> = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-cache, no-store, no-transform",
  // nginx would otherwise hold events back until its buffer is full.
  "X-Accel-Buffering": "no",
};

/** All headers of a stream's response; `judged` is what the guard wants. */
export function streamHeaders(judged: Judgement["headers"], gzip: boolean): Record<string, string> {
  return {
    ...securityHeaders,
    ...judged,
    Vary: `${judged.Vary}, Accept-Encoding`,
    ...sseHeaders,
    ...(gzip ? { "Content-Encoding": "gzip" } : {}),
  };
}
