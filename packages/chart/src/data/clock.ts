import { Lateness } from "./lateness.ts";
import { Slew } from "./slew.ts";

const remembered = 15;
/** Times are often whole seconds, and take a moment to arrive: being this late is not skew. */
const latenessMs = 2000;
/** With a server that told us its time, samples may still be this far ahead (a sender's clock). */
const leadMs = 10_000;
/** What was before comes within this, if at all; the sample that tells the time may be its last. */
const beginningMs = 1000;
/** Samples that are less far ahead than before do not move the window at once: they vary. */
const steadyMs = 250;

/**
 * What time it is where the samples come from.
 *
 * Our own server says so. Elsewhere it is learnt from how far the samples that just arrived are from
 * our own clock: a server an hour off would otherwise draw an empty chart.
 */
export class SourceClock {
  #offsetMs: number | undefined;
  readonly #leads: number[] = [];
  #count = 0;
  #learntMs = 0;
  /** When the first sample was observed. */
  #begunAt = Number.NaN;
  /** Observed in a row that were whole seconds. */
  #whole = 0;
  #coarse = true;
  readonly #lateness = new Lateness();
  readonly #offset = new Slew();
  readonly #delay = new Slew();

  /** The server told us at `now`, our clock: its time minus ours. */
  know(offsetMs: number, now = Date.now()): void {
    // As told anew on each connection, it differs by what that took.
    if (Math.abs(offsetMs - (this.#offsetMs ?? 0)) > latenessMs) this.#lateness.clear();
    this.#offsetMs = offsetMs;
    this.#leads.length = this.#count = this.#learntMs = 0;
    this.#offset.set(offsetMs, now);
  }

  /**
   * A sample of time `time` arrived live at `now`, our clock. `stepMs`: how coarse its time is, if
   * that is known; infinite if it is that of its arrival.
   */
  observe(time: number, now: number, stepMs = 0): void {
    if (this.#count === 0) this.#begunAt = now;
    this.#leads[this.#count++ % remembered] = time - now - (this.#offsetMs ?? 0);
    const known = this.#offsetMs !== undefined;
    const lead = usualLead(this.#leads, known);
    const believed = known ? lead > 0 && lead <= leadMs : lead > 0 || lead < -latenessMs;
    this.#learntMs = believed ? lead : 0;
    this.#settle(now);
    this.#judge(time, now, stepMs);
  }

  /** Their time minus ours. */
  get offsetMs(): number {
    return (this.#offsetMs ?? 0) + this.#learntMs;
  }

  /** How far their clock is ahead of ours. */
  get skewMs(): number {
    return this.#offsetMs ?? this.#learntMs;
  }

  /**
   * How long after its time a sample is here, as a rule. Undefined where that cannot be known: times
   * are whole seconds or those of arrival, or how clocks differ was learnt from the samples themselves.
   */
  get latencyMs(): number | undefined {
    if (this.#coarse || (this.#offsetMs === undefined && this.#learntMs !== 0)) return undefined;
    const usual = this.#lateness.usualMs;
    return usual === undefined || usual < -steadyMs ? undefined : Math.max(0, usual);
  }

  /** `offsetMs` for the screen: changes evenly, such that time never runs backwards there. */
  offsetAt(now: number): number {
    return this.#offset.at(now);
  }

  /**
   * How far a window should end behind their time, for samples to be there when it comes to them: as
   * unevenly as they arrive, up to 5 s. Changes rarely, and evenly.
   */
  delayAt(now: number): number {
    return this.#delay.at(now);
  }

  #settle(now: number): void {
    const { target } = this.#offset;
    const { offsetMs } = this;
    const begins = this.#offsetMs === undefined && now - this.#begunAt < beginningMs;
    if (begins || offsetMs > target || offsetMs < target - steadyMs) {
      this.#offset.set(offsetMs, now, begins);
    }
  }

  #judge(time: number, now: number, stepMs: number): void {
    this.#whole = time % 1000 === 0 ? this.#whole + 1 : 0;
    const coarse = stepMs > 0 || this.#whole >= Math.min(this.#count, remembered);
    if (coarse && !this.#coarse) this.#lateness.clear();
    this.#coarse = coarse;
    if (!coarse) this.#lateness.add(now + (this.#offsetMs ?? 0) - time, now);
    const delayMs = coarse ? 0 : this.#lateness.delayMs;
    if (delayMs !== this.#delay.target) this.#delay.set(delayMs, now);
  }
}

/**
 * How far ahead samples are. Where nobody told us the time, the one that is late least knows it best:
 * who begins with what was before would else be taken for a clock that is behind. Otherwise the median,
 * so that one sample with an absurd time moves nothing.
 */
function usualLead(leads: readonly number[], known: boolean): number {
  const freshest = Math.max(...leads);
  if (!known && freshest <= latenessMs) return freshest;
  return leads.toSorted((a, b) => a - b)[leads.length >> 1]!;
}
