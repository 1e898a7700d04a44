import { type Answer, errorOf, type Question } from "./messages.ts";

/** A result, or a page of one. */
export type Result = { readonly value: unknown; readonly done: boolean };

type Waiting = {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
};

/** Questions that wait for their answers. */
export class Asking {
  readonly #send: (question: Question) => void;
  readonly #waiting = new Map<number, Waiting>();

  constructor(send: (question: Question) => void) {
    this.#send = send;
  }

  /** Rejects as the other side does, or by the signal's reason, of which the other side is told. */
  async ask(question: Question, signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    const { id } = question;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const abort = () => {
      this.#waiting.delete(id);
      this.#send({ kind: "cancel", id });
      reject(signal?.reason);
    };
    this.#waiting.set(id, { resolve, reject });
    signal?.addEventListener("abort", abort, { once: true });
    this.#send(question);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    // Nobody waits any more for what was cancelled.
    if (!waiting) return;
    this.#waiting.delete(answer.id);
    if (answer.kind === "failure") waiting.reject(errorOf(answer.failure));
    else if (answer.kind === "done") waiting.resolve({ value: undefined, done: true });
    else waiting.resolve({ value: answer.value, done: false });
  }

  /** There will be no answers any more. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
