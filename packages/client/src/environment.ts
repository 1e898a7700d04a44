/** What `follow` needs from where it runs. Tests hand in their own; so may a program with a proxy. */
export type Environment = {
  readonly fetch: typeof fetch;
  /** Our clock, Unix milliseconds. */
  readonly now: () => number;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** Calls back once after `ms`; the function it returns calls that off. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /**
   * Calls `listener` when a page comes back to life. `restored`: from the back/forward cache, where a
   * connection may hang for ever without an error.
   */
  readonly onWake: (listener: (restored: boolean) => void, signal: AbortSignal) => void;
  /** Address of the page, if there is one: relative URLs start there, other origins are foreign. */
  readonly pageUrl: string | undefined;
};

/** The browser or Node we run in. */
export function defaultEnvironment(): Environment {
  return {
    // Called through the global on purpose: browsers refuse to run a detached `fetch`.
    fetch: (input, init) => globalThis.fetch(input, init),
    now: Date.now,
    random: Math.random,
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    onWake,
    pageUrl: globalThis.document?.baseURI ?? globalThis.location?.href,
  };
}

function onWake(listener: (restored: boolean) => void, signal: AbortSignal): void {
  const { document, window } = globalThis;
  window?.addEventListener("online", () => listener(false), { signal });
  window?.addEventListener("pageshow", (event) => event.persisted && listener(true), { signal });
  document?.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "visible" && listener(false),
    { signal },
  );
}
