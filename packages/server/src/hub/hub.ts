import type { Batch } from "../log/log.ts";
import type { Body } from "./body.ts";

/** One frame, ready to be sent. */
export type Encoded = {
  /** Its position: that of the last batch that is in it. */
  readonly offset: number;
  /** Can be read by anyone. */
  readonly bytes: Uint8Array;
  /** The same for those who have been sent all frames from offset `since` on. */
  readonly brief?: { readonly bytes: Uint8Array; readonly since: number };
};

/**
 * How the samples of one selection look on the wire. The hub calls it once per group and pass,
 * however many viewers the group has.
 */
export interface Form {
  /**
   * Everything in `batches` that is part of the selection; undefined if nothing is. `prev` is the
   * position of the frame before it: batches without a sample of the selection do not count, for a
   * viewer that read them from the log has not been told of them.
   */
  encode(batches: readonly Batch[], prev: number): Encoded | undefined;
  /** Tells a viewer that it has seen all up to `offset`, though there was nothing to see. */
  heartbeat(offset: number): Uint8Array;
}

/** Viewers with equal keys get the very same bytes and are one group. */
export type GroupSpec = {
  readonly key: string;
  /** At most so many frames a second; samples that come faster share a frame. */
  readonly rate: number;
  /** Called when the group begins. */
  readonly form: () => Form;
};

/** A viewer, as the hub sees it. It has the connection's `listener` while it is joined. */
export interface Member {
  readonly body: Body;
  /** Too far behind to be served from memory; it has everything up to this offset. */
  fellBehind(served: number): void;
  closed(): void;
}

export interface Joined {
  /** Nothing is sent to the member any more, and the connection has no listener. */
  leave(): void;
}

/** Keeps a group going though perhaps nobody watches, for those who are about to. */
export interface Hold {
  /** Sees to it that one can join after an offset. False: what follows it is not held. */
  cut(after: number): boolean;
  release(): void;
}

/**
 * Hands new batches to everyone who watches.
 *
 * The seam: a viewer joins at an offset. If the hub still holds everything after that offset, live
 * begins there; if not, the viewer is told of the rest in some other way and joins again. The same
 * way back serves a newcomer, a resumed viewer and one that was too slow.
 */
export interface Hub {
  /** Offset of the newest batch that was published. */
  readonly head: number;
  publish(batch: Batch): void;
  /** Begins the group if nobody has, and keeps it until it is let go. */
  hold(spec: GroupSpec): Hold;
  /**
   * Sends all after offset `after` to the member, as it comes, until it leaves. Undefined: what
   * follows `after` is not held, or no longer.
   */
  join(spec: GroupSpec, after: number, member: Member): Joined | undefined;
  /** Tells every viewer where it stands, so that a quiet series never resumes from an ancient position. */
  heartbeat(): void;
}
