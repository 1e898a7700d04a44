import { constants, crc32, deflateRawSync } from "node:zlib";
import type { SharedBytes } from "./body.ts";

// More of what was before makes hardly fewer bytes, and a newcomer has to read as much before it can
// share the blocks of the others.
export const windowBytes = 4096;

/** The beginning of a gzip file (RFC 1952): deflate, no name, no time, some Unix. */
export const gzipHeader = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** The end of one: an empty last block, the CRC-32 and the length of all before compression. */
export function gzipTrailer(crc: number, size: number): Uint8Array {
  const trailer = Buffer.alloc(10);
  trailer[0] = 0x03;
  trailer.writeUInt32LE(crc, 2);
  trailer.writeUInt32LE(size % 2 ** 32, 6);
  return trailer;
}

/** Bytes that many viewers get. What is made of them is made once, when it is first asked for. */
export class Packet implements SharedBytes {
  readonly raw: Uint8Array;
  #block: Uint8Array | undefined;
  #crc: number | undefined;

  constructor(raw: Uint8Array) {
    this.raw = raw;
  }

  /** As deflate blocks that can be read whatever was before them. */
  get block(): Uint8Array {
    this.#block ??= deflate(this.raw);
    return this.#block;
  }

  get crc(): number {
    this.#crc ??= crc32(this.raw);
    return this.#crc;
  }
}

/**
 * Deflate blocks (RFC 1951) that end at a byte and leave the stream open. With a dictionary they
 * refer back to it, and whoever reads them must have read just that before.
 */
export function deflate(raw: Uint8Array, dictionary?: Uint8Array): Uint8Array {
  return deflateRawSync(raw, {
    finishFlush: constants.Z_SYNC_FLUSH,
    // Setting up a window of 32 KB takes longer than compressing a frame of a few hundred bytes, and
    // each call takes its memory anew: 64 KB, or 128.
    ...(raw.length <= windowBytes
      ? { windowBits: 13, memLevel: 6 }
      : { windowBits: 14, memLevel: 7 }),
    ...(dictionary ? { dictionary } : {}),
  });
}

/**
 * Bytes as deflate blocks without compressing them, for what one viewer alone gets: setting up a
 * compressor for it would cost more than all the rest of its coming.
 */
export function storedBlocks(raw: Uint8Array): Uint8Array {
  const count = Math.ceil(raw.length / maxStored);
  const blocks = Buffer.alloc(raw.length + 5 * count);
  let at = 0;
  for (let from = 0; from < raw.length; from += maxStored) {
    const part = raw.subarray(from, from + maxStored);
    blocks[at] = 0;
    blocks.writeUInt16LE(part.length, at + 1);
    blocks.writeUInt16LE(~part.length & 0xffff, at + 3);
    blocks.set(part, at + 5);
    at += 5 + part.length;
  }
  return blocks;
}

/** A stored block has its length in 16 bits. */
const maxStored = 0xffff;
