/** How much a page can draw: how often at most, and how finely. */
export type Quality = {
  /** Each chart is drawn at most this often. */
  readonly hz: number;
  /** Buckets per device pixel across, where there are more samples than that: 1 is all that is seen. */
  readonly fineness: number;
};

const levels: readonly Quality[] = [
  { hz: 60, fineness: 1 },
  { hz: 30, fineness: 1 },
  { hz: 10, fineness: 1 },
  { hz: 10, fineness: 1 / 2 },
  { hz: 10, fineness: 1 / 4 },
];

/** Shares of all time. Above `over`, charts take more than is theirs; what would be `under` has room. */
const shares = { over: 1 / 3, under: 1 / 5 };
/** Load is judged over so long, and must be too high for so long: a burst is no load. */
const windowMs = 1000;
const overMs = 2000;
/** So long there must be room before it is used; longer each time that was a mistake, up to the second. */
const patience = { least: 3000, most: 48_000 };
/** A better level that had to be given up by then was a mistake. */
const mistakeMs = 10_000;
/** No frame takes that long: the page was hidden, or asleep. */
const asleepMs = 1000;
/** Frames of faster screens are shorter; that ours may take as long as these is taken for granted. */
const usualFrameMs = 1000 / 60;
/** What frames cost is looked at so often at least; in between they are taken to cost the same. */
const probeMs = 1000;

/**
 * How long drawing may take in a frame, in ms: what the browser does with it afterwards has to fit as
 * well. Less after each frame that came too late, more with each that did not.
 */
const budget = { least: 4, most: 10, less: 0.7, more: 0.25 };

/** What a frame was: when it began, on a clock that never goes back, and what was done in it. */
export type FrameWork = {
  readonly at: number;
  /** Spent on drawing, in ms. */
  readonly spentMs: number;
  readonly drawn: number;
  /** How many of these had to wait for the rate. */
  readonly deferred: number;
  /** The next frame was asked for in this one, so what lies between them is one frame. */
  readonly goesOn: boolean;
};

/**
 * How hard drawing is for a page, and what it does about that: draws less often, then less finely, and
 * comes back by itself.
 *
 * A drawing costs its script, and whatever it makes the browser do until the next frame: that is how
 * much later than after an idle frame the next one comes. What else the page is busy with makes idle
 * frames as long, and is not charged. Nothing here stays for ever: whatever was, with nothing to do the
 * best quality is back within minutes.
 */
export class Pressure {
  #level = 0;
  #budgetMs: number = budget.most;
  /** From one frame to the next with nothing drawn in between. */
  #idleMs: number = usualFrameMs;
  /** What a frame with drawings has cost lately. */
  #usualMs = 0;
  #probedAt = Number.NEGATIVE_INFINITY;
  #before: FrameWork | undefined;
  #window = { since: Number.NaN, costMs: 0, drawn: 0, deferred: 0 };
  #overFor = 0;
  #underFor = 0;
  #patience: number = patience.least;
  #easedAt = Number.NEGATIVE_INFINITY;

  /** What can be had now. */
  get quality(): Quality {
    return levels[this.#level]!;
  }

  /** How long drawing may take in the next frame. */
  get budgetMs(): number {
    return this.#budgetMs;
  }

  /** Whether a drawing should be followed by two idle frames, to tell what it has cost. */
  probes(at: number): boolean {
    return this.#level > 0 || at - this.#probedAt >= probeMs;
  }

  /** Takes a frame into account. Returns whether the quality is another one now. */
  frame(work: FrameWork): boolean {
    const window = this.#window;
    if (Number.isNaN(window.since)) window.since = work.at;
    const before = this.#before;
    this.#before = work;
    if (before) window.costMs += this.#costOf(before, work.at - before.at);
    window.drawn += work.drawn;
    window.deferred += work.deferred;
    const elapsed = work.at - window.since;
    if (elapsed < windowMs) return false;
    const level = this.#level;
    this.#judge(window.costMs / elapsed, elapsed, work.at);
    this.#window = { since: work.at, costMs: 0, drawn: 0, deferred: 0 };
    return this.#level !== level;
  }

  #costOf({ at, spentMs, drawn, goesOn }: FrameWork, untilNext: number): number {
    if (!goesOn || untilNext > asleepMs) return drawn === 0 ? 0 : Math.max(spentMs, this.#usualMs);
    // A frame that is shorter than an idle one: the page is less busy than it was.
    if (drawn === 0 || untilNext < this.#idleMs) {
      this.#idleMs = Math.max(usualFrameMs, this.#idleMs + (untilNext - this.#idleMs) / 4);
    }
    if (drawn === 0) return 0;
    const lateMs = untilNext - this.#idleMs;
    const cost = Math.max(spentMs, lateMs);
    const { least, most, less, more } = budget;
    this.#budgetMs =
      lateMs > usualFrameMs / 2
        ? Math.max(least, this.#budgetMs * less)
        : Math.min(most, this.#budgetMs + more);
    this.#probedAt = at;
    this.#usualMs += (cost - this.#usualMs) / 4;
    return cost;
  }

  #judge(load: number, elapsed: number, at: number): void {
    this.#overFor = load > shares.over ? this.#overFor + elapsed : 0;
    this.#underFor = load * this.#growth() < shares.under ? this.#underFor + elapsed : 0;
    if (this.#overFor >= overMs && this.#level < levels.length - 1) {
      const mistake = at - this.#easedAt < mistakeMs;
      this.#patience = mistake ? Math.min(patience.most, 2 * this.#patience) : patience.least;
      this.#become(this.#level + 1);
    } else if (this.#underFor >= this.#patience && this.#level > 0) {
      // The step before has turned out well.
      if (at - this.#easedAt > mistakeMs) {
        this.#patience = Math.max(patience.least, this.#patience / 2);
      }
      this.#easedAt = at;
      this.#become(this.#level - 1);
    }
  }

  #become(level: number): void {
    this.#level = level;
    this.#overFor = this.#underFor = 0;
  }

  /** How many times as much there would be to do one level better, at most. */
  #growth(): number {
    const [worse, better] = [levels[this.#level]!, levels[this.#level - 1]];
    if (!better) return 1;
    const { drawn, deferred } = this.#window;
    // Only what had to wait would be drawn more often.
    const waited = drawn === 0 ? 0 : deferred / drawn;
    return (1 + (better.hz / worse.hz - 1) * waited) * (better.fineness / worse.fineness);
  }
}

/** For people: what they see less of, and why; empty if that is nothing. */
export function qualityText({ hz, fineness }: Quality): string {
  if (hz >= 60) return "";
  const coarse = fineness < 1 ? ", in outline" : "";
  return `Drawing at ${hz} Hz${coarse}: this page has more to draw than this device can`;
}
