import { guarded } from "./errors.ts";

/** Something that is drawn now and then. */
export interface Drawable {
  /** When it should be drawn next, on our clock in Unix ms; infinity: not until it says `wake`. */
  dueAt(now: number): number;
  draw(now: number): void;
}

/** What a scheduler needs of a browser. */
export type Clockwork = {
  readonly now: () => number;
  readonly requestFrame: (run: () => void) => void;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
};

/** Drawing longer than this in one frame would let others miss theirs. */
const budgetMs = 6;
/** Nothing due for longer than this: sleep on a timer, which costs less than empty frames. */
const worthSleeping = 40;
/** A clock that is set back must not leave a page asleep. */
const longestSleepMs = 60_000;

/**
 * Draws everything on a page, in as few frames as possible.
 *
 * All that is due is drawn in the same frame, because a frame costs more than what is drawn in it; a
 * burst is spread over several by a budget, in turn. A hidden page gets no frames, so it draws
 * nothing and catches up with one drawing when it is shown.
 */
export class Scheduler {
  readonly #clockwork: Clockwork;
  // In the order of their turns: who was drawn goes to the end.
  readonly #drawables = new Set<Drawable>();
  #framePending = false;
  #timer: unknown;

  constructor(clockwork: Clockwork = browserClockwork()) {
    this.#clockwork = clockwork;
  }

  add(drawable: Drawable, signal: AbortSignal): void {
    this.#drawables.add(drawable);
    signal.addEventListener("abort", () => this.#drawables.delete(drawable), { once: true });
    this.wake();
  }

  /** Something may be due earlier than it said. Cheap: call it for every change. */
  wake(): void {
    if (this.#framePending || this.#drawables.size === 0) return;
    this.#framePending = true;
    this.#clockwork.clearTimer(this.#timer);
    this.#clockwork.requestFrame(() => this.#frame());
  }

  #frame(): void {
    this.#framePending = false;
    const { now } = this.#clockwork;
    const begun = now();
    for (const drawable of [...this.#drawables]) {
      if (drawable.dueAt(begun) > begun || !this.#drawables.has(drawable)) continue;
      this.#drawables.delete(drawable);
      this.#drawables.add(drawable);
      guarded(() => drawable.draw(begun));
      if (now() - begun < budgetMs) continue;
      this.wake();
      return;
    }
    this.#sleep(now());
  }

  #sleep(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const drawable of this.#drawables) next = Math.min(next, drawable.dueAt(now));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#clockwork.clearTimer(this.#timer);
    // Timers come late rather than early: aim at the frame before.
    const ms = Math.min(next - now - 8, longestSleepMs);
    if (next - now < worthSleeping) this.wake();
    else this.#timer = this.#clockwork.setTimer(() => this.wake(), ms);
  }
}

let shared: Scheduler | undefined;

/** The one scheduler of this page. */
export function pageScheduler(): Scheduler {
  shared ??= new Scheduler();
  return shared;
}

function browserClockwork(): Clockwork {
  return {
    now: () => Date.now(),
    requestFrame: (run) => requestAnimationFrame(run),
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number),
  };
}
