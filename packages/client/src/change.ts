import type { Columns, SeriesEntry } from "@plotcast/protocol";

/** Where the connection stands. Only `ended` and `refused` are final until the caller acts. */
export type Status =
  | { readonly state: "connecting"; readonly attempt: number }
  /** Frames arrive. `clockOffsetMs`: server time minus ours, at the first frame; unknown elsewhere. */
  | { readonly state: "live"; readonly clockOffsetMs?: number }
  /** Cut or unreachable; the next attempt is at `retryAt` (our clock, Unix ms). */
  | { readonly state: "waiting"; readonly reason: string; readonly retryAt: number }
  /** The server says no (401, 403, 404, 204, …): trying again by itself would not help. */
  | { readonly state: "refused"; readonly code: number; readonly reason: string }
  | { readonly state: "ended" };

/** Samples by the canonical text of their series. */
export type SeriesColumns = ReadonlyMap<string, Columns>;

/** What `follow` yields, in order. Samples are each told once, however often the connection is cut. */
export type Change =
  | { readonly type: "status"; readonly status: Status }
  /** Series made known, before their first samples. */
  | { readonly type: "series"; readonly series: readonly SeriesEntry[] }
  /**
   * Samples from before live, Unix ms. With `bucketMs` > 0 they are the extremes of buckets of that
   * width. `done` with the last part. The first part after a `reset` replaces all that came before.
   */
  | {
      readonly type: "history";
      readonly from: number;
      readonly to: number;
      readonly bucketMs: number;
      readonly done: boolean;
      readonly columns: SeriesColumns;
    }
  | { readonly type: "samples"; readonly columns: SeriesColumns; readonly position?: string }
  /** The connection was resumed, but what was missed cannot be told: history follows afresh. */
  | { readonly type: "reset"; readonly after: string; readonly reason: string }
  /** Samples between two positions were not delivered. */
  | { readonly type: "gap"; readonly from: string; readonly to: string; readonly reason: string };
