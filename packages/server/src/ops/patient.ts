import { setTimeout as delay } from "node:timers/promises";

/** Resolves after so many milliseconds, or at the signal. */
export type Later = (ms: number, signal: AbortSignal) => Promise<unknown>;

const realLater: Later = (ms, signal) =>
  delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

/**
 * A question whose answer may be long in coming, for those who ask again and again. However many ask,
 * it is put once at a time, and nobody waits longer than `ms`: they then have undefined.
 */
export function patient<T>(
  ask: () => Promise<T>,
  ms: number,
  later: Later = realLater,
): () => Promise<T | undefined> {
  let asked: Promise<T> | undefined;
  return async () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    const off = new AbortController();
    const limit = later(ms, off.signal).then(() => undefined);
    try {
      return await Promise.race([asked, limit]);
    } finally {
      off.abort();
    }
  };
}
