import type { Hold } from "../hub/hub.ts";
import { Packet } from "../hub/packet.ts";
import type { Channel, Cursor } from "./channel.ts";

/** A stretch of time, Unix milliseconds. */
export type Range = { readonly from: number; readonly to: number };

/** Bytes in the order in which they are sent; ends with where the viewer stands then. */
export type Telling = AsyncGenerator<Uint8Array, Cursor, void>;

/**
 * What viewers are told before live. It is made once for all who come at about the same time, piece
 * by piece, as fast as the first of them takes it.
 */
export class Opening {
  readonly channel: Channel;
  /** What everyone is told first, after what is each one's own. */
  readonly greeting: Packet | undefined;
  /** The stretch of time that is told, if it is one. */
  readonly range: Range | undefined;
  readonly #telling: Telling;
  readonly #packets: Packet[] = [];
  #pending: Promise<void> | undefined;
  #end: Cursor | undefined;

  constructor(
    channel: Channel,
    telling: Telling,
    { greeting, range }: { readonly greeting?: Packet; readonly range?: Range } = {},
  ) {
    this.channel = channel;
    this.greeting = greeting;
    this.range = range;
    this.#telling = telling;
  }

  /** Where a viewer stands that was told all of it. */
  get end(): Cursor {
    if (this.#end === undefined) throw new Error("BUG: an opening that is still being made");
    return this.#end;
  }

  /** The packet of that number, or a promise that it can be asked for again; undefined after the last. */
  packet(number: number): Packet | Promise<void> | undefined {
    const packet = this.#packets[number];
    if (packet) return packet;
    if (this.#end !== undefined) return undefined;
    this.#pending ??= this.#make();
    return this.#pending;
  }

  async #make(): Promise<void> {
    const { value, done } = await this.#telling.next();
    if (done) this.#end = value;
    else this.#packets.push(new Packet(value));
    this.#pending = undefined;
  }
}

// Long enough that a herd of viewers, as it comes when a server starts, reads the store once; short
// enough that nobody notices that it is told how things were then, since live goes on from there.
const keptMs = 1000;

/** Openings that were begun lately. */
export class Openings {
  readonly #after: (ms: number, callback: () => void) => unknown;
  readonly #kept = new Map<string, Promise<Opening>>();

  constructor(
    after: (ms: number, callback: () => void) => unknown = (ms, callback) =>
      setTimeout(callback, ms).unref(),
  ) {
    this.#after = after;
  }

  /** The opening of that key. If there is none, `make` begins one; `hold` is let go with it. */
  get(key: string, hold: () => Hold, make: (hold: Hold) => Promise<Opening>): Promise<Opening> {
    const known = this.#kept.get(key);
    if (known) return known;
    const held = hold();
    const opening = make(held);
    this.#kept.set(key, opening);
    const drop = () => {
      if (this.#kept.get(key) === opening) this.#kept.delete(key);
    };
    // The next one tries anew.
    opening.catch(drop);
    this.#after(keptMs, () => {
      drop();
      held.release();
    });
    return opening;
  }
}
