import type { Columns, SeriesEntry } from "@plotcast/protocol";

/** Where the connection stands. After `ended` and `refused` nothing more comes: they are final. */
export type Status =
  /** `attempt` counts from 1 since the last time it was live. */
  | { readonly state: "connecting"; readonly attempt: number }
  /** Connected. `clockOffsetMs`: server time minus ours, if the server told its time. */
  | { readonly state: "live"; readonly clockOffsetMs?: number }
  /** Cut or unreachable; the next attempt is at `retryAt` (our clock, Unix ms), or when the page wakes. */
  | { readonly state: "waiting"; readonly reason: string; readonly retryAt: number }
  /** The server says no (401, 403, 204, …): trying again by itself would not help. */
  | { readonly state: "refused"; readonly code: number; readonly reason: string }
  | { readonly state: "ended" };

/** Samples by the canonical text of their series. */
export type SeriesColumns = ReadonlyMap<string, Columns>;

/** What a notice is about. `time-…` and the others concern plain endpoints, which promise nothing. */
export type NoticeCode =
  /** Samples came without a time, or with one that cannot be read: they have the time of arrival. */
  | "time-missing"
  | "time-unreadable"
  /** Events were left out: no JSON; no number in it; a series more than we hold. */
  | "not-json"
  | "no-numbers"
  | "too-many-series";

/** One thing that is taken of an endpoint: that it was guessed, and what would tell it instead. */
export type Guess = {
  /** `time field`, `time format`, `unit`, … */
  readonly what: string;
  /** For people; at most a line long. */
  readonly found: string;
  readonly from: "guessed" | "told";
  /** The attribute of `<live-chart>` that tells it. */
  readonly attribute: string;
};

/**
 * What `follow` yields, in order. Samples are each told once, however often the connection is cut;
 * only history may repeat what was told before `reduced`.
 */
export type Change =
  | { readonly type: "status"; readonly status: Status }
  /** Series made known, before their first samples. Told again after a reconnect. */
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
      /** With the last part: where to resume after it. */
      readonly position?: string;
    }
  | {
      readonly type: "samples";
      readonly columns: SeriesColumns;
      readonly position?: string;
      /**
       * Of a plain endpoint whose times are not exact: how coarse they are. Infinite if none were sent,
       * and those of arrival were taken.
       */
      readonly stepMs?: number;
    }
  /** What was told so far cannot be continued: forget it. History follows afresh. */
  | { readonly type: "reset"; readonly after: string; readonly reason: string }
  /**
   * What was missed after a position is too old to be told exactly. Keep what you have: history
   * follows, of this stretch of time only (Unix ms) and perhaps thinned to the extremes of buckets.
   * It may hold samples that you have, so of two at one time in a series the later told wins. Told
   * anew if that history is cut; live goes on exactly after it.
   */
  | {
      readonly type: "reduced";
      readonly after: string;
      readonly reason: string;
      readonly from: number;
      readonly to: number;
    }
  /** Samples between two positions were not delivered. `to` is empty if nobody knows it. */
  | { readonly type: "gap"; readonly from: string; readonly to: string; readonly reason: string }
  /** All that is taken of a plain endpoint without its having promised it. Told anew if it is more. */
  | { readonly type: "guesses"; readonly guesses: readonly Guess[] }
  /**
   * Something a person may want to know of the endpoint, said at the first time and then at the
   * 10th, the 100th, …: `count` is how often it has happened.
   */
  | {
      readonly type: "notice";
      readonly code: NoticeCode;
      readonly count: number;
      readonly message: string;
    };
