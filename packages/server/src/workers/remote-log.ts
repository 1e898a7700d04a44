import { Listeners } from "../log/listeners.ts";
import type { Batch, Log } from "../log/log.ts";
import { closedError } from "../log/retaining.ts";
import type { SampleBlock } from "../log/sample-block.ts";
import { SeriesIds } from "../log/series-ids.ts";
import { Turns } from "../store/turns.ts";
import { AppendSender } from "./append-sender.ts";
import type { Appended, BackendCalls, News, Opening } from "./backend-calls.ts";
import type { Peer } from "./peer.ts";

/** Pages on their way at once, 1 MB each: ten thousand viewers may come back in one moment. */
const maxPagesAtOnce = 4;

/** The log of the main process, as a worker has it. */
export class RemoteLog implements Log {
  readonly epoch: string;
  readonly series: SeriesIds;
  head: number;
  oldest: number;
  readonly #peer: Peer<BackendCalls>;
  readonly #listeners = new Listeners();
  readonly #appends: AppendSender;
  readonly #turns = new Turns(maxPagesAtOnce);
  #catchingUp: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(peer: Peer<BackendCalls>, { epoch, head, names, state }: Opening) {
    this.epoch = epoch;
    this.head = head;
    this.oldest = state.oldest;
    this.series = new SeriesIds(names);
    this.#peer = peer;
    this.#appends = new AppendSender((blocks) => peer.tell("append", blocks));
  }

  async append(block: SampleBlock): Promise<number> {
    this.#checkOpen();
    return block.length === 0 ? this.head : await this.#appends.append(block);
  }

  async know(): Promise<void> {
    throw new Error("BUG: only the main process has a store that may know more than the log");
  }

  async *read(after: number, until: number, { since = Number.NEGATIVE_INFINITY } = {}) {
    this.#checkOpen();
    const last = Math.min(until, this.head);
    let reached = after;
    for (;;) {
      reached = Math.max(reached, this.oldest - 1);
      if (reached >= last) return;
      // Whole by itself, so that a viewer who reads slowly holds nothing in the main process.
      const range = { after: reached, until: last, since };
      const page = await this.#turns.take(() => this.#peer.call("page", range));
      for (const batch of page.batches) {
        this.#checkOpen();
        yield batch;
      }
      this.#checkOpen();
      reached = page.reached;
    }
  }

  follow(listener: (batch: Batch) => void, signal: AbortSignal): void {
    this.#checkOpen();
    this.#listeners.add(listener, signal);
  }

  catchUp(): Promise<void> {
    // One question for all who ask in this turn: an answer that is on its way may have been too early.
    this.#catchingUp ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#catchingUp = undefined;
        this.#peer.call("catchUp", undefined).then(resolve, reject);
      });
    });
    return this.#catchingUp;
  }

  close(): Promise<void> {
    this.#closing ??= this.#appends.drain();
    return this.#closing;
  }

  news({ names = [], state, batch }: News): void {
    for (const name of names) this.series.give(name);
    this.series.saved(names.length);
    if (state) this.oldest = state.oldest;
    if (!batch) return;
    this.head = batch.offset;
    this.#listeners.call(batch);
  }

  appended(calls: Appended): void {
    this.#appends.settle(calls);
  }

  #checkOpen(): void {
    if (this.#closing) throw closedError();
  }
}
