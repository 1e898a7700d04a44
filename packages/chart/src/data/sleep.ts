import type { Environment } from "@plotcast/client";

/** What is known of a page's life: `Environment` of the client. */
export type Life = Pick<Environment, "now" | "after" | "onAway" | "onSight">;

const beatMs = 15_000;
/** A timer that is later by this was not just slow. In hidden pages they come once a minute. */
const late = { seen: 10_000, hidden: 120_000 };

/**
 * Tells when this page has not run: its machine slept, its browser had frozen it or put it away.
 * `hidden`: also when nobody could see it.
 */
export function watchSleep(
  { now, after, onAway, onSight }: Life,
  slept: (from: number, to: number) => void,
  signal: AbortSignal,
  hidden = false,
): void {
  let awaySince: number | undefined;
  let hiddenSince: number | undefined;
  let wasHidden = false;
  let callOff = () => {};
  onAway((away) => {
    if (away) awaySince ??= now();
    else if (awaySince !== undefined) slept(awaySince, now());
    if (!away) awaySince = undefined;
  }, signal);
  const see = (visible: boolean) => {
    if (!visible) {
      wasHidden = true;
      hiddenSince ??= now();
    } else if (hiddenSince !== undefined) {
      if (hidden) slept(hiddenSince, now());
      hiddenSince = undefined;
    }
  };
  see(onSight(see, signal));
  const beat = () => {
    const due = now() + beatMs;
    callOff = after(beatMs, () => {
      const limitMs = wasHidden ? late.hidden : late.seen;
      if (now() - due > limitMs) slept(due - beatMs, now());
      wasHidden = hiddenSince !== undefined;
      beat();
    });
  };
  beat();
  signal.addEventListener("abort", () => callOff(), { once: true });
}
