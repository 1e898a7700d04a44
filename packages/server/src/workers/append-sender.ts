import { PlotcastError } from "@plotcast/protocol";
import type { SampleBlock } from "../log/sample-block.ts";
import type { Appended } from "./backend-calls.ts";
import { errorOf } from "./messages.ts";
import { BlockPacker, type PackedBlocks } from "./packed-blocks.ts";

/**
 * Bounds the memory of samples whose senders do not wait: 20 MB of columns. A main process that keeps
 * up never has so many of them, so whoever meets this limit meets one that stands still.
 */
const maxWaitingSamples = 1_000_000;
/** A message of 1 MB: more at once would only hold up what else is on the line. */
const maxSamplesAtOnce = 50_000;

type Call = {
  readonly length: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (reason: unknown) => void;
};

/** Sends what many calls append in one turn as one message. */
export class AppendSender {
  readonly #send: (blocks: PackedBlocks & { readonly first: number }) => void;
  readonly #schedule: (flush: () => void) => unknown;
  readonly #calls = new Map<number, Call>();
  readonly #gathered = new BlockPacker();
  /** Samples that were not answered for. */
  #waiting = 0;
  /** Number of the last call. */
  #last = 0;
  #drained: (() => void) | undefined;

  /** `schedule` calls back when the turn is over and every request that has come has been read. */
  constructor(
    send: (blocks: PackedBlocks & { readonly first: number }) => void,
    schedule: (flush: () => void) => unknown = setImmediate,
  ) {
    this.#send = send;
    this.#schedule = schedule;
  }

  append(block: SampleBlock): Promise<number> {
    const { length } = block;
    // A call that alone is beyond the limit would never be taken, so it is when nothing else waits.
    if (this.#waiting > 0 && this.#waiting + length > maxWaitingSamples) {
      return Promise.reject(
        new PlotcastError(
          "unavailable",
          `cannot append ${length} samples: ${this.#waiting} wait for the log already; send again later`,
        ),
      );
    }
    this.#waiting += length;
    this.#gathered.add(block);
    const answered = new Promise<number>((resolve, reject) => {
      this.#calls.set(++this.#last, { length, resolve, reject });
    });
    if (this.#gathered.samples >= maxSamplesAtOnce) this.#flush();
    else if (this.#gathered.blocks === 1) this.#schedule(() => this.#flush());
    return answered;
  }

  settle(appended: Appended): void {
    for (const { call: number, result } of appended) {
      const call = this.#calls.get(number);
      if (!call) throw new Error(`BUG: append ${number} was answered, and nobody waits for it`);
      this.#calls.delete(number);
      this.#waiting -= call.length;
      if (typeof result === "number") call.resolve(result);
      else call.reject(errorOf(result));
    }
    if (this.#calls.size === 0) this.#drained?.();
  }

  /** Resolves when all is answered for. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#calls.size === 0) resolve();
    });
  }

  #flush(): void {
    const { blocks } = this.#gathered;
    if (blocks === 0) return;
    this.#send({ first: this.#last - blocks + 1, ...this.#gathered.take() });
  }
}
