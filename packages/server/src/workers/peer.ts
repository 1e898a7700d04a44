import { PlotcastError } from "@plotcast/protocol";
import { Answering, type Work } from "./answering.ts";
import { Asking } from "./asking.ts";
import type { Channel } from "./channel.ts";
import type { Message } from "./messages.ts";

/*
 * Calls between two processes, in both directions.
 *
 * A call is answered once, or in pages: then each page is sent when the other side asks for it, so
 * that neither a slow reader nor a long answer fills memory or holds up what else is on the line.
 */

/** What one side does for the other, by name: the type that both sides share. */
export type Calls = {
  readonly [name: string]: (argument: never, signal: AbortSignal) => Work;
};

const neverAborted = new AbortController().signal;

type Argument<C extends Calls, Name extends keyof C> = Parameters<C[Name]>[0];
type Answered<C extends Calls, Name extends keyof C> =
  ReturnType<C[Name]> extends AsyncIterable<infer Page> ? Page : Awaited<ReturnType<C[Name]>>;

export type PeerOptions = {
  /** What the other side is to this one, for the message when it is gone: `main process`. */
  readonly what: string;
  /** Called before each answer is sent. */
  readonly beforeAnswer?: () => void;
  readonly onClose?: () => void;
};

/** One side of a line: calls the other, and does what the other asks for. */
export class Peer<Theirs extends Calls> {
  readonly #channel: Channel;
  readonly #handlers: Calls;
  readonly #options: PeerOptions;
  readonly #asking: Asking;
  readonly #answering: Answering;
  /** Number of the last call. */
  #calls = 0;
  #closed = false;

  constructor(channel: Channel, handlers: Calls, options: PeerOptions) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.#options = options;
    this.#asking = new Asking((question) => this.#send(question));
    this.#answering = new Answering((answer) => {
      options.beforeAnswer?.();
      this.#send(answer);
    });
    channel.open(
      (message) => this.#take(message as Message),
      () => this.close(),
    );
  }

  get unsentBytes(): number {
    return this.#channel.unsentBytes;
  }

  /** A call that has no answer, and is done at once. */
  tell<Name extends keyof Theirs & string>(name: Name, argument: Argument<Theirs, Name>): void {
    this.#send({ kind: "tell", name, argument });
  }

  /** Rejects as the other side does, with `unavailable` if that is gone, or by the signal's reason. */
  async call<Name extends keyof Theirs & string>(
    name: Name,
    argument: Argument<Theirs, Name>,
    signal?: AbortSignal,
  ): Promise<Answered<Theirs, Name>> {
    if (this.#closed) throw this.#gone();
    const call = { kind: "call", id: ++this.#calls, name, argument } as const;
    const { value } = await this.#asking.ask(call, signal);
    return value as Answered<Theirs, Name>;
  }

  /** A call that is answered in pages. An end before the last leaves nothing held on the other side. */
  async *pages<Name extends keyof Theirs & string>(
    name: Name,
    argument: Argument<Theirs, Name>,
    signal?: AbortSignal,
  ): AsyncGenerator<Answered<Theirs, Name>, void, undefined> {
    const id = ++this.#calls;
    let over = false;
    try {
      for (let kind: "call" | "next" = "call"; ; kind = "next") {
        if (this.#closed) throw this.#gone();
        const page = await this.#asking.ask({ kind, id, name, argument }, signal);
        over = page.done;
        if (over) return;
        yield page.value as Answered<Theirs, Name>;
      }
    } finally {
      if (!over) this.#send({ kind: "cancel", id });
    }
  }

  /** Fails what is asked and gives up what is done: the other side is gone. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#answering.cancelAll();
    this.#asking.fail(this.#gone());
    this.#options.onClose?.();
  }

  #send(message: Message): void {
    if (!this.#closed) this.#channel.send(message);
  }

  #take(message: Message): void {
    const { kind } = message;
    if (kind === "tell") {
      this.#handler(message.name)(message.argument as never, neverAborted);
    } else if (kind === "call") {
      const act = this.#handler(message.name);
      this.#answering.begin(message.id, (signal) => act(message.argument as never, signal));
    } else if (kind === "next") this.#answering.next(message.id);
    else if (kind === "cancel") this.#answering.cancel(message.id);
    else this.#asking.settle(message);
  }

  #handler(name: string): Calls[string] {
    const handler = this.#handlers[name];
    if (!handler) throw new Error(`BUG: nobody answers to ${name}`);
    return handler;
  }

  #gone(): PlotcastError {
    return new PlotcastError("unavailable", `cannot ask the ${this.#options.what}: it is gone`);
  }
}
