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
  /** How many samples like its last ones make a chunk that fits well into a page. */
  fitting: number;
  /** Offset of the batch with which its head became full. */
  fullOffset: number;
  /**
   * When the first sample of its head came, by a monotonic clock, and how many samples of all series
   * had come by then.
   */
  since: number;
  seen: number;
  /** Those whose heads began before and after its own, among all that are not empty. */
  before: StoredSeries | undefined;
  after: StoredSeries | undefined;
  /** Whether its head is in the transaction under way. */
  sealing: boolean;
  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
    this.about = {};
    this.sealedTo = Number.NEGATIVE_INFINITY;
    this.digits = 0;
    this.mark = 0;
    this.fitting = 0;
    this.fullOffset = 0;
    this.since = 0;
    this.seen = 0;
    this.before = undefined;
    this.after = undefined;
    this.sealing = false;
  }
}
