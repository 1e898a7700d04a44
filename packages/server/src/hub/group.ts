import type { Batch } from "../log/log.ts";
import type { ConnectionListener } from "./connection.ts";
import type { HubCounters } from "./counters.ts";
import type { Encoded, Form, GroupSpec, Joined, Member } from "./hub.ts";
import { Ring } from "./ring.ts";

/** What a group shares with all others of its hub. */
export type GroupParts = {
  readonly counters: HubCounters;
  /** What one ring may hold at present. */
  readonly maxRingBytes: () => number;
  /** Told by how much the ring has grown, or shrunk. */
  readonly onRingBytes: (bytes: number) => void;
  readonly clock: () => number;
};

// Encoding so many takes a millisecond or two, and a viewer draws in the same thread that reads them;
// larger columns and texts would also lie dead in memory for long. What piles up beyond it, in a group of
// low rate, is sent at once.
const maxSamplesPerFrame = 5_000;

/** The viewers of one selection and the bytes that they share. */
export class Group {
  readonly #form: Form;
  readonly #intervalMs: number;
  readonly #parts: GroupParts;
  readonly #viewers = new Set<Viewer>();
  readonly #ring: Ring;
  #pending: Batch[] = [];
  #pendingSamples = 0;
  /** When the next frame may be sent. */
  #dueAt = Number.NEGATIVE_INFINITY;
  /** Offset of the last frame with samples. */
  #prev = 0;
  #gzipViewers = 0;
  #holds = 0;
  #hasNews = false;
  #isClosed = false;
  /** Offset that everyone is to be told, though there is nothing to see. */
  #beatAt: number | undefined;

  constructor({ form, rate }: GroupSpec, at: number, parts: GroupParts) {
    this.#form = form();
    this.#intervalMs = 1000 / rate;
    this.#parts = parts;
    this.#ring = new Ring(at);
  }

  get isNeeded(): boolean {
    return this.#viewers.size > 0 || this.#holds > 0;
  }

  /** Whether entries were made since this was asked last. */
  takeNews(): boolean {
    const had = this.#hasNews;
    this.#hasNews = false;
    return had;
  }

