import { type BitReader, type BitWriter, bitsOf, windowAt } from "./bits.ts";
import { decodeIntegers, encodeIntegers } from "./integers.ts";

/*
 * Float64 of full precision, cut into a high part, which changes little from one to the next, and
 * a low part, which is as good as random and kept as it is:
 *
 *     | mantissa in the low part, 1 bit | zeros, 6 bits | integers: the high parts |
 *     | 0 or 20 bits of the mantissa, then 32 - zeros bits of the low word | × n
 *
 * The high part is the high word without the sign, or its exponent alone where even that jumps,
 * with the sign as its lowest bit: beside 0 the sign changes often, and the size does not. Zeros
 * is how many of the lowest bits are 0 in all low words: 29 for what once were float32.
 */
const mantissaBits = 20;
const zerosBits = 6;

let highs = new Float64Array(1024);

/** Writes the first n numbers, which may be any. */
export function encodeDoubles(writer: BitWriter, doubles: Float64Array, n: number): void {
  if (highs.length < n) highs = new Float64Array(n);
  const words = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * n);
  const cut = cutOf(words, n);
  let used = 0;
  for (let i = 0; i < n; i++) {
    used |= words[2 * i]!;
    highs[i] = highPart(words[2 * i + 1]!, cut);
  }
  const zeros = used === 0 ? 32 : 31 - Math.clz32(used & -used);
  writer.reserve(8);
  writer.put(cut > 0 ? 1 : 0, 1);
  writer.put(zeros, zerosBits);
  encodeIntegers(writer, highs, n);
  writer.reserve(8 * n + 8);
  const mask = (1 << cut) - 1;
  for (let i = 0; i < n; i++) {
    writer.put(words[2 * i + 1]! & mask, cut);
    writer.put(words[2 * i]! >>> zeros, 32 - zeros);
  }
}

function highPart(word: number, cut: number): number {
  return ((word & 0x7fffffff) >>> cut) * 2 + (word >>> 31);
}

/** How many bits of the mantissa to leave out: those that do not repeat themselves. */
function cutOf(words: Int32Array, n: number): number {
  let whole = 0;
  let exponents = 0;
  for (let i = 1; i < n; i++) {
    const [word, before] = [words[2 * i + 1]!, words[2 * i - 1]!];
    whole += bitsOf(Math.abs(highPart(word, 0) - highPart(before, 0)));
    exponents += bitsOf(Math.abs(highPart(word, mantissaBits) - highPart(before, mantissaBits)));
  }
  return exponents + n * mantissaBits < whole ? mantissaBits : 0;
}

/** Reads n numbers to the front of `out`. Throws when there are less. */
export function decodeDoubles(reader: BitReader, out: Float64Array, n: number): void {
  const cut = reader.get(1) * mantissaBits;
  const zeros = reader.get(zerosBits);
  if (zeros > 32) throw reader.error(`a word with ${zeros} zeros`);
  decodeIntegers(reader, out, n, 1);
  const words = new Int32Array(out.buffer, out.byteOffset, 2 * n);
  const lowBits = 32 - zeros;
  reader.check(n * (cut + lowBits));
  const bits = reader.words;
  const mask = (1 << cut) - 1;
  let at = reader.at;
  for (let i = 0; i < n; i++) {
    const high = out[i]!;
    const magnitude = (Math.floor(high / 2) << cut) | (windowAt(bits, at) & mask);
    at += cut;
    words[2 * i] = zeros === 32 ? 0 : windowAt(bits, at) << zeros;
    at += lowBits;
    words[2 * i + 1] = magnitude | ((high & 1) << 31);
  }
  reader.at = at;
}
