import { crc32 } from "node:zlib";

/*
 * A blob of bits:
 *
 *     | version u8 | bits, the first one lowest, filled up with 0 to whole bytes | crc32 u32 LE |
 *
 * The checksum covers all that is before it: SQLite has none, and a flipped bit would otherwise
 * become a number. Bits are handled in words of 32, which have the byte order of the machine:
 * little-endian wherever Plotcast is supported.
 *
 * In bits, a number is its length in bits (6 bits) and then itself; 0 is only its length.
 */
const versionBytes = 1;
const crcBytes = 4;
const lengthBits = 6;

/** Twice what the largest chunk takes. A reader keeps the memory of the largest blob it has seen. */
const maxBlobBytes = 2 ** 22;

/** Writes one blob after the other, in memory that it uses again. */
export class BitWriter {
  #words = new Int32Array(16_384);
  /** The word that is being filled, its bits so far, and how many these are. */
  #word = 0;
  #bits = 0;
  #filled = 0;

  /** Starts a blob; one that was not finished is forgotten. */
  start(): void {
    this.#word = 0;
    this.#bits = 0;
    this.#filled = 0;
  }

  /** Makes room. To be called before so many bytes are put: to check each time would be slow. */
  reserve(bytes: number): void {
    const needed = this.#word + (bytes >> 2) + 2;
    if (needed <= this.#words.length) return;
    const larger = new Int32Array(2 * needed);
    larger.set(this.#words);
    this.#words = larger;
  }

  /** Puts an integer of 0 to 32 bits. Bits above those must be 0. */
  put(integer: number, bits: number): void {
    const filled = this.#filled;
    this.#bits |= integer << filled;
    if (filled + bits < 32) {
      this.#filled = filled + bits;
      return;
    }
    this.#words[this.#word++] = this.#bits;
    this.#filled = filled + bits - 32;
    // In two steps, for a shift by 32 is one by 0.
    this.#bits = (integer >>> 1) >>> (31 - filled);
  }

  /** Puts an integer of 0 to 63 bits. */
  putWide(integer: number, bits: number): void {
    if (bits <= 32) {
      this.put(integer | 0, bits);
      return;
    }
    this.put(integer | 0, 32);
    this.put(Math.floor(integer / 2 ** 32), bits - 32);
  }

  /** Puts an integer from 0 up to 2^62 together with its length. */
  putNumber(integer: number): void {
    const bits = bitsOf(integer);
    this.put(bits, lengthBits);
    this.putWide(integer, bits);
  }

  /** The blob, in memory of its own. */
  finish(version: number): Uint8Array {
    if (this.#word >= this.#words.length) throw new Error("BUG: more was put than was reserved");
    this.#words[this.#word] = this.#bits;
    const bytes = 4 * this.#word + ((this.#filled + 7) >> 3);
    const end = versionBytes + bytes;
    const blob = new Uint8Array(end + crcBytes);
    blob[0] = version;
    blob.set(new Uint8Array(this.#words.buffer, 0, bytes), versionBytes);
    new DataView(blob.buffer).setUint32(end, crc32(blob.subarray(0, end)), true);
    return blob;
  }
}

/** Reads one blob after the other. */
export class BitReader {
  /** The bits of the blob, and after them others without a meaning. */
  words = new Int32Array(16_384);
  /** Which bit is next. This and `words` are for loops that must be fast; see `windowAt`. */
  at = 0;
  #end = 0;
  #what = "";

  /** Takes a blob, to be called `what` in errors. Throws unless it is as it was finished. */
  open(blob: Uint8Array, version: number, what: string): void {
    this.#what = what;
    const end = blob.length - crcBytes;
    if (end <= versionBytes || blob.length > maxBlobBytes) {
      throw this.error(`${blob.length} bytes`);
    }
    if (blob[0] !== version) throw this.error(`version ${blob[0]} instead of ${version}`);
    const checksum = new DataView(blob.buffer, blob.byteOffset).getUint32(end, true);
    if (checksum !== crc32(blob.subarray(0, end))) throw this.error("a damaged one");
    // One more, for the last window to end in.
    if (this.words.byteLength < end + 8) this.words = new Int32Array((end >> 2) + 2);
    new Uint8Array(this.words.buffer).set(blob.subarray(versionBytes, end));
    this.at = 0;
    this.#end = (end - versionBytes) * 8;
  }

  /** Takes an integer of 0 to 32 bits. */
  get(bits: number): number {
    const window = windowAt(this.words, this.at);
    this.at += bits;
    return bits === 32 ? window >>> 0 : window & ((1 << bits) - 1);
  }

  /** Takes what `putWide` put. */
  getWide(bits: number): number {
    return bits <= 32 ? this.get(bits) : this.get(32) + this.get(bits - 32) * 2 ** 32;
  }

  /** Takes what `putNumber` put. */
  getNumber(): number {
    return this.getWide(this.get(lengthBits));
  }

  /** Throws unless all was taken, and no more. Until then, what is missing reads as something. */
  close(): void {
    if (this.at > this.#end) throw this.error("only a part of one");
    if (this.#end - this.at >= 8) throw this.error("more than one");
  }

  /** For bits that cannot have been put. */
  error(found: string): Error {
    return new Error(`expected a ${this.#what}, found ${found}`);
  }
}

/** The 32 bits from a bit on. */
export function windowAt(words: Int32Array, at: number): number {
  const word = at >> 5;
  const shift = at & 31;
  // In two steps, for a shift by 32 is one by 0.
  return (words[word]! >>> shift) | ((words[word + 1]! << 1) << (31 - shift));
}

/** How many bits an integer from 0 on has. */
export function bitsOf(integer: number): number {
  return integer < 2 ** 32 ? 32 - Math.clz32(integer) : 64 - Math.clz32(integer / 2 ** 32);
}
