import type { Sink } from "./collector.ts";
import type { Piece } from "./piece.ts";

/** A format whose records are lines. It may remember lines: a header names what follows. */
export interface LineFormat {
  /** Reads the line that stands between two places of a piece, without its end and never blank. */
  line(piece: Piece, from: number, to: number, number: number, sink: Sink): void;
  /** The text is over: whatever waits for another line waits in vain. */
  end(sink: Sink): void;
}
