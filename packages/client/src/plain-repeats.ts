// Smallest difference that a float64 of Unix milliseconds carries for sure.
export const leastMs = 0.001;

type Samples = Map<number, number | null>;
/** Of one answer: what it has, and how often it has each time. */
type Answered = { readonly samples: Samples; readonly counts: Map<number, number> };

/**
 * Tells what is new in an answer that repeats most of the one before it, as those of polled addresses
 * do: a sample is, unless the last answer had the same value at that time.
 */
export class Repeats {
  #before = new Map<string, Samples>();
  #now = new Map<string, Answered>();

  /** To be called before each answer. A series that it leaves out stays as it was. */
  begin(): void {
    for (const [name, { samples }] of this.#now) this.#before.set(name, samples);
    this.#now = new Map();
  }

  /**
   * Where to put a sample; undefined if that would tell nothing new. Several samples of one series and
   * one coarse time are kept apart in their order.
   */
  place(name: string, ms: number, stepMs: number, value: number | null): number | undefined {
    const answered = this.#now.get(name) ?? { samples: new Map(), counts: new Map() };
    this.#now.set(name, answered);
    const { samples, counts } = answered;
    const count = counts.get(ms) ?? 0;
    counts.set(ms, count + 1);
    const time = stepMs > 0 ? Math.min(ms + count * leastMs, ms + stepMs - leastMs) : ms;
    samples.set(time, value);
    const before = this.#before.get(name);
    return before?.has(time) && before.get(time) === value ? undefined : time;
  }
}
