import type { Columns, SeriesEntry } from "@plotcast/protocol";
import { Ring } from "./ring.ts";

/** Samples kept per series at most: 14 MB of arrays. A screen shows a few thousand. */
const maxSamples = 400_000;
/** More digits after the point are not read by anyone in a legend. */
const maxDecimals = 6;

/** One series of a source: what is known of it, and its samples. */
export class Track {
  readonly series: string;
  readonly ring = new Ring(maxSamples);
  unit: string | undefined;
  /** When its newest sample came, our clock; for history, the time the sample has. */
  seenAt = Number.NEGATIVE_INFINITY;
  #told: number | undefined;
  #seen = 0;

  constructor(series: string) {
    this.series = series;
  }

  describe(entry: SeriesEntry): void {
    this.unit = entry.unit;
    this.#told = entry.decimals;
  }

  /** Digits after the point: as told, else as many as its values have been seen to need. */
  get decimals(): number {
    return this.#told ?? this.#seen;
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
