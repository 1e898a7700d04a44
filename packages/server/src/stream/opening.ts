import type { Hold } from "../hub/hub.ts";
import { Packet } from "../hub/packet.ts";
import { Budget, Weight } from "./budget.ts";
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
  readonly #weight: Weight;
  /** How many are being told of it; and whether it is kept for more. */
  #members = 0;
  #isKept = true;
  #pending: Promise<void> | undefined;
  #end: Cursor | undefined;

  constructor(
    channel: Channel,
    telling: Telling,
    weight: Weight,
    { greeting, range }: { readonly greeting?: Packet; readonly range?: Range } = {},
  ) {
    this.#weight = weight;
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

  /** To be called by each that begins to tell of it, and `leave` when it is through. */
  enter(): void {
    this.#members++;
  }

  leave(): void {
    this.#members--;
    this.#letGo();
  }

  /** Nobody new will enter. */
  drop(): void {
    this.#isKept = false;
    this.#letGo();
  }

  #letGo(): void {
    if (this.#isKept || this.#members > 0) return;
    this.#weight.release();
  }

  /** The packet of that number, or a promise that it can be asked for again; undefined after the last. */
  packet(number: number): Packet | Promise<void> | undefined {
    const packet = this.#packets[number];
    if (packet) return packet;
    if (this.#end !== undefined) return undefined;
    this.#pending ??= this.#make();
    return this.#pending;
  }

  /** Resolves when the first packet is there. */
  async begun(): Promise<void> {
    await this.packet(0);
  }

  async #make(): Promise<void> {
    const { value, done } = await this.#telling.next();
    if (done) this.#end = value;
    else {
      this.#packets.push(new Packet(value));
      this.#weight.add(value.length);
    }
    this.#pending = undefined;
  }
}

// Long enough that a herd of viewers, as it comes when a server starts, reads the store once; short
// enough that nobody notices that it is told how things were then, since live goes on from there.
const keptMs = 1000;

// Histories, and what was read from the log, of all who are being told at the same time.
const defaultMaxBytes = 128 * 1024 * 1024;

/** Openings that were begun lately. */
export class Openings {
  readonly budget: Budget;
  readonly #after: typeof later;
  readonly #kept = new Map<string, Promise<Opening>>();

  constructor(maxBytes = defaultMaxBytes, after: typeof later = later) {
    this.budget = new Budget(maxBytes);
    this.#after = after;
  }

  /**
   * The opening of that key. If there is none, `make` begins one; `hold` is let go with it. What is kept
   * for it is to be added to its weight.
   */
  get(
    key: string,
    hold: () => Hold,
    make: (hold: Hold, weight: Weight) => Promise<Opening>,
  ): Promise<Opening> {
    const known = this.#kept.get(key);
    if (known) return known;
    const held = hold();
    const opening = make(held, new Weight(this.budget));
    this.#kept.set(key, opening);
    const drop = () => {
      if (this.#kept.get(key) === opening) this.#kept.delete(key);
      held.release();
    };
    // The second begins when there is something to tell: a store that is slow is asked once, too.
    opening
      .then((made) => made.begun().then(() => made))
      .then(
        (made) =>
          this.#after(keptMs, () => {
            drop();
            made.drop();
          }),
        () => {
          // The next one tries anew.
          drop();
          opening.then((made) => made.drop()).catch(() => {});
        },
      );
    return opening;
  }
}

function later(ms: number, callback: () => void): unknown {
  return setTimeout(callback, ms).unref();
}
