import type { PlotcastError } from "@plotcast/protocol";
import type { Context, MiddlewareHandler } from "hono";
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

/** The address of a viewer, from its socket's and from `X-Forwarded-For`. */
export type AddressOf = (socketAddress: string, forwardedFor: string | undefined) => string;

/** Decides who may come in. */
export interface Guard {
  /** From the head alone, so that all ways in decide alike. */
  judge(head: RequestHead): Judgement;
  /** The same for Hono's requests; throws what refuses them. */
  face(headOf: (c: Context) => RequestHead): MiddlewareHandler;
}

export type Judgement = {
  /** What the answer says besides, be it yes or no. Mostly the same object for the same headers. */
  readonly headers: { readonly Vary: string; readonly [name: string]: string };
  /** `forbidden` or `unauthorized`, with a sentence. */
  readonly refused: PlotcastError | undefined;
};

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
