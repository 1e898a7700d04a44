import { PlotcastError } from "@plotcast/protocol";
import type { Environment } from "./environment.ts";

/** Passes the page's coming back to life on to whoever waits at that moment. */
export type Wake = { listener?: ((restored: boolean) => void) | undefined };

/** What all waiting depends on: clock and timers, the signal that ends it, the page. */
export type Waiter = {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly wake: Wake;
};

/**
 * Waits for `ms`, or until the signal. When the page wakes only the first `atLeastMs` are waited for.
 */
export function pause({ environment, signal, wake }: Waiter, ms: number, atLeastMs: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const start = environment.now();
  let callOff = environment.after(ms, resolve);
  wake.listener = () => {
    callOff();
    callOff = environment.after(Math.max(0, start + atLeastMs - environment.now()), resolve);
  };
  const aborted = () => resolve();
  signal.addEventListener("abort", aborted);
  if (signal.aborted) resolve();
  return promise.finally(() => {
    callOff();
    wake.listener = undefined;
    signal.removeEventListener("abort", aborted);
  });
}

// A timer that is late by more than this has slept with its machine, and the connection is most
// likely dead. Hidden tabs get their timers once a minute, so it must be well above that.
const sleptMs = 120_000;
// What came while a page was frozen is handed over right after it thaws, if the connection is alive.
const thawMs = 500;
// Timers stand still while a machine sleeps, so a long one is taken in steps this long.
const longestStepMs = 15_000;

/**
 * Settles as `operation` does, or rejects: with `unavailable` once it has taken `limitMs` (undefined:
 * no limit) or this machine has slept; with the signal's reason when that says so.
 */
export function watch<T>(
  { environment, signal, wake }: Waiter,
  operation: Promise<T>,
  limitMs: number | undefined,
  silent: string,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const start = environment.now();
  const leftMs = () => (limitMs === undefined ? Infinity : start + limitMs - environment.now());
  let callOff = () => {};
  const soon = (reason: string) => {
    callOff();
    callOff = environment.after(thawMs, () => reject(cut(reason)));
  };
  const step = () => {
    const ms = Math.min(leftMs(), longestStepMs);
    const due = environment.now() + ms;
    callOff = environment.after(ms, () => {
      if (environment.now() - due > sleptMs) soon("this machine was asleep");
      else if (leftMs() <= 0) reject(cut(`${silent} for ${Math.round(limitMs! / 1000)} s`));
      else step();
    });
  };
  step();
  wake.listener = (restored) => {
    if (restored) reject(cut("the page or its network was away"));
    else if (leftMs() <= 0) soon(`${silent} since the page was left`);
  };
  const aborted = () => reject(signal.reason);
  signal.addEventListener("abort", aborted);
  if (signal.aborted) aborted();
  operation.then(resolve, reject);
  return promise.finally(() => {
    callOff();
    wake.listener = undefined;
    signal.removeEventListener("abort", aborted);
  });
}

function cut(reason: string): PlotcastError {
  return new PlotcastError("unavailable", reason);
}
