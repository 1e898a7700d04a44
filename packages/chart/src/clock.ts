const remembered = 15;
/** Times are often whole seconds, and take a moment to arrive: being this late is not skew. */
const latenessMs = 2000;
/** With a server that told us its time, samples may still be this far ahead (a sender's clock). */
const leadMs = 10_000;

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

  /** The server told us: its time minus ours. */
  know(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#leads.length = this.#count = this.#learntMs = 0;
  }

  /** A sample of time `time` arrived live at `now`, our clock. */
  observe(time: number, now: number): void {
    this.#leads[this.#count++ % remembered] = time - now - (this.#offsetMs ?? 0);
    // The median, so that one sample with an absurd time moves nothing.
    const lead = this.#leads.toSorted((a, b) => a - b)[this.#leads.length >> 1]!;
    const known = this.#offsetMs !== undefined;
    const believed = known ? lead > 0 && lead <= leadMs : lead > 0 || lead < -latenessMs;
    this.#learntMs = believed ? lead : 0;
  }

  /** Their time minus ours. */
  get offsetMs(): number {
    return (this.#offsetMs ?? 0) + this.#learntMs;
  }
}
