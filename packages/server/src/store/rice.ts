import { type BitReader, type BitWriter, bitsOf, windowAt } from "./bits.ts";

/*
 * Small integers of either sign, most of them near 0, as Rice codes. In blocks of 128, so that a
 * quiet stretch is not charged for a busy one:
 *
 *     | k + 1, 6 bits; 0: every integer of the block is 0 | code × 128 (the last block: the rest) |
 *
 * An integer r is first folded to u, which is 2r or, below 0, -2r - 1. Its code is
 *
 *     | q = u >> k, as q zeros and a one | the lowest k bits of u |     q < 16
 *     | 16 zeros and a one | u as `putNumber` writes it |               else
 *
 * zstd over varints was measured instead: 7 to 20 % larger, and the call alone took longer than
 * all that is done here, in both directions.
 */
const blockSize = 128;
const kBits = 6;
const longestRun = 16;

/** What a code takes at most, with its share of the block's header. */
export const maxCodeBytes = 11;

/** 0, -1, 1, -2, … to 0, 1, 2, 3, …, below 2^52. Without a branch: signs cannot be predicted. */
export function fold(integer: number): number {
  return Math.abs(2 * integer + 0.5) - 0.5;
}

/** Writes `folded` from `from` to before `to`. The writer must have reserved the room. */
export function writeCodes(
  writer: BitWriter,
  folded: Float64Array,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at += blockSize) {
    writeBlock(writer, folded, at, Math.min(to, at + blockSize));
  }
}

/** How many integers of a block have how many bits. */
const lengths = new Int32Array(54);

function writeBlock(writer: BitWriter, folded: Float64Array, from: number, to: number): void {
  lengths.fill(0);
  let longest = 0;
  for (let i = from; i < to; i++) {
    const bits = bitsOf(folded[i]!);
    lengths[bits]!++;
    if (bits > longest) longest = bits;
  }
  if (longest === 0) {
    writer.put(0, kBits);
    return;
  }
  const k = cheapest(longest, to - from);
  writer.put(k + 1, kBits);
  if (longest <= 31 && k < longestRun) writeShort(writer, folded, from, to, k);
  else writeLong(writer, folded, from, to, k);
}

/** The k of the least bits, by the lengths alone: half of what has one bit more costs one q more. */
function cheapest(longest: number, n: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < longest; k++) {
    let bits = n * (k + 1);
    for (let length = k + 1; length <= longest && bits < least; length++) {
      const over = length - k;
      // Of q with 1, 2, 3 and 4 bits the mean is 1, 2.5, 5.5 and 11.5; beyond, the long form.
      bits += lengths[length]! * (over <= 4 ? 0.75 * (1 << over) - 0.5 : longestRun + 6 + over);
    }
    if (bits < least) {
      least = bits;
      best = k;
    }
  }
  return best;
}

function writeShort(
  writer: BitWriter,
  folded: Float64Array,
  from: number,
  to: number,
  k: number,
): void {
  const mask = (1 << k) - 1;
  for (let i = from; i < to; i++) {
    const u = folded[i]! | 0;
    const q = u >>> k;
    if (q < longestRun) writer.put((1 << q) | ((u & mask) << (q + 1)), q + 1 + k);
    else writeEscape(writer, u);
  }
}

function writeLong(
  writer: BitWriter,
  folded: Float64Array,
  from: number,
  to: number,
  k: number,
): void {
  const unit = 2 ** k;
  for (let i = from; i < to; i++) {
    const u = folded[i]!;
    const q = Math.floor(u / unit);
    if (q < longestRun) {
      writer.put(1 << q, q + 1);
      writer.putWide(u - q * unit, k);
    } else {
      writeEscape(writer, u);
    }
  }
}

function writeEscape(writer: BitWriter, u: number): void {
  writer.put(1 << longestRun, longestRun + 1);
  writer.putNumber(u);
}

/** Reads integers, unfolded, into `out` from `from` to before `to`. */
export function readCodes(reader: BitReader, out: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at += blockSize) {
    const end = Math.min(to, at + blockSize);
    const k = reader.get(kBits) - 1;
    if (k < 0) out.fill(0, at, end);
    else if (k < longestRun) readShort(reader, out, at, end, k);
    else readLong(reader, out, at, end, k);
  }
}

/** Here a code fits into one look at 32 bits. */
function readShort(
  reader: BitReader,
  out: Float64Array,
  from: number,
  to: number,
  k: number,
): void {
  const { words } = reader;
  const mask = (1 << k) - 1;
  let at = reader.at;
  for (let i = from; i < to; i++) {
    const window = windowAt(words, at);
    const q = zerosBelow(window);
    if (q < longestRun) {
      const u = (q << k) | ((window >>> (q + 1)) & mask);
      out[i] = (u >>> 1) ^ -(u & 1);
      at += q + 1 + k;
    } else {
      reader.at = at;
      out[i] = readEscape(reader);
      at = reader.at;
    }
  }
  reader.at = at;
}

function readLong(reader: BitReader, out: Float64Array, from: number, to: number, k: number): void {
  const { words } = reader;
  const unit = 2 ** k;
  const mask = (1 << k) - 1;
  for (let i = from; i < to; i++) {
    const q = zerosBelow(windowAt(words, reader.at));
    if (q < longestRun) {
      reader.at += q + 1;
      if (k < 32) {
        out[i] = unfold(q * unit + (windowAt(words, reader.at) & mask));
        reader.at += k;
      } else {
        out[i] = unfold(q * unit + reader.getWide(k));
      }
    } else {
      out[i] = readEscape(reader);
    }
  }
}

function readEscape(reader: BitReader): number {
  reader.at += longestRun + 1;
  return unfold(reader.getNumber());
}

/** How many zeros are below the lowest one; more than there are bits if there is none. */
function zerosBelow(window: number): number {
  // `window & -window` is the lowest one alone. Of 0, clz32 is 32.
  return (31 - Math.clz32(window & -window)) & 63;
}

function unfold(u: number): number {
  const half = Math.floor(u / 2);
  const odd = u - 2 * half;
  return half - odd * (2 * half + 1);
}
