import { Head } from "./head.ts";
import type { SeriesAbout } from "./store.ts";

/** One series as the store knows it. */
export class StoredSeries {
  readonly id: number;
  readonly name: string;
  about: SeriesAbout;
  /** Time of the last sample that is in a chunk. */
  sealedTo: number;
  /** Decimals of all its values so far; -1: some have too many, and are kept bit by bit. */
  digits: number;
  /** Up to this offset its samples are in chunks. */
  mark: number;
  readonly head = new Head();
  /** Whether its head is in the transaction under way. */
  sealing: boolean;
  /** Length at which its head becomes a chunk. */
  readonly fullAt: number;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
    this.about = {};
    this.sealedTo = Number.NEGATIVE_INFINITY;
    this.digits = 0;
    this.mark = 0;
    this.sealing = false;
    // Series of the same rate would all be full in the same second.
    this.fullAt = 768 + ((Math.imul(id, 0x9e3779b1) >>> 23) & 511);
  }
}
