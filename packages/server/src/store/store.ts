import type { Columns } from "@plotcast/protocol";

/** Samples of one series from the past, by time, the later write of two at one time. */
export type SeriesHistory = Columns & {
  /** 0: every sample. Else these are the extremes of time-anchored buckets of this width. */
  readonly bucketMs: number;
};

export type HistoryRequest = {
  /** Whether a series (by its id in the log) is wanted. */
  readonly wants: (id: number) => boolean;
  /** Unix milliseconds; both ends belong to the range, from which buckets get their width. */
  readonly from: number;
  readonly to: number;
  /** Also what lies after `to`: the clock of a sender may be ahead of ours. */
  readonly andLater?: boolean;
  /** Only batches up to this offset: what comes after is live. */
  readonly until: number;
  /** Buckets on the screen; undefined asks for every sample. */
  readonly px: number | undefined;
  readonly signal?: AbortSignal;
};

/** The log turned into what charts read. */
export interface Store {
  /**
   * Resolves to the wanted series that have samples in the range. Rejects with `too-large` when
   * every sample is asked for and there are more than memory is meant for.
   */
  history(request: HistoryRequest): Promise<Map<number, SeriesHistory>>;
}
