import type { Ring } from "./data/ring.ts";
import type { Track } from "./data/track.ts";
import type { Look } from "./palette.ts";
import type { Frame, Line } from "./renderer.ts";

/** Why nothing is drawn in a stretch of time, or less than there was. */
export type BandKind =
  /** The series was silent for longer than its own cadence allows. */
  | "silent"
  /** We were not connected, and what came meanwhile cannot be had any more. */
  | "offline"
  /** This page was asleep: its computer slept, or its browser had stopped it. */
  | "paused"
  /** Older than what the server keeps. */
  | "retention"
  /** Only the extremes of buckets are held. */
  | "reduced";

/** A stretch of time that is hatched, Unix ms on the source's clock; either end may be infinite. */
export type Band = {
  readonly from: number;
  readonly to: number;
  readonly kind: BandKind;
  /** With `reduced`: how wide the buckets are. Where that is no more than a few pixels, nobody sees it. */
  readonly bucketMs?: number;
  /** One sentence for people: what is missing and why. */
  readonly text: string;
};

/** What is told of the view; NaN where there is nothing. */
export type Figures = {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
};

/** One series as it was just drawn. */
export type SceneSeries = {
  readonly series: string;
  /** Short, as in the legend. */
  readonly name: string;
  readonly look: Look;
  readonly track: Track;
  /** What is drawn of it: its samples, or its rates; while held, perhaps older ones. */
  readonly ring: Ring;
  /** As drawn: where stacked, with the sums of those below. */
  readonly line: Line;
  readonly figures: Figures;
  /** Which of `Frame.scales`. */
  readonly scale: number;
  /** Shown in the legend but not drawn: somebody switched it off. */
  readonly off: boolean;
  /** A value as it is written everywhere, with its unit. */
  readonly text: (value: number) => string;
};

/** All that was just drawn. Valid until the next drawing: the arrays are used again. */
export type Scene = {
  /** Our clock, Unix ms. */
  readonly now: number;
  readonly frame: Frame;
  /** Device pixels of a CSS pixel. */
  readonly ratio: number;
  readonly series: readonly SceneSeries[];
  /** What is hatched, in view. */
  readonly bands: readonly Band[];
  /** A moment in full, in the zone and language of the chart. */
  readonly moment: (time: number) => string;
};
