/** As many arrivals as are looked back upon, at least so far apart: from 12 s to two minutes. */
const remembered = 120;
const apartMs = 100;
/** Before that, nobody can say what is usual. */
const enough = 20;
/** Figures of so many arrivals change slowly. */
const beatMs = 1000;
/** Later than others by more: told afterwards, by a sender that had been away. */
const afterwardsMs = 10_000;
/** Less cannot be seen. */
const leastMs = 20;
/** A window that moves rarely to another of these is calm. The last is the most anyone should wait. */
const steps = [0, 50, 100, 150, 250, 400, 600, 1000, 1500, 2500, 4000, 5000];
/** It is moved back towards now only after it could have been for so long, and by far. */
const calmMs = 30_000;
const byFar = 0.6;

/** How late samples are when they arrive, and how unevenly. */
export class Lateness {
  readonly #late = new Float64Array(remembered);
  #count = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #calmSince: number | undefined;
  #delayMs = 0;

  /** A sample arrived at `now`, this much after its time, both by one clock. */
  add(lateMs: number, now: number): void {
    // The page's clock may have been set back.
    if (Math.abs(now - this.#takenAt) < apartMs) return;
    this.#takenAt = now;
    this.#late[this.#count++ % remembered] = lateMs;
    if (this.#count < enough || Math.abs(now - this.#judgedAt) < beatMs) return;
    this.#judgedAt = now;
    this.#judge(now);
  }

  /** Its times turned out to be of no use for this, or it is another clock now. */
  clear(): void {
    this.#count = this.#delayMs = 0;
    this.#calmSince = undefined;
  }

  /** How late samples usually are; undefined while unknown. */
  get usualMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#part(0.5);
  }

  /**
   * How far behind the newest possible sample a window must end for nearly all samples to be there
   * when it comes to them. Changes rarely.
   */
  get delayMs(): number {
    return this.#delayMs;
  }

  #judge(now: number): void {
    const jitter = this.#part(0.95) - this.#part(0.5);
    const wanted = jitter < leastMs ? 0 : (steps.find((step) => step >= jitter) ?? steps.at(-1)!);
    if (wanted > this.#delayMs) this.#delayMs = wanted;
    if (jitter > this.#delayMs * byFar) this.#calmSince = undefined;
    else this.#calmSince ??= now;
    if (wanted >= this.#delayMs || now - (this.#calmSince ?? now) < calmMs) return;
    this.#delayMs = wanted;
    this.#calmSince = undefined;
  }

  /** Of all that are alike, so many are less. */
  #part(part: number): number {
    const sorted = this.#late.slice(0, Math.min(this.#count, remembered)).sort();
    const most = sorted[sorted.length >> 1]! + afterwardsMs;
    const length = sorted.findLastIndex((late) => late <= most) + 1;
    return sorted[Math.min(length - 1, Math.floor(length * part))]!;
  }
}
