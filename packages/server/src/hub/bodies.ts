import { crc32 } from "node:zlib";
import type { Body, SharedBytes, StreamPiece } from "./body.ts";
import type { Connection } from "./connection.ts";
import type { HubCounters } from "./counters.ts";
import { crc32After, joinCrc32 } from "./crc32-join.ts";
import { gzipHeader, gzipTrailer, storedBlocks } from "./packet.ts";

/** The body for what the viewer takes. */
export function bodyOf(connection: Connection, counters: HubCounters): Body {
  const body = connection.gzip ? GzipBody : PlainBody;
  return new body(connection, counters);
}

class PlainBody implements Body {
  readonly connection: Connection;
  readonly #counters: HubCounters;

  constructor(connection: Connection, counters: HubCounters) {
    this.connection = connection;
    this.#counters = counters;
  }

  write(raw: Uint8Array): void {
    this.#counters.rawBytes += raw.length;
    this.#counters.sentBytes += raw.length;
    this.connection.write(raw);
  }

  send({ raw }: SharedBytes): void {
    this.write(raw);
  }

  sendPiece({ raw }: StreamPiece): void {
    this.write(raw);
  }

  leaveStream(): void {}

  end(raw?: Uint8Array): void {
    if (raw) this.write(raw);
    this.connection.end();
  }
}

/**
 * gzip, made of blocks that are shared.
 *
 *     | header | hello: stored | history: its own blocks | piece | piece | … | trailer |
 *
 * A piece is compressed once for all, with the end of the group's stream before it as dictionary.
 * That can be read by whoever has that very end as the last of what it has read, so a newcomer gets
 * blocks without a dictionary until it has read enough of the stream in one go. Anything else that is
 * written to it, and a piece that it skips, makes it a newcomer again.
 *
 * The trailer needs the CRC-32 of all that this viewer was sent. It is joined from the CRCs of what
 * was shared: that of a run of pieces follows from the stream's own before and after the run.
 */
class GzipBody implements Body {
  readonly connection: Connection;
  readonly #counters: HubCounters;
  // Of all before the run of pieces under way.
  #crc = 0;
  #size = 0;
  /** Where the run began in the group's stream, and where it stands; -1: there is none. */
  #from = -1;
  #to = -1;
  #fromCrc = 0;
  #toCrc = 0;
  #hasBegun = false;

  constructor(connection: Connection, counters: HubCounters) {
    this.connection = connection;
    this.#counters = counters;
  }

  write(raw: Uint8Array): void {
    this.#add(crc32(raw), raw.length);
    this.#put(storedBlocks(raw), raw.length);
  }

  send({ raw, crc, block }: SharedBytes): void {
    this.#add(crc, raw.length);
    this.#put(block, raw.length);
  }

  sendPiece(piece: StreamPiece): void {
    if (this.#from < 0) {
      this.#from = piece.start;
      this.#fromCrc = piece.crcBefore;
    }
    this.#to = piece.end;
    this.#toCrc = piece.crcAfter;
    const hasWindow = this.#from <= piece.rollingFrom;
    this.#put(hasWindow && piece.rolling ? piece.rolling : piece.block, piece.raw.length);
  }

  leaveStream(): void {
    if (this.#from < 0) return;
    const length = this.#to - this.#from;
    this.#crc = joinCrc32(this.#crc, crc32After(this.#toCrc, this.#fromCrc, length), length);
    this.#size += length;
    this.#from = -1;
    this.#to = -1;
  }

  end(raw?: Uint8Array): void {
    if (raw) this.write(raw);
    this.leaveStream();
    if (!this.#hasBegun) this.connection.write(gzipHeader);
    this.connection.write(gzipTrailer(this.#crc, this.#size));
    this.connection.end();
  }

  #add(crc: number, length: number): void {
    this.leaveStream();
    this.#crc = joinCrc32(this.#crc, crc, length);
    this.#size += length;
  }

  #put(bytes: Uint8Array, rawLength: number): void {
    this.#counters.rawBytes += rawLength;
    this.#counters.sentBytes += bytes.length;
    if (!this.#hasBegun) this.connection.write(gzipHeader);
    this.#hasBegun = true;
    this.connection.write(bytes);
  }
}
