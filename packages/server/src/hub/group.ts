import type { Batch } from "../log/log.ts";
import type { ConnectionListener } from "./connection.ts";
import type { HubCounters } from "./counters.ts";
import type { Form, GroupSpec, Joined, Member } from "./hub.ts";
import { Ring } from "./ring.ts";

/** What a group shares with all others of its hub. */
export type GroupParts = {
  readonly counters: HubCounters;
  /** What one ring may hold at present. */
  readonly maxRingBytes: () => number;
  readonly clock: () => number;
};

// A group of low rate lets batches pile up; this many samples are 1 MB, and make a frame at once.
const maxPendingSamples = 50_000;

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

  constructor({ form, rate }: GroupSpec, at: number, parts: GroupParts) {
    this.#form = form();
    this.#intervalMs = 1000 / rate;
    this.#parts = parts;
    this.#ring = new Ring(at);
  }

  get isNeeded(): boolean {
    return this.#viewers.size > 0 || this.#holds > 0;
  }

  /** Whether entries were made since it was taken last. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

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
    if (this.#pendingSamples >= maxPendingSamples) this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  /** When `encode` is to be called next; infinity: when there is something new. */
  get dueAt(): number {
    return this.#pending.length === 0 ? Number.POSITIVE_INFINITY : this.#dueAt;
  }

  /** Encodes what is due, once for all; `send` gives it to each. */
  encode(now: number): void {
    if (now < this.#dueAt || this.#pending.length === 0) return;
    this.#dueAt = now + this.#intervalMs;
    this.#encode(this.#pending);
    this.#pending = [];
    this.#pendingSamples = 0;
  }

  heartbeat(head: number): void {
    this.#encodeTo(head);
    this.#push(this.#form.heartbeat(head), head);
  }

  /** Number of the entry that one goes on with after an offset; undefined if it is not held. */
  cut(after: number): number | undefined {
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
    if (connection.full) {
      this.#parts.counters.framesSkipped++;
      this.#waits(viewer, true);
      return;
    }
    const several = viewer.next + 1 < end;
    if (several) connection.cork();
    while (viewer.next < end && !viewer.waiting) {
      const entry = this.#ring.at(viewer.next);
      if (!entry) break;
      body.sendPiece(entry);
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
    const at = this.#pending.findIndex((batch) => batch.offset > offset);
    const due = at < 0 ? this.#pending : this.#pending.slice(0, at);
    if (due.length === 0) return;
    this.#pending = at < 0 ? [] : this.#pending.slice(at);
    this.#pendingSamples = this.#pending.reduce((sum, { ids }) => sum + ids.length, 0);
    this.#encode(due);
  }

  #encode(batches: readonly Batch[]): void {
    const encoded = this.#form.encode(batches, this.#prev);
    const to = batches.at(-1)!.offset;
    if (encoded) {
      this.#prev = encoded.offset;
      this.#push(encoded.bytes, to);
    } else {
      this.#ring.skipTo(to);
    }
  }

  #push(bytes: Uint8Array, to: number): void {
    this.#hasNews = true;
    const at = this.#parts.clock();
    const compress = this.#gzipViewers > 0;
    this.#ring.push(bytes, { to, at, compress }, this.#parts.maxRingBytes());
  }
}

/** A cursor over the ring of its group. It has no queue. */
export class Viewer implements ConnectionListener, Joined {
  readonly member: Member;
  readonly #group: Group;
  /** Number of the next entry to send. */
  next: number;
  /** Offset up to which everything was handed over. */
  served: number;
  /** Until it has drained. */
  waiting = false;

  constructor(member: Member, group: Group, next: number, served: number) {
    this.member = member;
    this.#group = group;
    this.next = next;
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
