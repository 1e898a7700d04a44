/** How fast a value follows: of each second on the screen, at most a quarter more or less passes. */
const rate = 1 / 4;
/** What is further away was wrong: nobody would wait for it. */
const jumpMs = 10_000;
/** Our own clock was set back by more: nothing that it told before counts. */
const setBackMs = 60_000;

/**
 * A distance between two clocks, as it is used on the screen: when it changes, it follows evenly. A
 * clock that is that much ahead or behind then runs a little slower or faster for a while, and never
 * backwards. What it is told first, and what is far away, it is at once.
 */
export class Slew {
  #from = 0;
  #to = 0;
  #since: number | undefined;

  /** What it will be. */
  get target(): number {
    return this.#to;
  }

  at(now: number): number {
    const passed = now - (this.#since ?? now);
    const way = this.#to - this.#from;
    const done = Math.max(0, passed) * rate;
    return done >= Math.abs(way) || passed < -setBackMs
      ? this.#to
      : this.#from + Math.sign(way) * done;
  }

  /** `atOnce`: nobody has looked at it for long enough to mind. */
  set(value: number, now: number, atOnce = false): void {
    const from = this.at(now);
    const jumps = atOnce || this.#since === undefined || Math.abs(value - from) > jumpMs;
    this.#from = jumps ? value : from;
    this.#to = value;
    this.#since = now;
  }
}
