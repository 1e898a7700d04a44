import { openTabs, type Tabs } from "./tabs.ts";

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
   * Calls `listener` when a page comes back to life. `restored`: from the back/forward cache, or the
   * network is back. Then a connection from before may hang for ever without an error.
   */
  readonly onWake: (listener: (restored: boolean) => void, signal: AbortSignal) => void;
  /**
   * Calls `listener` when a page is put away, closed or frozen, and when it is back: meanwhile it may
   * not run at all.
   */
  readonly onAway: (listener: (away: boolean) => void, signal: AbortSignal) => void;
  /** Calls `listener` when a page is shown or hidden. Returns whether anyone can see it now. */
  readonly onSight: (listener: (visible: boolean) => void, signal: AbortSignal) => boolean;
  /** False if this computer is surely without a network. */
  readonly online?: () => boolean;
  /** The other pages of our origin, if they can be reached. */
  readonly tabs: Tabs | undefined;
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
    onAway,
    onSight,
    online: () => globalThis.navigator?.onLine !== false,
    tabs: openTabs(),
    pageUrl: globalThis.document?.baseURI ?? globalThis.location?.href,
  };
}

function onWake(listener: (restored: boolean) => void, signal: AbortSignal): void {
  const { document, window } = globalThis;
  window?.addEventListener("online", () => listener(true), { signal });
  window?.addEventListener("pageshow", (event) => event.persisted && listener(true), { signal });
  document?.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "visible" && listener(false),
    { signal },
  );
}

function onAway(listener: (away: boolean) => void, signal: AbortSignal): void {
  const { document, window } = globalThis;
  window?.addEventListener("pagehide", () => listener(true), { signal });
  window?.addEventListener("pageshow", (event) => event.persisted && listener(false), { signal });
  document?.addEventListener("freeze", () => listener(true), { signal });
  document?.addEventListener("resume", () => listener(false), { signal });
}

function onSight(listener: (visible: boolean) => void, signal: AbortSignal): boolean {
  const { document } = globalThis;
  const isVisible = () => document?.visibilityState !== "hidden";
  document?.addEventListener("visibilitychange", () => listener(isVisible()), { signal });
  return isVisible();
}
