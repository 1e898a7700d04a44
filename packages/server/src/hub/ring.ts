import { crc32 } from "node:zlib";
import type { StreamPiece } from "./body.ts";
import type { Encoded } from "./hub.ts";
import { deflate, Packet, windowBytes } from "./packet.ts";

/** A frame as anyone can read it. */
export type Whole = {
  readonly packet: Packet;
  /** Those who have been sent all from this offset on need it not. */
  readonly since: number;
};

/** Encoded bytes for all viewers of a group: everything after offset `prev` up to `to`. */
export class Entry extends Packet implements StreamPiece {
  /** In place of the bytes, for those who cannot read them by themselves. */
  readonly whole: Whole | undefined;
  readonly prev: number;
  /** Grows while batches come that hold nothing for this group. */
  to: number;
  /** Where it begins in the stream that all entries of the group are, in bytes. */
  readonly start: number;
  /** CRC-32 of that stream before the entry, and after it. */
  readonly crcBefore: number;
  readonly crcAfter: number;
  /**
   * As deflate blocks that refer back to what the stream had before, as far as `rollingFrom`. Only
   * made while somebody is there who can read them.
   */
  readonly rolling: Uint8Array | undefined;
  readonly rollingFrom: number;
  /** When it was encoded, on the hub's clock. */
  readonly at: number;

  constructor(raw: Uint8Array, entry: Omit<Entry, keyof Packet | "end" | "size">) {
    super(raw);
    this.whole = entry.whole;
    this.prev = entry.prev;
    this.to = entry.to;
    this.start = entry.start;
    this.crcBefore = entry.crcBefore;
    this.crcAfter = entry.crcAfter;
    this.rolling = entry.rolling;
    this.rollingFrom = entry.rollingFrom;
    this.at = entry.at;
  }

  get end(): number {
    return this.start + this.raw.length;
  }

  /** Bytes that it holds. */
  get size(): number {
    return this.raw.length + (this.whole?.packet.raw.length ?? 0);
  }
}

const empty = Buffer.alloc(0);

// Beyond these a viewer that lags is told of buckets, or reads from the log.
const maxEntries = 1024;

/** The newest entries of a group, numbered from its beginning. */
export class Ring {
  #entries: Entry[] = [];
  /** Number of the first one held. */
  #first = 0;
  #bytes = 0;
  #to: number;
  #end = 0;
  #crc = 0;
  /** The last bytes of the stream, as many as rolling blocks refer back to. */
  #window: Buffer = empty;

  constructor(at: number) {
    this.#to = at;
  }

  /** Offset up to which all is in some entry, or concerns nobody. */
  get to(): number {
    return this.#to;
  }

  /** Number of the entry that will come next. */
  get next(): number {
    return this.#first + this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Entry | undefined {
    return this.#entries[0];
  }

  /** Undefined if it is no longer held, or yet to come. */
  at(number: number): Entry | undefined {
    return this.#entries[number - this.#first];
  }

  /** Number of the first entry with something after offset `after`, if nothing before it is missing. */
  numberAfter(after: number): number | undefined {
    if (after >= this.#to) return this.next;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.to > after) high = middle;
      else low = middle + 1;
    }
    // An entry that begins before `after` would repeat samples; the log can be cut anywhere.
    return this.#entries[low]?.prev === after ? this.#first + low : undefined;
  }

  /** `compress`: somebody has read all of the window that this entry's rolling blocks will refer to. */
  push(
    { bytes, brief }: Pick<Encoded, "bytes" | "brief">,
    { to, at, compress }: { to: number; at: number; compress: boolean },
    maxBytes: number,
  ): void {
    const window = this.#window;
    const raw = brief?.bytes ?? bytes;
    const entry = new Entry(raw, {
      whole: brief && { packet: new Packet(bytes), since: brief.since },
      prev: this.#to,
      to,
      start: this.#end,
      crcBefore: this.#crc,
      crcAfter: crc32(raw, this.#crc),
      rolling: compress && window.length > 0 ? deflate(raw, window) : undefined,
      rollingFrom: this.#end - window.length,
      at,
    });
    this.#entries.push(entry);
    this.#bytes += entry.size;
    this.#end = entry.end;
    this.#crc = entry.crcAfter;
    this.#to = to;
    // Kept for those who can read it: most groups have nobody with gzip.
    this.#window = compress ? lastOf(window, raw) : empty;
    this.#trim(maxBytes);
  }

  /** Batches up to `to` hold nothing for this group: whoever has seen all so far has now seen more. */
  skipTo(to: number): void {
    const last = this.#entries.at(-1);
    if (last) last.to = to;
    this.#to = to;
  }

  #trim(maxBytes: number): void {
    while (
      this.#entries.length > 1 &&
      (this.#bytes > maxBytes || this.#entries.length > maxEntries)
    ) {
      this.#bytes -= this.#entries.shift()!.size;
      this.#first++;
    }
  }
}

/** The last bytes of a stream, of which these are the newest. */
function lastOf(window: Buffer, raw: Uint8Array): Buffer {
  if (raw.length >= windowBytes) return Buffer.from(raw.subarray(-windowBytes));
  return Buffer.concat([
    window.subarray(Math.max(0, window.length + raw.length - windowBytes)),
    raw,
  ]);
}
