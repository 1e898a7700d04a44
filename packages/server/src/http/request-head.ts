import type { Connection } from "../hub/connection.ts";

/** What is known of a request before its body, whichever way it came in. */
export interface RequestHead {
  readonly method: string;
  /** Decoded no further than it came: `/v1/stream`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** A header by its lower-case name; several of one name are joined by a comma. */
  header(name: string): string | undefined;
  /** Address of the viewer, behind trusted proxies too. */
  readonly address: string;
}

/**
 * Serves one viewer from its first byte of the body on, and has `listener` from then on.
 * Never throws: whatever goes wrong is told in the stream.
 */
export type Serve = (connection: Connection) => void;

/**
 * The stream of a request; undefined if its path is no stream's. Throws `bad-input` for a query that
 * cannot be understood: that is answered as any request is.
 */
export type FindStream = (head: RequestHead) => Serve | undefined;
