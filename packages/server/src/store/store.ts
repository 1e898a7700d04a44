import type { Buckets } from "./buckets.ts";

/** What is known of a series besides its name. */
export type SeriesAbout = {
  readonly unit?: string;
  readonly kind?: "gauge" | "counter";
  readonly decimals?: number;
};

/** How long each tier is kept, in ms; a coarser one never shorter than a finer one. */
export type Keep = {
  readonly samplesMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
};

/** What one series did in a range, by time. */
export type SeriesHistory =
  /** Every sample; in `values` NaN stands for `null`. */
  | { readonly kind: "samples"; readonly times: Float64Array; readonly values: Float64Array }
  /** What buckets of this width hold. */
  | { readonly kind: "buckets"; readonly bucketMs: number; readonly buckets: Buckets }
  /**
   * Increase per second: of a bucket, by its start; with `bucketMs` 0 since the sample before. A
   * counter that is less than before has begun anew at 0.
   */
  | {
      readonly kind: "rates";
      readonly bucketMs: number;
      readonly times: Float64Array;
      readonly values: Float64Array;
    };

export type HistoryRequest = {
  /** The series wanted, by their ids in the log. */
  readonly ids: Iterable<number>;
  /** Unix milliseconds; both ends belong to the range, from which buckets get their width. */
  readonly from: number;
  readonly to: number;
  /** Also what lies after `to`: the clock of a sender may be ahead of ours. */
  readonly andLater?: boolean;
  /** Buckets on the screen. A series with at most 4 samples for each comes as it is. */
  readonly px: number;
  readonly as?: "values" | "rates";
  readonly signal?: AbortSignal;
};

export type History = {
  /** Everything up to this offset of the log is in here, and nothing after it: live begins there. */
  readonly offset: number;
  /** Those of the wanted series that have something in the range, by their ids in the log. */
  readonly series: ReadonlyMap<number, SeriesHistory>;
};

/**
 * Every sample of some series in a stretch of time, sorted by time, then by id. Its columns are gone
 * once the next page is asked for.
 */
export type SamplesPage = {
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

export type SamplesRequest = Pick<HistoryRequest, "ids" | "from" | "to" | "signal">;

/** One tier of what is kept: the samples themselves, or the buckets made of them. */
export type TierStats = {
  readonly tier: "samples" | "minutes" | "hours";
  readonly rows: number;
  /** Samples in it, or in its buckets. */
  readonly samples: number;
  readonly bytes: number;
  /** What is older has been dropped, Unix ms. */
  readonly from: number;
};

export type StoreStats = {
  readonly series: number;
  /** Not in a chunk yet; the log has them. */
  readonly unsealed: number;
  readonly tiers: readonly TierStats[];
  /** All its file occupies on the disk. */
  readonly bytes: number;
  /** Time of the oldest sample kept. */
  readonly oldest: number | undefined;
  /** Samples that came from before what is kept, and were dropped. */
  readonly outside: number;
};

/** What `describe` knows of a series. */
export type SeriesDetails = SeriesAbout & {
  /** Times of the first and the last sample kept. */
  readonly first?: number;
  readonly last?: number;
};

/** The log turned into what charts read: durable, small, and rebuilt from the log after a crash. */
export interface Store {
  /** Everything up to this offset is in the file: the log may drop it. */
  readonly applied: number;
  /** Samples from before this time are dropped. Unix ms, a whole minute. */
  readonly keptFrom: number;

  /** Rejects with `unavailable` if the file cannot be read, `aborted` by the signal's reason. */
  history(request: HistoryRequest): Promise<History>;

  /** In pages of about 100,000 samples, each read when it is asked for. */
  samples(request: SamplesRequest): AsyncIterable<SamplesPage>;

  /**
   * Changes when a sample with a time up to `to` comes, and when something of after `from` is dropped,
   * and else stays for ever: for ETags.
   */
  version(from: number, to: number): Promise<string>;

  /** Time of the earliest sample that came after an offset; undefined if that is not known any more. */
  missedSince(offset: number): Promise<number | undefined>;

  about(id: number): SeriesAbout | undefined;
  /** By the ids of the log, in the order asked for. */
  details(ids: Iterable<number>): Promise<SeriesDetails[]>;
  /** Durable when it resolves. What is not given stays as it is. */
  describe(id: number, about: SeriesAbout): Promise<void>;

  /**
   * Resolves once the store is not far behind the log. Rejects with `storage-full` or `unavailable` if
   * it cannot write.
   */
  room(): Promise<void>;

  stats(): Promise<StoreStats>;

  /** Writes all there is, unsealed samples too, into one new file that can be started from. */
  backup(file: string): Promise<void>;

  close(): Promise<void>;
}
