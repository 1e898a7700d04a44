import type { Batch } from "../log/log.ts";
import { HubCounters } from "./counters.ts";
import { Group } from "./group.ts";
import type { GroupSpec, Hold, Hub, Joined, Member } from "./hub.ts";

// What rings may hold for viewers that lag. There are as many groups as distinct selections, and
// anyone can make one up, so what counts is the sum.
const maxRingBytesEach = 2 * 1024 * 1024;
const maxRingBytesInAll = 128 * 1024 * 1024;

// A pass over ten thousand viewers takes a tenth of a second. Senders wait for their answers no
// longer than for such a slice of it.
const sliceMs = 4;
// Looking at the clock costs a hundredth of a write.
const writesPerLook = 8;

/** What a hub gets from where it runs. Tests hand in their own. */
export type FanoutOptions = {
  readonly counters?: HubCounters;
  /** Calls back in a later turn, after whatever else waits for one. */
  readonly nextTurn?: (callback: () => void) => unknown;
  /** Calls back once after `ms`. */
  readonly after?: (ms: number, callback: () => void) => unknown;
  /** Monotonic, milliseconds. */
  readonly clock?: () => number;
};

/**
 * The hub of one process.
 *
 * One pass at a time goes over all viewers, and then the next takes everything that has come
 * meanwhile: the cost is per write, hardly per byte, so ten batches in one write cost what one does.
 * The busier it is, the larger the writes, and nothing piles up.
 */
export class Fanout implements Hub {
  readonly #groups = new Map<string, Group>();
  readonly #counters: HubCounters;
  readonly #nextTurn: (callback: () => void) => unknown;
  readonly #after: (ms: number, callback: () => void) => unknown;
  readonly #clock: () => number;
  #head: number;
  /** What all rings hold. */
  #ringBytes = 0;
  /** The pass under way; one that is scheduled has not begun. */
  #pass: Generator<void, void> | undefined;
  #scheduled = false;
  /** When the timer for groups of lower rate will call. */
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(head: number, options: FanoutOptions = {}) {
    this.#head = head;
    this.#counters = options.counters ?? new HubCounters();
    this.#nextTurn = options.nextTurn ?? setImmediate;
    this.#after = options.after ?? ((ms, callback) => setTimeout(callback, ms).unref());
    this.#clock = options.clock ?? (() => performance.now());
  }

  get head(): number {
    return this.#head;
  }

  publish(batch: Batch): void {
    this.#head = batch.offset;
    for (const group of this.#groups.values()) group.offer(batch);
    this.#wake();
  }

  hold(spec: GroupSpec): Hold {
    const group = this.#group(spec);
    group.hold();
    const cut = (after: number) => {
      const can = group.cut(after) !== undefined;
      this.#wakeFor(group);
      return can;
    };
    return { cut, release: () => group.release() };
  }

  join(spec: GroupSpec, after: number, member: Member): Joined | undefined {
    const group = this.#group(spec);
    const joined = group.join(after, member);
    this.#wakeFor(group);
    return joined;
  }

  heartbeat(): void {
    for (const group of this.#groups.values()) group.beat(this.#head);
    this.#wake();
  }

  /** How long the viewer that is furthest behind waits already, milliseconds. */
  lagMs(): number {
    let lag = 0;
    for (const group of this.#groups.values()) {
      for (const viewer of group.viewers) {
        if (viewer.waiting) lag = Math.max(lag, group.lagOf(viewer));
      }
    }
    return lag;
  }

  #group(spec: GroupSpec): Group {
    const known = this.#groups.get(spec.key);
    if (known) return known;
    const group = new Group(spec, this.#head, {
      counters: this.#counters,
      maxRingBytes: () =>
        this.#ringBytes > maxRingBytesInAll
          ? maxRingBytesInAll / this.#groups.size
          : maxRingBytesEach,
      onRingBytes: (bytes) => {
        this.#ringBytes += bytes;
      },
      clock: this.#clock,
    });
    this.#groups.set(spec.key, group);
    this.#counters.groups = this.#groups.size;
    return group;
  }

  /** Sees to it that whatever is due is sent: soon, or when the first group may send again. */
  #wake(): void {
    if (this.#scheduled || this.#pass) return;
    let dueAt = Number.POSITIVE_INFINITY;
    for (const group of this.#groups.values()) dueAt = Math.min(dueAt, group.dueAt);
    const ms = dueAt - this.#clock();
    if (ms <= 0) this.#schedule();
    else if (dueAt < this.#timerAt) {
      this.#timerAt = dueAt;
      this.#after(ms, () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.#wake();
      });
    }
  }

  /** A viewer that joins may have made an entry that others wait for; no other group has changed. */
  #wakeFor(group: Group): void {
    if (group.dueAt <= this.#clock()) this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true; // also continues the pass under way
    this.#nextTurn(() => this.#slice());
  }

  #slice(): void {
    this.#scheduled = false;
    this.#pass ??= this.#sendAll();
    const until = this.#clock() + sliceMs;
    const pass = this.#pass;
    this.#pass = undefined;
    do {
      if (pass.next().done) {
        this.#wake();
        return;
      }
    } while (this.#clock() < until);
    this.#pass = pass;
    this.#schedule();
  }

  /** One pass: what is due is encoded for each group and sent to each of its viewers. */
  *#sendAll(): Generator<void, void> {
    const begun = this.#clock();
    let writes = 0;
    for (const [key, group] of this.#groups) {
      if (!group.isNeeded) {
        this.#groups.delete(key);
        group.close();
        continue;
      }
      // Even for a group that gets nothing each sample was looked at.
      while (group.encode(begun)) yield;
      if (!group.takeNews()) continue;
      for (const viewer of group.viewers) {
        group.send(viewer);
        if (++writes % writesPerLook === 0) yield;
      }
    }
    this.#counters.groups = this.#groups.size;
    this.#counters.passed((this.#clock() - begun) / 1000);
  }
}
