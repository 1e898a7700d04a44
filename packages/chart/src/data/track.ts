import type { Columns, SeriesEntry } from "@plotcast/protocol";
import { Lazy } from "../lazy.ts";
import type { Rates } from "./rates.ts";
import { Ring } from "./ring.ts";

/**
 * Samples kept per series at most: so that a page survives a series that is faster than anyone planned
 * for. More than half of it are thinned: 36 MB of arrays then, and 71 MB before that at the very worst.
 */
const maxSamples = 2 ** 21;
/** More digits after the point are not read by anyone in a legend. */
const maxDecimals = 6;

/** How rates are reckoned: of counters only. */
export const rates = new Lazy(() => import("./rates.ts"));
/** What is shown of rates until then. */
const nothing = new Ring(1);

/** What is shown of a series: its values as they are, or how fast they grow, per second. */
export type Shown = "values" | "rates";

/** One series of a source: what is known of it, and its samples. */
export class Track {
  readonly series: string;
  readonly ring = new Ring(maxSamples);
  unit: string | undefined;
  /** When its newest sample came, our clock; for history, the time the sample has. */
  seenAt = Number.NEGATIVE_INFINITY;
  #told: number | undefined;
  #seen = 0;
  #isCounter = false;
  #rates: Rates | undefined;

  constructor(series: string) {
    this.series = series;
  }

  describe(entry: SeriesEntry): void {
    this.unit = entry.unit;
    this.#told = entry.decimals;
    this.#isCounter = entry.kind === "counter";
  }

  /** Whether its values only ever grow, but for beginning anew: their rates are what is worth seeing. */
  get isCounter(): boolean {
    return this.#isCounter;
  }

  /** Digits after the point: as told, else as many as its values have been seen to need. */
  get decimals(): number {
    return this.#told ?? this.#seen;
  }

  /** Digits after the point of what is shown. Rates may need more than the values do: 1 every 3 s. */
  decimalsOf(shown: Shown): number {
    return shown === "rates" ? maxDecimals : this.decimals;
  }

  /** What is to be drawn, up to date. Rates are reckoned from when they are first asked for. */
  shown(as: Shown): Ring {
    if (as === "values") return this.ring;
    if (!this.#rates && rates.code) this.#rates = new rates.code.Rates(this.ring, maxSamples);
    return this.#rates?.refreshed() ?? nothing;
  }

  add({ times, values }: Columns, bucketMs = 0): void {
    for (let i = 0; i < times.length; i++) {
      const value = values[i]!;
      this.ring.add(times[i]!, value, bucketMs);
      if (value !== null && this.#seen < maxDecimals && !Number.isInteger(value)) {
        this.#seen = Math.max(this.#seen, decimalsOf(value));
      }
    }
  }
}

function decimalsOf(value: number): number {
  for (let decimals = 1; decimals < maxDecimals; decimals++) {
    if (Number(value.toFixed(decimals)) === value) return decimals;
  }
  return maxDecimals;
}
