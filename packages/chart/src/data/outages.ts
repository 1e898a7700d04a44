import type { Band } from "../scene.ts";

/** Where the samples of before and after a loss are. */
export type Hole = {
  /** Time of the last sample before it. */
  readonly from: number;
  /** Time of the first sample after it. */
  readonly to: number;
  /** How far samples are apart as a rule; NaN while unknown. */
  readonly intervalMs: number;
};

type Stretch = { readonly from: number; readonly to: number };

type Loss = {
  /** Time of the newest sample then. */
  readonly from: number;
  /** When it came, our clock. */
  readonly heardAt: number;
  /** It is known that something is missing; otherwise the samples show it. */
  readonly certain: boolean;
  readonly reason: string | undefined;
};

/** Nobody looks at more; a connection that comes and goes all day must not fill the memory. */
const maxBands = 200;
const maxStretches = 50;
/** A connection that is back by then was hardly lost. */
const patienceMs = 3000;
/** Samples this many intervals apart had others between them. */
const missingIntervals = 1.5;
const leastMs = 1000;
/** A reason comes from a server, and is one line. */
const maxReasonLength = 120;

const texts = {
  offline: "Not connected for a part of this: what was sent then cannot be had",
  cut: "Not connected: what is sent meanwhile is told afterwards",
  paused: "This page was asleep, and what was sent meanwhile cannot be had",
  reduced: "Shown in outline: away for longer than the server's log reaches",
};

/**
 * Why samples are missing where they are, and where only their outline is held.
 *
 * A loss is pending until the next sample shows what it has cost: an endpoint that tells what was
 * missed has cost nothing.
 */
export class Outages {
  #bands: readonly Band[] = [];
  #pending: Loss | undefined;
  /** Our clock. */
  #asleep: readonly Stretch[] = [];
  /** Since when there is no connection, our clock, and of when the newest sample was. */
  #cut: { readonly at: number; readonly from: number } | undefined;

  /** What is known at `now`, our clock, by time. */
  bands(now: number): readonly Band[] {
    const cut = this.#cut;
    if (cut === undefined || cut.from === Number.NEGATIVE_INFINITY) return this.#bands;
    if (now - cut.at < patienceMs) return this.#bands;
    const from = this.#pending?.from ?? cut.from;
    const text = this.#pending ? texts.offline : texts.cut;
    return [...this.#bands, { from, to: Number.POSITIVE_INFINITY, kind: "offline", text }];
  }

  /** This page, or its machine, has not run; our clock. */
  slept(from: number, to: number): void {
    const touching = this.#asleep.filter((one) => one.from <= to && one.to >= from);
    const all = [...touching, { from, to }];
    this.#asleep = [
      ...this.#asleep.filter((one) => !touching.includes(one)).slice(1 - maxStretches),
      {
        from: Math.min(...all.map((one) => one.from)),
        to: Math.max(...all.map((one) => one.to)),
      },
    ];
  }

  /** The connection is gone; `from`: time of the newest sample. Without a loss, all comes afterwards. */
  cut(now: number, from: number): void {
    this.#cut ??= { at: now, from };
  }

  connected(): void {
    this.#cut = undefined;
  }

  /** Samples may be missing after the newest one. Of several losses in a row the first counts. */
  lose({ from, heardAt, certain, reason }: Loss): void {
    if (from === Number.NEGATIVE_INFINITY) return;
    const before = this.#pending;
    this.#pending = before
      ? { ...before, certain: certain || before.certain, reason: before.reason ?? reason }
      : { from, heardAt, certain, reason };
  }

  /** From when on a sample would show what a loss has cost; undefined: there was none. */
  get lostSince(): number | undefined {
    return this.#pending?.from;
  }

  /** Samples have come after a loss. Returns whether others are missing before them. */
  found({ from, to, intervalMs }: Hole, now: number): boolean {
    const loss = this.#pending;
    this.#pending = undefined;
    if (!loss) return false;
    const usual = Number.isNaN(intervalMs) ? leastMs : intervalMs * missingIntervals;
    if (!loss.certain && to - from <= usual) return false;
    const kind = this.#sleptThrough(loss.heardAt, now) ? "paused" : "offline";
    const text =
      kind === "offline" && loss.reason !== undefined
        ? `Samples are missing: ${loss.reason.slice(0, maxReasonLength)}`
        : texts[kind];
    this.#add({ from, to, kind, text });
    return true;
  }

  /** What was missed has come as the extremes of buckets. `bucketMs` 0: exactly after all. */
  reduce(from: number, to: number, bucketMs: number): void {
    this.#bands = this.#bands.filter((band) => band.kind !== "reduced" || band.from !== from);
    if (from < to && bucketMs > 0) {
      this.#add({ from, to, kind: "reduced", bucketMs, text: texts.reduced });
    }
  }

  /** All that is held is replaced by what the server has. */
  clear(): void {
    this.#bands = [];
  }

  /** Forgets what is older than what is held, and sleep before the last samples: `heardAt`, our clock. */
  prune(oldest: () => number, heardAt: number): void {
    if (this.#bands.length > 0) {
      const keepFrom = oldest();
      if (this.#bands[0]!.to < keepFrom) {
        this.#bands = this.#bands.filter(({ to }) => to >= keepFrom);
      }
    }
    // A loss that is pending is judged by how much of it was slept through.
    const since = this.#pending?.heardAt ?? heardAt;
    if (this.#asleep.some(({ to }) => to < since)) {
      this.#asleep = this.#asleep.filter(({ to }) => to >= since);
    }
  }

  #add(band: Band): void {
    const bands = [...this.#bands, band].sort((a, b) => a.from - b.from);
    this.#bands = bands.slice(-maxBands);
  }

  /** For most of it, so that half of a second of sleep explains no hour. */
  #sleptThrough(from: number, to: number): boolean {
    const parts = this.#asleep.map((one) => Math.min(one.to, to) - Math.max(one.from, from));
    const total = parts.reduce((sum, part) => sum + Math.max(0, part), 0);
    return total >= (to - from) / 2 && total > 0;
  }
}
