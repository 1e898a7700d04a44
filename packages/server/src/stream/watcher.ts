import type { Body } from "../hub/body.ts";
import type { ConnectionListener } from "../hub/connection.ts";
import type { Hub, Joined, Member } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import { type Channel, type Cursor, readLog } from "./channel.ts";
import type { Opening } from "./opening.ts";
import type { Turns } from "./turns.ts";

export type WatcherParts = {
  readonly log: Log;
  readonly hub: Hub;
  readonly turns: Turns;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A viewer hears something at least this often, whatever is being made for it. */
  readonly heartbeatMs: number;
  /** Called once, when the viewer is gone. */
  readonly onClosed: (watcher: Watcher) => void;
  /** A stream that failed by our own fault. */
  readonly onFailed: (error: unknown) => void;
};

/** The last event of a stream: why it ends, and when to come back. */
export type Farewell = (reason: string, retryMs: number) => Uint8Array;

export type Stay = {
  /** When it came, and when it is to leave, Unix milliseconds. */
  readonly since: number;
  readonly until: number;
  readonly address: string;
  readonly bye: Farewell;
};

const nothing = new Uint8Array();

// Each round reads what came during the one before. Who takes what comes needs two or three.
const maxRounds = 4;

/** One viewer, from its first byte to its last. While it is live it is but a member of its group. */
export class Watcher implements Member, ConnectionListener {
  readonly body: Body;
  readonly since: number;
  readonly until: number;
  readonly address: string;
  /** Since when it has been told an opening, which takes memory; infinity: it is not. */
  tellingSince = Number.POSITIVE_INFINITY;
  readonly #parts: WatcherParts;
  readonly #bye: Farewell;
  #channel: Channel | undefined;
  #joined: Joined | undefined;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(body: Body, { since, until, address, bye }: Stay, parts: WatcherParts) {
    this.body = body;
    this.since = since;
    this.until = until;
    this.address = address;
    this.#bye = bye;
    this.#parts = parts;
    body.connection.listener = this;
  }

  /** Tells all of an opening, each viewer its own first bytes before it, then live. */
  async tell(opening: Opening, own: Uint8Array): Promise<void> {
    this.#channel = opening.channel;
    opening.enter();
    let hasJoined = false;
    try {
      hasJoined = await this.#tellAll(opening, own);
    } finally {
      opening.leave();
      this.tellingSince = Number.POSITIVE_INFINITY;
    }
    if (!hasJoined) await this.#readLog(opening.channel, opening.end);
  }

  /** False: there is more to tell, from the log. */
  async #tellAll(opening: Opening, own: Uint8Array): Promise<boolean> {
    const { body } = this;
    const { connection } = body;
    // All that is there already leaves in one write.
    connection.cork();
    if (own.length > 0) body.write(own);
    if (opening.greeting) body.send(opening.greeting);
    for (let number = 0; this.#isOpen; ) {
      const packet = opening.packet(number);
      if (packet === undefined) break;
      if (packet instanceof Promise) {
        connection.uncork();
        await this.#waitFor(packet);
        connection.cork();
        continue;
      }
      if (number++ === 0) this.tellingSince = this.#parts.now();
      body.send(packet);
      if (!connection.full) continue;
      connection.uncork();
      await this.#drain();
      connection.cork();
    }
    if (!this.#isOpen) {
      connection.uncork();
      return true;
    }
    const joined = this.#join(opening.channel, opening.end.served);
    connection.uncork();
    return joined;
  }

  /** Says goodbye; nothing is sent after it. False: it was said already. */
  dismiss(reason: string, retryMs: number): boolean {
    if (!this.#isOpen) return false;
    this.#ended = true;
    this.#joined?.leave();
    this.body.connection.listener = this;
    this.body.end(this.#bye(reason, retryMs));
    return true;
  }

  fellBehind(served: number): void {
    this.#joined = undefined;
    this.body.connection.listener = this;
    this.run(async () => {
      const opening = await this.#channel!.instead(served);
      if (opening) await this.tell(opening, nothing);
      else await this.#readLog(this.#channel!, { served, prev: served });
    });
  }

  /** Does something for the viewer. If that fails, the viewer comes back at its position. */
  run(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (this.#isOpen) this.#parts.onFailed(error);
      // A stream that went silent would never.
      this.body.connection.destroy();
    });
  }

  drained(): void {
    this.#wake?.();
  }

  closed(): void {
    this.#wake?.();
    this.#parts.onClosed(this);
  }

  get #isOpen(): boolean {
    return !this.#ended && !this.body.connection.closed;
  }

  #join(channel: Channel, after: number): boolean {
    this.#joined = this.#parts.hub.join(channel.spec, after, this);
    return this.#joined !== undefined;
  }

  /** For those who lag so far that nobody shares what they are told. */
  async #readLog(channel: Channel, from: Cursor): Promise<void> {
    const { hub, log, turns } = this.#parts;
    const form = channel.form();
    const gap = (from: number, to: number) => channel.gap(from, to);
    let at = from;
    for (let round = 1; this.#isOpen && !this.#join(channel, at.served); round++) {
      // Slower than what comes: it would be behind for ever.
      const opening = round > maxRounds ? channel.instead(at.served) : undefined;
      if (opening) {
        await this.tell(await opening, nothing);
        return;
      }
      const source = { form, log, gap, turns };
      at = await readLog(at, hub.head, source, async (bytes) => {
        if (this.#isOpen) this.body.write(bytes);
        await this.#drain();
        return this.#isOpen;
      });
    }
  }

  /** Until it can take more, or is gone. */
  #drain(): Promise<void> {
    if (!this.#isOpen || !this.body.connection.full) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Shows the viewer that it is not forgotten while something long is done for it. */
  async #waitFor(work: Promise<void>): Promise<void> {
    const { heartbeatMs, turns } = this.#parts;
    const comment = Buffer.from(":\n\n");
    const timer = setInterval(() => {
      if (this.#isOpen) this.body.write(comment);
    }, heartbeatMs);
    try {
      await work;
    } finally {
      clearInterval(timer);
    }
    // Others have waited for the same.
    await turns.take();
  }
}
