import { open } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { eachSocket, type PeerKey, peerKey } from "./proc-net-tcp.ts";

/** A connection whose viewer may have stopped reading while the kernel goes on taking. */
export interface Watched {
  /** Bytes handed over so far. */
  readonly written: number;
  /** Of these, bytes that the kernel has not taken. */
  readonly unsent: number;
  /** Its place among the watched. */
  queueKey: PeerKey | undefined;
  /** `written` at the last look. */
  writtenAtLook: number;
  /** Bytes that had arrived when the viewer last took some, and when that was. */
  taken: number;
  takenAt: number;
  /** Whether the kernel holds much that has not arrived. */
  readonly isHidden: boolean;
  hide(isHidden: boolean): void;
  /** Closes a viewer that takes nothing. */
  cut(): void;
}

export type Peer = {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
};

export type KernelQueuesOptions = {
  /** Whoever has taken nothing for so long, though there is something, is cut off. */
  readonly stallMs?: number;
  readonly now?: () => number;
  /** The table of a family of addresses; undefined where the system has none. */
  readonly tableOf?: (family: string) => string | undefined;
};

const everyMs = 10_000;
// Whoever is hidden waits for the next look. A look takes about 50 ms for ten thousand sockets of the
// machine, 40 of them the kernel's in another thread, so it gets a twentieth of the time; but on a machine
// that is busy it takes longer, and viewers cannot wait for so long.
const minSoonMs = 250;
const maxSoonMs = 2000;
const shareOfTime = 20;
// The kernel hands out a page at a time, about 27 lines, and makes them while it is asked. Another thread
// waits for it, and other work of ours for one page of lines at most.
const pageBytes = 4096;

// A viewer with so much in the kernel is written no more until little is left: Linux would take up to
// 4 MB for each, hours of a thin stream, and the viewer would see it all before anything new.
const hiddenBytes = 64 * 1024;
const shownBytes = 16 * 1024;

/**
 * What the kernel has taken for viewers that have not. Node knows only of what the kernel did not take,
 * so a viewer that reads no more looks well for as long as there is room in its socket's buffer.
 *
 * Linux has a table of all sockets with the length of their queues. It is read soon after a viewer was
 * written much, and every ten seconds. Other systems have none: there the buffers hide what they hold.
 */
export class KernelQueues {
  readonly #stallMs: number;
  readonly #now: () => number;
  readonly #tableOf: (family: string) => string | undefined;
  readonly #watched = new Map<PeerKey, Watched>();
  #table: string | undefined = undefined;
  #port = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isWanted = false;
  #isLooking = false;
  #anyHidden = false;
  #lookedMs = 0;

  constructor(options: KernelQueuesOptions = {}) {
    const { stallMs = 60_000, now = () => performance.now(), tableOf = tableOfSystem } = options;
    this.#stallMs = stallMs;
    this.#now = now;
    this.#tableOf = tableOf;
  }

  /** Before this, nothing is watched. */
  listen({ port, family }: AddressInfo): void {
    this.#port = port;
    this.#table = this.#tableOf(family);
  }

  add(connection: Watched, { remoteAddress, remotePort }: Peer): void {
    if (this.#table === undefined || remoteAddress === undefined || remotePort === undefined)
      return;
    connection.queueKey = peerKey(remoteAddress, remotePort);
    if (connection.queueKey === undefined) return;
    connection.takenAt = this.#now();
    this.#watched.set(connection.queueKey, connection);
    if (this.#timer === undefined && !this.#isLooking) this.#lookIn(everyMs);
  }

  delete(connection: Watched): void {
    const { queueKey } = connection;
    if (queueKey === undefined || this.#watched.get(queueKey) !== connection) return;
    this.#watched.delete(queueKey);
  }

  /** A viewer was written much. Costs nothing when asked again and again. */
  wantLook(): void {
    if (this.#isWanted || this.#table === undefined) return;
    this.#isWanted = true;
    if (!this.#isLooking) this.#lookIn(this.#soonMs());
  }

  /** Reads the table once and tells whoever is concerned. Never rejects. */
  async look(): Promise<void> {
    if (this.#table === undefined || this.#isLooking) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWanted = false;
    if (this.#watched.size === 0) return;
    this.#isLooking = true;
    this.#anyHidden = false;
    const began = this.#now();
    // Without file descriptors, say, there will be another time.
    await this.#readTable(this.#table).catch(() => {});
    this.#lookedMs = this.#now() - began;
    this.#isLooking = false;
    if (this.#watched.size === 0) return;
    this.#lookIn(this.#isWanted || this.#anyHidden ? this.#soonMs() : everyMs);
  }

  async #readTable(table: string): Promise<void> {
    const visit = (key: PeerKey, queued: number) => {
      const connection = this.#watched.get(key);
      if (connection) this.#judge(connection, queued);
    };
    const file = await open(table);
    try {
      const bytes = Buffer.allocUnsafe(pageBytes * 2);
      for (let rest = 0; ; ) {
        const { bytesRead } = await file.read(bytes, rest, pageBytes, null);
        if (bytesRead === 0) return;
        const end = rest + bytesRead;
        const used = eachSocket(bytes, end, this.#port, visit);
        bytes.copyWithin(0, used, end);
        rest = end - used;
      }
    } finally {
      await file.close();
    }
  }

  #judge(connection: Watched, queued: number): void {
    const { written, unsent } = connection;
    connection.writtenAtLook = written;
    const isHidden = queued > (connection.isHidden ? shownBytes : hiddenBytes);
    if (isHidden) this.#anyHidden = true;
    if (isHidden !== connection.isHidden) connection.hide(isHidden);
    const taken = written - unsent - queued;
    if (queued === 0 || taken > connection.taken) {
      connection.taken = taken;
      connection.takenAt = this.#now();
    } else if (unsent === 0 && this.#now() - connection.takenAt >= this.#stallMs) {
      // With something unsent its socket's own timer counts, which knows of parts of a write.
      connection.cut();
    }
  }

  #soonMs(): number {
    return Math.min(maxSoonMs, Math.max(minSoonMs, this.#lookedMs * shareOfTime));
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), ms);
    this.#timer.unref();
  }
}

function tableOfSystem(family: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  return family === "IPv6" ? "/proc/net/tcp6" : "/proc/net/tcp";
}
