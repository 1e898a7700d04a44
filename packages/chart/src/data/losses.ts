import type { SeriesColumns } from "@plotcast/client";
import type { Band } from "../scene.ts";
import { Outages } from "./outages.ts";
import type { Track } from "./track.ts";

/** What a source has lost: its series and what came of them, and `Outages` that know why. */
export class Losses {
  /** Whoever tells the source catches up exactly, or says what is lost. */
  exact = false;
  readonly #tracks: ReadonlyMap<string, Track>;
  readonly #outages = new Outages();
  /** When the newest samples came, our clock. */
  #heardAt: number;
  /** The first sample after a loss, as far as is known: history comes in parts. */
  #foundAt = Number.POSITIVE_INFINITY;

  constructor(tracks: ReadonlyMap<string, Track>, now: number) {
    this.#tracks = tracks;
    this.#heardAt = now;
  }

  bands(now: number): readonly Band[] {
    return this.#outages.bands(now);
  }

  /** Of all series. */
  get newestTime(): number {
    return Math.max(...[...this.#tracks.values()].map(({ ring }) => ring.newestTime));
  }

  /** Samples may be missing after the newest; `certain`: they are. */
  lose(certain: boolean, reason?: string): void {
    this.#outages.lose({ from: this.newestTime, heardAt: this.#heardAt, certain, reason });
  }

  /** The connection is gone. */
  cut(now: number): void {
    if (!this.exact) this.lose(false);
    this.#outages.cut(now, this.newestTime);
  }

  connected(): void {
    this.#outages.connected();
  }

  /** This page has not run, our clock. */
  slept(from: number, to: number): void {
    this.#outages.slept(from, to);
    // A connection may outlive it, and bring all that came meanwhile.
    if (!this.exact) this.lose(false);
  }

  /** To be called with samples before they are taken in. Says whether any before them are lost. */
  find(
    columns: SeriesColumns,
    now: number,
    history?: { readonly bucketMs: number; readonly done: boolean },
  ): boolean {
    if (!history) this.#heardAt = now;
    const from = this.#outages.lostSince;
    if (from === undefined) return false;
    for (const { times } of columns.values()) {
      for (const time of times) if (time > from && time < this.#foundAt) this.#foundAt = time;
    }
    const to = this.#foundAt;
    if (to === Number.POSITIVE_INFINITY || history?.done === false) return false;
    this.#foundAt = Number.POSITIVE_INFINITY;
    const intervalMs = Math.max(this.#intervalMs(), history?.bucketMs ?? 0);
    return this.#outages.found({ from, to, intervalMs }, now);
  }

  reduce(from: number, to: number, bucketMs: number): void {
    this.#outages.reduce(from, to, bucketMs);
  }

  clear(): void {
    this.#outages.clear();
  }

  /** To be called once samples are dropped; `keepFrom`: what nobody wants to see is before that. */
  prune(keepFrom: number): void {
    const oldest = () => {
      const times = [...this.#tracks.values()].map(({ ring }) => ring.times[0] ?? keepFrom);
      return Math.min(keepFrom, ...times);
    };
    this.#outages.prune(oldest, this.#heardAt);
  }

  /** How far the samples of the fastest series are apart; NaN while unknown. */
  #intervalMs(): number {
    const known = [...this.#tracks.values()].flatMap(({ ring }) => {
      const { medianMs } = ring.cadence;
      return Number.isNaN(medianMs) ? [] : [medianMs];
    });
    return known.length > 0 ? Math.min(...known) : Number.NaN;
  }
}
