import { type Answer, failureOf } from "./messages.ts";

/** What is done for a call: once, or in pages. */
export type Work = Promise<unknown> | AsyncIterable<unknown> | undefined;

type Working = {
  readonly off: AbortController;
  /** Only of an answer in pages. */
  readonly pages: AsyncIterator<unknown> | undefined;
};

/** Calls of the other side that are worked on. */
export class Answering {
  readonly #send: (answer: Answer) => void;
  readonly #working = new Map<number, Working>();

  constructor(send: (answer: Answer) => void) {
    this.#send = send;
  }

  begin(id: number, act: (signal: AbortSignal) => Work): void {
    const off = new AbortController();
    const work = act(off.signal);
    const pages = isPaged(work) ? work[Symbol.asyncIterator]() : undefined;
    this.#working.set(id, { off, pages });
    if (isPaged(work)) this.next(id);
    else void this.#answer(id, async () => ({ kind: "answer", id, value: await work }));
  }

  /** Makes and sends the next page. */
  next(id: number): void {
    const pages = this.#working.get(id)?.pages;
    if (!pages) return;
    void this.#answer(id, async () => {
      const { value, done } = await pages.next();
      return done ? { kind: "done", id } : { kind: "answer", id, value };
    });
  }

  /** Nobody waits for it any more. Pages that are left are not made. */
  cancel(id: number): void {
    this.#end(id)?.off.abort();
  }

  cancelAll(): void {
    for (const id of this.#working.keys()) this.cancel(id);
  }

  async #answer(id: number, make: () => Promise<Answer>): Promise<void> {
    const answer = await make().catch(
      (error: unknown): Answer => ({ kind: "failure", id, failure: failureOf(error) }),
    );
    const working = this.#working.get(id);
    if (!working) return;
    this.#send(answer);
    if (answer.kind !== "answer" || !working.pages) this.#end(id);
  }

  #end(id: number): Working | undefined {
    const working = this.#working.get(id);
    this.#working.delete(id);
    // What it says at its end is not heard.
    working?.pages?.return?.().catch(() => {});
    return working;
  }
}

function isPaged(work: Work): work is AsyncIterable<unknown> {
  return typeof work === "object" && Symbol.asyncIterator in work;
}
