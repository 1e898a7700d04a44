import type { Connection } from "./connection.ts";

/** Bytes that many viewers get. What is made of them is made once. */
export interface SharedBytes {
  readonly raw: Uint8Array;
  /** As deflate blocks (RFC 1951) that can be read whatever was before them. */
  readonly block: Uint8Array;
  readonly crc: number;
}

/** A piece of the stream that all frames of a group are, one after the other. */
export interface StreamPiece extends SharedBytes {
  /** Where it begins in the stream, and where it ends, in bytes. */
  readonly start: number;
  readonly end: number;
  /** CRC-32 of the stream before it, and after it. */
  readonly crcBefore: number;
  readonly crcAfter: number;
  /** As deflate blocks that refer back into the stream, as far as `rollingFrom`. */
  readonly rolling: Uint8Array | undefined;
  readonly rollingFrom: number;
}

/** The body of one viewer's response: puts what it is sent into the form that it takes. */
export interface Body {
  readonly connection: Connection;
  /** Bytes for this viewer alone. */
  write(raw: Uint8Array): void;
  /** Bytes that others get too. */
  send(shared: SharedBytes): void;
  /** The next piece of a group's stream. Whatever else is sent in between costs compression only. */
  sendPiece(piece: StreamPiece): void;
  /** What follows is of another group, or not the next piece. */
  leaveStream(): void;
  /** The last bytes, if any; then the connection closes as its viewer expects it. */
  end(raw?: Uint8Array): void;
}
