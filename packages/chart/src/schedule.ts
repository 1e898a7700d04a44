import { guarded } from "./errors.ts";
import { Pressure, type Quality } from "./pressure.ts";

/** Something that is drawn now and then. */
export interface Drawable {
  /** When it should be drawn next, on our clock in Unix ms; infinity: not until it says `wake`. */
  dueAt(now: number): number;
  draw(now: number): void;
  /**
   * Told in the same frame, when all that are drawn in it have been: the place to change the page, since
   * a text drawn on a canvas after that would make the browser lay out the page in between.
   */
  tell?(now: number): void;
  /** The quality of the scheduler is another one: what was drawn could be drawn finer, or must not be. */
  qualityChanged?(): void;
}

/** What a scheduler needs of a browser. */
export type Clockwork = {
  readonly now: () => number;
  /** Milliseconds on a clock that never goes back, as exact as can be had. */
  readonly precise: () => number;
  readonly requestFrame: (run: () => void) => void;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
};

/** Nothing due for longer than this: sleep on a timer, which costs less than empty frames. */
const worthSleeping = 40;
/** A clock that is set back must not leave a page asleep. */
const longestSleepMs = 60_000;

/** What is remembered of something that is drawn. */
type Turn = { drawnAt: number; deferred: boolean };

/**
 * Draws everything on a page, in as few frames as possible.
 *
 * All that is due is drawn in the same frame, because a frame costs more than what is drawn in it; a
 * burst is spread over several by a budget, in turn. A hidden page gets no frames, so it draws
 * nothing and catches up with one drawing when it is shown. When there is more to draw than fits for a
 * while, each is drawn less often, all at the same ticks, and then less finely: see `Pressure`.
 */
export class Scheduler {
  readonly #clockwork: Clockwork;
  readonly #pressure = new Pressure();
  // In the order in which they came, which is that of the page mostly.
  readonly #drawables = new Map<Drawable, Turn>();
  /** The place of whose turn is next. */
  #begin = 0;
  #framePending = false;
  #timer: unknown;
  /** How many idle frames are still wanted, to see what those before have cost. */
  #probes = 0;

  constructor(clockwork: Clockwork = browserClockwork()) {
    this.#clockwork = clockwork;
  }

  /** How often and how finely everything is drawn at the moment. */
  get quality(): Quality {
    return this.#pressure.quality;
  }

  add(drawable: Drawable, signal: AbortSignal): void {
    this.#drawables.set(drawable, { drawnAt: Number.NEGATIVE_INFINITY, deferred: false });
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
    const { now, precise } = this.#clockwork;
    const at = precise();
    const begun = now();
    const { drawn, deferred, finished } = this.#drawDue(begun, at);
    for (const drawable of drawn) guarded(() => drawable.tell?.(begun));
    const spentMs = precise() - at;
    if (drawn.length === 0) this.#probes = Math.max(0, this.#probes - 1);
    else this.#probes = this.#pressure.probes(at) ? 2 : 0;
    if (this.#probes > 0 || !finished) this.wake();
    else this.#sleep(now());
    const goesOn = this.#framePending;
    const work = { at, spentMs, drawn: drawn.length, deferred, goesOn };
    if (!this.#pressure.frame(work)) return;
    for (const drawable of this.#drawables.keys()) guarded(() => drawable.qualityChanged?.());
  }

  /**
   * Draws what is due, until the budget is used up, and goes on from there in the next frame. In the
   * order of the page: what is shown anew in a frame is then one part of the screen, and a small one.
   */
  #drawDue(begun: number, at: number) {
    const drawn: Drawable[] = [];
    let deferred = 0;
    const all = [...this.#drawables];
    for (let n = 0; n < all.length; n++) {
      const place = (this.#begin + n) % all.length;
      const [drawable, turn] = all[place]!;
      if (!this.#drawables.has(drawable) || drawable.dueAt(begun) > begun) continue;
      if (this.#turnAt(turn, begun) > begun) {
        turn.deferred = true;
        continue;
      }
      drawn.push(drawable);
      if (turn.deferred) deferred++;
      turn.drawnAt = begun;
      turn.deferred = false;
      guarded(() => drawable.draw(begun));
      if (this.#clockwork.precise() - at < this.#pressure.budgetMs) continue;
      this.#begin = place + 1;
      return { drawn, deferred, finished: false };
    }
    this.#begin = 0;
    return { drawn, deferred, finished: true };
  }

  /** The tick, of those that all have in common, from which it may be drawn again. */
  #turnAt({ drawnAt }: Turn, now: number): number {
    const { hz } = this.#pressure.quality;
    // Of a clock that was set back, no tick is waited for.
    if (hz >= 60 || drawnAt > now) return Number.NEGATIVE_INFINITY;
    const tickMs = 1000 / hz;
    return (Math.floor(drawnAt / tickMs) + 1) * tickMs;
  }

  #sleep(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const [drawable, turn] of this.#drawables) {
      next = Math.min(next, Math.max(drawable.dueAt(now), this.#turnAt(turn, now)));
    }
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
    precise: () => performance.now(),
    requestFrame: (run) => requestAnimationFrame(run),
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number),
  };
}
