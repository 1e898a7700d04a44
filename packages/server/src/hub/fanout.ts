import type { Batch } from "../log/log.ts";
import { Group } from "./group.ts";
import type { Connection, Form, Hub } from "./hub.ts";

// What rings may hold for viewers that lag. There are as many groups as distinct selections, and
// anyone can make one up, so what counts is the sum.
const maxRingBytesEach = 4 * 1024 * 1024;
const maxRingBytesInAll = 128 * 1024 * 1024;

/**
 * The hub of one process.
 *
 * Batches are not sent when they are published but at the end of the turn, all that are due at once:
 * the cost is per write, hardly per byte, so ten batches in one write cost what one does.
 */
export class Fanout implements Hub {
  readonly #groups = new Map<string, Group>();
  readonly #schedule: (pass: () => void) => unknown;
  #due: Batch[] = [];
  #head: number;
  #viewers = 0;

  constructor(head: number, schedule: (pass: () => void) => unknown = setImmediate) {
    this.#head = head;
    this.#schedule = schedule;
  }

  get head(): number {
    return this.#head;
  }

  get viewers(): number {
    return this.#viewers;
  }

  publish(batch: Batch): void {
    this.#head = batch.offset;
    if (this.#groups.size === 0) return;
    this.#due.push(batch);
    if (this.#due.length === 1) this.#schedule(() => this.#pass());
  }

  join(form: Form, after: number, connection: Connection): Promise<number> | undefined {
    // A viewer may have read from the log what the next pass would send; let nobody see it twice.
    this.#pass();
    const group = this.#groups.get(form.key) ?? new Group(form, this.#head);
    const left = group.join(after, connection);
    if (!left) return undefined;
    this.#groups.set(form.key, group);
    this.#viewers++;
    return left.finally(() => {
      this.#viewers--;
      if (group.size === 0 && this.#groups.get(form.key) === group) this.#groups.delete(form.key);
    });
  }

  /** Tells every viewer where it stands, so that a quiet series never resumes from an ancient position. */
  heartbeat(): void {
    this.#pass();
    const maxRingBytes = this.#ringShare();
    for (const group of this.#groups.values()) group.heartbeat(this.#head, maxRingBytes);
  }

  #pass(): void {
    if (this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    const maxRingBytes = this.#ringShare();
    for (const group of this.#groups.values()) group.publish(due, maxRingBytes);
  }

  #ringShare(): number {
    return Math.min(maxRingBytesEach, maxRingBytesInAll / this.#groups.size);
  }
}
