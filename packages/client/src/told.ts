import type { Change } from "./change.ts";

type SamplesChange = Extract<Change, { readonly type: "samples" }>;
type HistoryChange = Extract<Change, { readonly type: "history" }>;

/** A connection has said what it will tell. */
export type Opened = {
  readonly type: "open";
  /**
   * `exact`: goes on after `at`; history, if any was asked for, comes before that and says how far it
   * reaches. `reduced`: history of what was missed after `at`. `whole`: history of everything.
   * `plain`: there is no history, and no selection.
   */
  readonly recovery: "exact" | "reduced" | "whole" | "plain";
  readonly at?: string;
  /** With `whole`, if there was something before it that cannot be continued. */
  readonly reset?: { readonly after: string; readonly reason: string };
};

/** What one connection after another tells, before anyone has asked for whom it is. */
export type Told =
  | Exclude<Change, { readonly type: "history" | "samples" | "reset" }>
  /** `after`: where the samples begin, if that is known. */
  | (SamplesChange & { readonly after?: string })
  /** `through`: of these series, samples up to that position are in it. */
  | (HistoryChange & { readonly through?: string })
  | Opened
  /** Nothing came up to there. */
  | { readonly type: "idle"; readonly position: string };
