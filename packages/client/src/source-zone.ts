import { localZone, type Zone, zoneNamed } from "@plotcast/protocol";

/** Clocks differ by less, zones by more. */
const closeMs = 10 * 60_000;

/**
 * The zone of times that name none: as told, or guessed.
 *
 * Servers write such times in their own zone, which is often the reader's, and else mostly UTC. The
 * first time that is now in one of the two decides. Where neither fits, it stays the reader's own,
 * and the chart learns how far the clock is off.
 */
export class SourceZone {
  /** Whether any time was without a zone. */
  used = false;
  readonly told: boolean;
  #name: string | undefined;
  #zone: Zone;
  #settled: boolean;

  constructor(name: string | undefined) {
    this.#name = name;
    this.#zone = name === undefined ? localZone : zoneNamed(name);
    this.told = this.#settled = name !== undefined;
  }

  get name(): string {
    return this.#name ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  /** Places what `instant` makes of a zone. */
  place(instant: (zone: Zone) => number, now: number): number {
    this.used = true;
    const ms = instant(this.#zone);
    if (this.#settled) return ms;
    const utc = instant(() => 0);
    if (utc === ms) return ms;
    if (Math.abs(ms - now) < closeMs) {
      this.#settled = true;
    } else if (Math.abs(utc - now) < closeMs) {
      this.#settled = true;
      this.#name = "UTC";
      this.#zone = () => 0;
      return utc;
    }
    return ms;
  }
}
