import { parentPort, Worker } from "node:worker_threads";
import { type ErrorCode, PlotcastError } from "@plotcast/protocol";

/*
 * Calls into a worker thread, answered in the order in which they were made.
 *
 * A worker that dies fails the calls under way with `unavailable`. The next call starts a new one if
 * it `restarts`, for which its state must be one that can be read again from the disk.
 *
 * An ArrayBuffer called `buffer` in an argument or a result is given away, not copied.
 */

/** What a worker does, by name: the type that both sides share. */
export type Calls = Record<string, (argument: never) => Answered | Promise<Answered>>;
type Answered = object | undefined;

type Question = { readonly id: number; readonly name: string; readonly argument: object };
type Answer = {
  readonly id: number;
  readonly result?: object | undefined;
  readonly error?: Error;
  /** Structured clone keeps the message of an error, but not what we added to it. */
  readonly code?: ErrorCode;
};
type Waiting = {
  readonly resolve: (result: object | undefined) => void;
  readonly reject: (reason: unknown) => void;
};

/** Bounds what a worker's own objects may take; columns lie outside of its heap. */
export type Heap = {
  readonly maxOldGenerationSizeMb: number;
  readonly maxYoungGenerationSizeMb: number;
};
export type WorkerOptions = {
  readonly heap: Heap;
  /** What its calls use, for the message when it has died. */
  readonly what: string;
  /** Whether a new worker takes the place of one that died. */
  readonly restarts: boolean;
};
const smallHeap: Heap = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 2 };

/** The side that asks. */
export class WorkerCalls<C extends Calls> {
  readonly #url: URL;
  readonly #workerData: unknown;
  readonly #heap: Heap;
  readonly #what: string;
  readonly #restarts: boolean;
  #ended: PlotcastError | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #calls = 0;

  /** The worker is started by the first call. */
  constructor(
    url: URL,
    workerData: unknown,
    { heap, what, restarts }: WorkerOptions = { heap: smallHeap, what: "log", restarts: true },
  ) {
    this.#url = url;
    this.#workerData = workerData;
    this.#heap = heap;
    this.#what = what;
    this.#restarts = restarts;
  }

  call<Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0] & object,
  ): Promise<Awaited<ReturnType<C[Name]>>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#calls;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, name, argument } satisfies Question, buffersOf(argument));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
    });
  }

  /** Lets the worker answer what was asked, then ends it. */
  end(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return Promise.resolve();
    worker.postMessage(undefined);
    return new Promise((resolve) => worker.once("exit", () => resolve()));
  }

  #start(): Worker {
    const worker = new Worker(this.#url, {
      workerData: this.#workerData,
      resourceLimits: this.#heap,
    });
    let cause: unknown;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", () => {
      this.#worker = undefined;
      const advice = this.#restarts ? "send again" : "start again";
      const message = `cannot use the ${this.#what}: its thread has ended unexpectedly; ${advice}`;
      const ended = new PlotcastError("unavailable", message, { cause });
      if (!this.#restarts) this.#ended = ended;
      for (const { reject } of this.#waiting.values()) reject(ended);
      this.#waiting.clear();
    });
    return worker;
  }

  #settle({ id, result, error, code }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!error) waiting?.resolve(result);
    else waiting?.reject(code ? new PlotcastError(code, error.message, { cause: error }) : error);
  }
}

/** The side that answers, to be called once by a worker. `end` is its last act. */
export function answerCalls<C extends Calls>(handlers: C, end: () => void): void {
  const port = parentPort;
  if (!port) throw new Error("BUG: a worker was started as a program");
  const answer = (id: number, result: object | undefined) =>
    port.postMessage({ id, result } satisfies Answer, buffersOf(result));
  const refuse = (id: number, error: unknown) => port.postMessage(answerOf(id, error));
  port.on("message", (question: Question | undefined) => {
    if (!question) {
      end();
      port.close();
      return;
    }
    const { id, name, argument } = question;
    try {
      const result = handlers[name]?.(argument as never);
      if (result instanceof Promise)
        result.then(
          (later) => answer(id, later),
          (error) => refuse(id, error),
        );
      else answer(id, result);
    } catch (error) {
      refuse(id, error);
    }
  });
}

function answerOf(id: number, error: unknown): Answer {
  if (error instanceof PlotcastError) return { id, error, code: error.code };
  return { id, error: error instanceof Error ? error : new Error(String(error)) };
}

function buffersOf(message: object | undefined): ArrayBuffer[] {
  return message && "buffer" in message && message.buffer instanceof ArrayBuffer
    ? [message.buffer]
    : [];
}
