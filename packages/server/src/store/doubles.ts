import { type BitReader, type BitWriter, windowAt } from "./bits.ts";
import { decodeIntegers, encodeIntegers } from "./integers.ts";

/*
 * Float64 of full precision, cut into a high word, which changes less from one to the next than
 * chance would, and a low word, which is chance and kept as it is:
 *
 *     | zeros, 6 bits | integers: the high words | 32 - zeros bits of the low word | × n
 *
 * The sign is moved from the top of the high word to its bottom: beside 0 it changes often, and the
 * size does not. Zeros is how many of the lowest bits are 0 in all low words: 29 for what once were
 * float32.
 */
const zerosBits = 6;

let highs = new Float64Array(1024);

/** Writes the first n numbers, which may be any. */
export function encodeDoubles(writer: BitWriter, doubles: Float64Array, n: number): void {
  if (highs.length < n) highs = new Float64Array(n);
  const words = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * n);
  let used = 0;
  for (let i = 0; i < n; i++) {
    const high = words[2 * i + 1]!;
    highs[i] = ((high << 1) | (high >>> 31)) >>> 0;
    used |= words[2 * i]!;
  }
  const zeros = used === 0 ? 32 : 31 - Math.clz32(used & -used);
  writer.reserve(8);
  writer.put(zeros, zerosBits);
  encodeIntegers(writer, highs, n);
  writer.reserve(4 * n);
  for (let i = 0; i < n; i++) writer.put(words[2 * i]! >>> zeros, 32 - zeros);
}

/** Reads n numbers to the front of `out`. */
export function decodeDoubles(reader: BitReader, out: Float64Array, n: number): void {
  const zeros = reader.get(zerosBits);
  if (zeros > 32) throw reader.error(`a word with ${zeros} zeros`);
  decodeIntegers(reader, out, n, 1);
  const words = new Int32Array(out.buffer, out.byteOffset, 2 * n);
  const bits = 32 - zeros;
  let at = reader.at;
  for (let i = 0; i < n; i++) {
    const high = out[i]! | 0;
    // Of a shift by 32 nothing must be left, but that is one by 0.
    words[2 * i] = bits === 0 ? 0 : windowAt(reader.words, at) << zeros;
    words[2 * i + 1] = (high >>> 1) | (high << 31);
    at += bits;
  }
  reader.at = at;
}