  get viewers(): Iterable<Viewer> {
    return this.#viewers;
  }

  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
  }

  offer(batch: Batch): void {
    this.#pending.push(batch);
    this.#pendingSamples += batch.ids.length;
    if (this.#pendingSamples >= maxSamplesPerFrame) this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  /** When there is something for `encode` or `send`; infinity: there is nothing. */
  get dueAt(): number {
    if (this.#hasNews || this.#beatAt !== undefined) return Number.NEGATIVE_INFINITY;
    return this.#pending.length === 0 ? Number.POSITIVE_INFINITY : this.#dueAt;
  }

  /** Tells everyone, with the next pass, where they stand. */
  beat(head: number): void {
    this.#beatAt = head;
  }

  /**
   * Encodes a frame of what is due, once for all; `send` gives it to each. True: it did something, and
   * there may be more to do.
   */
  encode(now: number): boolean {
    const isDue = this.#pending.length > 0 && (now >= this.#dueAt || this.#beatAt !== undefined);
    if (isDue) {
      this.#encode(this.#takePending());
      // The rest of what was too much for one frame follows.
      if (this.#pending.length === 0) this.#dueAt = now + this.#intervalMs;
      return true;
    }
    if (this.#beatAt === undefined) return false;
    const at = Math.max(this.#beatAt, this.#ring.to);
    this.#beatAt = undefined;
    this.#push({ bytes: this.#form.heartbeat(at) }, at);
    return true;
  }

  /** Nothing is held any more, and nobody can join. */
  close(): void {
    this.#isClosed = true;
    this.#parts.onRingBytes(-this.#ring.bytes);
  }

  /** Number of the entry that one goes on with after an offset; undefined if it is not held. */
  cut(after: number): number | undefined {
    if (this.#isClosed) return undefined;
    // Whoever has read further than the last pass must not see the rest of it twice.
    if (after > this.#ring.to) this.#encodeTo(after);
    return this.#ring.numberAfter(after);
  }

  /** See `Hub.join`. */
  join(after: number, member: Member): Joined | undefined {
    const next = this.cut(after);
    if (next === undefined) return undefined;
    const viewer = new Viewer(member, this, next, after);
    this.#viewers.add(viewer);
    if (member.body.connection.gzip) this.#gzipViewers++;
    member.body.connection.listener = viewer;
    this.send(viewer);
    return viewer;
  }

  leave(viewer: Viewer): void {
    const { body } = viewer.member;
    if (!this.#viewers.delete(viewer)) return;
    if (body.connection.gzip) this.#gzipViewers--;
    this.#waits(viewer, false);
    body.connection.listener = undefined;
    body.leaveStream();
  }

  drained(viewer: Viewer): void {
    this.#waits(viewer, false);
    this.send(viewer);
  }

  /** Sends a viewer what it has not been sent, as long as it takes it. */
  send(viewer: Viewer): void {
    const { body } = viewer.member;
    const { connection } = body;
    const end = this.#ring.next;
    if (connection.closed || viewer.next >= end) return;
    if (viewer.waiting || connection.full) {
      this.#parts.counters.framesSkipped++;
      this.#waits(viewer, true);
      return;
    }
    const several = viewer.next + 1 < end;
    if (several) connection.cork();
    while (viewer.next < end && !viewer.waiting) {
      const entry = this.#ring.at(viewer.next);
      if (!entry) break;
      if (entry.whole && entry.whole.since <= viewer.from) body.send(entry.whole.packet);
      else body.sendPiece(entry);
      viewer.next++;
      viewer.served = entry.to;
      if (connection.full) this.#waits(viewer, true);
    }
    if (several) connection.uncork();
    this.#parts.counters.deliveries++;
    if (!viewer.waiting && viewer.next < end) this.#dropBehind(viewer);
  }

  /** How long ago the first was encoded of what a viewer has not been sent, milliseconds. */
  lagOf(viewer: Viewer): number {
    if (viewer.next >= this.#ring.next) return 0;
    const entry = this.#ring.at(viewer.next) ?? this.#ring.oldest;
    return entry ? this.#parts.clock() - entry.at : 0;
  }

  #waits(viewer: Viewer, waiting: boolean): void {
    if (viewer.waiting === waiting) return;
    viewer.waiting = waiting;
    this.#parts.counters.viewersBehind += waiting ? 1 : -1;
  }

  #dropBehind(viewer: Viewer): void {
    this.leave(viewer);
    viewer.member.fellBehind(viewer.served);
  }

  /** Makes an entry end at an offset, so that somebody can join there. */
  #encodeTo(offset: number): void {
    while (this.#pending.length > 0 && this.#pending[0]!.offset <= offset) {
      this.#encode(this.#takePending(offset));
    }
  }

  /** The first of what is pending, as much as makes a frame, up to an offset. */
  #takePending(until = Number.POSITIVE_INFINITY): Batch[] {
    let samples = 0;
    let count = 0;
    for (const { offset, ids } of this.#pending) {
      if (offset > until || samples >= maxSamplesPerFrame) break;
      samples += ids.length;
      count++;
    }
    this.#pendingSamples -= samples;
    return this.#pending.splice(0, count);
  }

  #encode(batches: readonly Batch[]): void {
    const encoded = this.#form.encode(batches, this.#prev);
    const to = batches.at(-1)!.offset;
    if (encoded) {
      this.#prev = encoded.offset;
      this.#push(encoded, to);
    } else {
      this.#ring.skipTo(to);
    }
  }

  #push(frame: Pick<Encoded, "bytes" | "brief">, to: number): void {
    this.#hasNews = true;
    const at = this.#parts.clock();
    const compress = this.#gzipViewers > 0;
    const before = this.#ring.bytes;
    this.#ring.push(frame, { to, at, compress }, this.#parts.maxRingBytes());
    this.#parts.onRingBytes(this.#ring.bytes - before);
  }
}

/** A cursor over the ring of its group. It has no queue. */
export class Viewer implements ConnectionListener, Joined {
  readonly member: Member;
  readonly #group: Group;
  /** Number of the next entry to send. */
  next: number;
  /** Offset after which it joined: it knows no frame of the group's from before. */
  readonly from: number;
  /** Offset up to which everything was handed over. */
  served: number;
  /** Until it has drained. */
  waiting = false;

  constructor(member: Member, group: Group, next: number, served: number) {
    this.member = member;
    this.#group = group;
    this.next = next;
    this.from = served;
    this.served = served;
  }

  leave(): void {
    this.#group.leave(this);
  }

  drained(): void {
    this.#group.drained(this);
  }

  closed(): void {
    this.#group.leave(this);
    this.member.closed();
  }
}
