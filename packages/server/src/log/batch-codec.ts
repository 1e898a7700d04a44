import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { freeBuffer } from "../thread/free-buffer.ts";
import { sampleBytes } from "../thread/sample-columns.ts";
import { maxBatchSamples } from "./columns.ts";

/*
 * A batch as one blob:
 *
 *     | version u8 = 1 | n u32 LE | zstd( times f64 LE × n, values f64 LE × n, ids u32 LE × n ) |
 *
 * Bytes of floats are kept as they are, so every float64 comes back, -0 and subnormals included.
 * zstd's own checksum is on: SQLite has none, and a flipped bit would otherwise become a number.
 * Typed arrays have the byte order of the machine: little-endian wherever Plotcast is supported.
 */
const version = 1;
const headerBytes = 5;

const compression = {
  // Level 1: higher levels cost time on the way to an acknowledgement and save 4 %.
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** Encodes the bytes of columns laid out as `columnsIn` says. */
export function encodeBatch(bytes: Uint8Array): Uint8Array {
  const { byteLength } = bytes;
  const compressed = zstdCompressSync(bytes, {
    ...compression,
    chunkSize: roomFor(byteLength),
  });
  const blob = new Uint8Array(headerBytes + compressed.length);
  blob[0] = version;
  new DataView(blob.buffer).setUint32(1, byteLength / sampleBytes, true);
  blob.set(compressed, headerBytes);
  freeBuffer(compressed.buffer);
  return blob;
}

/** The bytes that were encoded. Throws for anything that `encodeBatch` did not write. */
export function decodeBatch(blob: Uint8Array): Uint8Array {
  if (blob.length < headerBytes) throw new Error(`expected a batch, found ${blob.length} bytes`);
  if (blob[0] !== version) throw new Error(`expected a batch of version 1, found ${blob[0]}`);
  const n = new DataView(blob.buffer, blob.byteOffset).getUint32(1, true);
  // A damaged header must not ask for more memory than there is.
  if (n < 1 || n > maxBatchSamples) {
    throw new Error(`expected 1 to ${maxBatchSamples} samples in a batch, found ${n}`);
  }
  const bytes = zstdDecompressSync(blob.subarray(headerBytes), {
    chunkSize: roomFor(n * sampleBytes),
    maxOutputLength: n * sampleBytes,
  });
  if (bytes.length !== n * sampleBytes) {
    throw new Error(`expected ${n} samples in a batch, found ${bytes.length / sampleBytes}`);
  }
  return bytes;
}

/** Enough for the output to come in one piece, compressed or not: pieces are copied together. */
function roomFor(bytes: number): number {
  return bytes + (bytes >> 8) + 1024;
}
