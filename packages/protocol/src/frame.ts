import { encodeBlocks, groupBlocks, type WrittenBlock } from "./blocks.ts";
import type { Columns } from "./sample.ts";
import { encodeEvent } from "./sse.ts";

/** How a series is introduced to a viewer. Ids are small numbers, valid for one connection. */
export type SeriesEntry = {
  readonly id: number;
  /** Canonical text, `name{label="value"}`. */
  readonly series: string;
  readonly unit?: string;
  /** Counters are drawn as rates. Absent means gauge. */
  readonly kind?: "gauge" | "counter";
  readonly decimals?: number;
};

/**
 * What became of the position a viewer came with. `fresh`: it had none. `exact`: every sample since
 * follows. `reduced`: the gap follows as buckets. `reset`: the gap cannot be told; start over.
 */
export type Recovery = "fresh" | "exact" | "reduced" | "reset";

/** The first frame of every connection. It has no id: nothing has been delivered yet. */
export type Hello = {
  readonly type: "hello";
  readonly version: 1;
  readonly epoch: string;
  /** Where the log stood. Live begins where the last part of history says, or at one's own position. */
  readonly position: string;
  readonly recovery: Recovery;
  /** With `reduced` and `reset`: the position asked for and why it could not be met. */
  readonly missed?: { readonly after: string; readonly reason: string };
  /** With `reduced`: the stretch of time that history tells instead, Unix milliseconds. */
  readonly reduced?: { readonly from: number; readonly to: number };
  /** Unix milliseconds, for the viewer's clock. */
  readonly serverTime: number;
  /** Something arrives at least this often. */
  readonly heartbeatMs: number;
  /** The series of the selection that are known so far, up to a limit; frames introduce the rest. */
  readonly series: readonly SeriesEntry[];
};

/** Samples from before live. The last one has `done`, and an id: live begins after that position. */
export type History = {
  readonly type: "history";
  /** The stretch of time asked for, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Width of the buckets these samples are the extremes of; 0 for samples as they were sent. */
  readonly bucketMs: number;
  readonly done: boolean;
  /**
   * With history that was asked for beside an exact resume: sample frames up to this position hold
   * nothing new for whoever takes it. Such history has no id.
   */
  readonly through?: string;
  /** Series that hello had no room for. */
  readonly series: readonly SeriesEntry[];
  readonly columns: ReadonlyMap<number, Columns>;
};

/** Live samples, and exact ones that were missed. Its id is the position after it. */
export type Samples = {
  readonly type: "samples";
  /** Position of this group's previous frame. Larger than the viewer's own: it missed a frame. */
  readonly prev: string;
  /** Series that no frame has introduced yet. */
  readonly series: readonly SeriesEntry[];
  readonly columns: ReadonlyMap<number, Columns>;
};

/** Samples between two positions can no longer be told on this connection. */
export type Gap = {
  readonly type: "gap";
  readonly from: string;
  readonly to: string;
  readonly reason: string;
};

/**
 * The viewer was too slow to be told everything after a position. History of this stretch of time
 * follows, Unix milliseconds, thinned to the extremes of buckets where it is long; then live goes on.
 */
export type Reduced = {
  readonly type: "reduced";
  readonly after: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
};

/** The server ends the connection after this; come back after `retryMs`. */
export type Bye = { readonly type: "bye"; readonly reason: string; readonly retryMs: number };

export type Frame = Hello | History | Samples | Reduced | Gap | Bye;

/** Encodes a frame as one SSE event, whose `event:` is the frame's type. */
export function encodeFrame(frame: Frame, id?: string): string {
  return encodeEvent({
    ...(id === undefined ? {} : { id }),
    ...(frame.type === "bye" ? { retry: frame.retryMs } : {}),
    event: frame.type,
    data: frameData(frame),
  });
}

/** Samples whose blocks have been made. `id` is the position after them. */
export function encodeSamples(
  {
    blocks,
    ...frame
  }: Omit<Samples, "type" | "columns"> & { readonly blocks: readonly WrittenBlock[] },
  id: string,
): string {
  return encodeEvent({ id, event: "samples", data: withBlocks(frame, blocks) });
}

function frameData(frame: Frame): string {
  if (frame.type === "samples" || frame.type === "history") {
    const { type: _, columns, ...rest } = frame;
    return withBlocks(rest, groupBlocks(columns));
  }
  const { type: _, ...rest } = frame;
  return JSON.stringify(rest);
}

function withBlocks(
  { series, ...rest }: { readonly series: readonly SeriesEntry[] },
  blocks: readonly WrittenBlock[],
): string {
  const head = JSON.stringify(series.length === 0 ? rest : { ...rest, series });
  return `${head.slice(0, -1)},"blocks":${encodeBlocks(blocks)}}`;
}

/** A block that moves the viewer's position and fires no event. */
export function encodeHeartbeat(id: string): string {
  return encodeEvent({ id });
}
