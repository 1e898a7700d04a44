import type { Batch } from "../log/log.ts";
import type { Connection, Form } from "./hub.ts";

/** Encoded bytes for all viewers of a group: everything after offset `prev` up to `to`. */
type Entry = { readonly prev: number; readonly to: number; readonly bytes: Uint8Array };

type Viewer = {
  readonly connection: Connection;
  /** Number of the next entry to send; entries are numbered from the group's beginning. */
  next: number;
  /** Offset up to which everything was handed over. */
  served: number;
  waiting: boolean;
  readonly leave: (served: number) => void;
};

// Beyond these a viewer that lags reads from the log, which costs nobody a sample.
const maxRingEntries = 1024;

/**
 * The viewers of one selection and the bytes that they share. A viewer is a cursor over the ring of
 * entries; no viewer has a queue of its own.
 */
export class Group {
  readonly #form: Form;
  readonly #viewers = new Set<Viewer>();
  #ring: Entry[] = [];
  #ringBytes = 0;
  /** Number of the entry that is first in the ring. */
  #first = 0;
  #to: number;
  /** Position of the last frame with samples. */
  #prev = 0;

  constructor(form: Form, at: number) {
    this.#form = form;
    this.#to = at;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** Encodes batches once and sends the bytes to everyone who can take them. */
  publish(batches: readonly Batch[], maxRingBytes: number): void {
    const encoded = this.#form.encode(batches, this.#prev);
    const to = batches.at(-1)!.offset;
    if (encoded) {
      this.#prev = encoded.offset;
      this.#push({ prev: this.#to, to, bytes: encoded.bytes }, maxRingBytes);
    } else {
      this.#skipTo(to);
    }
  }

  heartbeat(head: number, maxRingBytes: number): void {
    this.#push({ prev: this.#to, to: head, bytes: this.#form.heartbeat(head) }, maxRingBytes);
  }

  /** See `Hub.join`. */
  join(after: number, connection: Connection): Promise<number> | undefined {
    const next = this.#entryAfter(after);
    if (next === undefined) return undefined;
    return new Promise((resolve) => {
      const leave = (served: number) => {
        this.#viewers.delete(viewer);
        connection.closed.removeEventListener("abort", gone);
        resolve(served);
      };
      const viewer: Viewer = { connection, next, served: after, waiting: false, leave };
      const gone = () => leave(viewer.served);
      this.#viewers.add(viewer);
      connection.closed.addEventListener("abort", gone);
      if (connection.closed.aborted) gone();
      else this.#send(viewer);
    });
  }

  /** Number of the first entry with something after offset `after`, if nothing before it is missing. */
  #entryAfter(after: number): number | undefined {
    if (after >= this.#to) return this.#first + this.#ring.length;
    const index = this.#ring.findIndex(({ to }) => to > after);
    // An entry that begins before `after` would repeat samples; the log can be cut anywhere.
    return index >= 0 && this.#ring[index]!.prev === after ? this.#first + index : undefined;
  }

  #push(entry: Entry, maxRingBytes: number): void {
    this.#ring.push(entry);
    this.#ringBytes += entry.bytes.length;
    this.#to = entry.to;
    while (
      this.#ring.length > 1 &&
      (this.#ringBytes > maxRingBytes || this.#ring.length > maxRingEntries)
    ) {
      this.#ringBytes -= this.#ring.shift()!.bytes.length;
      this.#first++;
    }
    for (const viewer of this.#viewers) if (!viewer.waiting) this.#send(viewer);
  }

  /** Nothing for this group: those who have seen all so far have now seen more. */
  #skipTo(to: number): void {
    const end = this.#first + this.#ring.length;
    for (const viewer of this.#viewers) if (viewer.next === end) viewer.served = to;
    const last = this.#ring.at(-1);
    if (last) this.#ring[this.#ring.length - 1] = { ...last, to };
    this.#to = to;
  }

  #send(viewer: Viewer): void {
    while (viewer.next < this.#first + this.#ring.length) {
      const entry = this.#ring[viewer.next - this.#first];
      if (!entry) {
        viewer.leave(viewer.served);
        return;
      }
      const more = viewer.connection.write(entry.bytes);
      viewer.next++;
      viewer.served = entry.to;
      if (!more) {
        void this.#sendAfterDrain(viewer);
        return;
      }
    }
  }

  async #sendAfterDrain(viewer: Viewer): Promise<void> {
    viewer.waiting = true;
    await viewer.connection.drained();
    viewer.waiting = false;
    if (this.#viewers.has(viewer)) this.#send(viewer);
  }
}
