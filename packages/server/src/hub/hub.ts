import type { Batch } from "../log/log.ts";

/** The way out to one viewer. Whoever holds the socket implements it; tests record it. */
export interface Connection {
  /** Hands bytes over. False: enough is unsent; wait for `drained` before the next write. */
  write(bytes: Uint8Array): boolean;
  /** Resolves once more can be written, or the connection is closed. */
  drained(): Promise<void>;
  /** Sends what was written, then closes. */
  end(): void;
  /** Aborted when the viewer is gone, whoever closed it. */
  readonly closed: AbortSignal;
}

/** One frame, ready to be sent. `offset` is its position: that of the last batch that is in it. */
export type Encoded = { readonly bytes: Uint8Array; readonly offset: number };

/**
 * How the samples of one selection look on the wire. The hub calls it once per group and pass,
 * however many viewers the group has.
 */
export interface Form {
  /** Viewers whose forms have equal keys get the very same bytes and are one group. */
  readonly key: string;
  /**
   * Everything in `batches` that is part of the selection; undefined if nothing is. `prev` is the
   * position of the frame before it: batches without a sample of the selection do not count, for a
   * viewer that read them from the log has not been told of them.
   */
  encode(batches: readonly Batch[], prev: number): Encoded | undefined;
  /** Tells a viewer that it has seen all up to `offset`, though there was nothing to see. */
  heartbeat(offset: number): Uint8Array;
}

/**
 * Hands new batches to everyone who watches.
 *
 * The seam: a viewer joins at an offset. If the hub still holds everything after that offset, live
 * begins there; if not, the viewer reads on from the log and joins again. The same way back serves a
 * newcomer, a resumed viewer and one that was too slow, so there is no second one to get wrong.
 */
export interface Hub {
  /** Offset of the newest batch that was published. */
  readonly head: number;
  /** How many viewers are joined. */
  readonly viewers: number;
  publish(batch: Batch): void;
  /**
   * Sends all after offset `after` to the connection, as it comes. Undefined: what follows `after`
   * is no longer held. Otherwise resolves to the offset up to which the viewer was served, once it
   * is closed (see `connection.closed`) or too far behind to be served from memory.
   */
  join(form: Form, after: number, connection: Connection): Promise<number> | undefined;
}
