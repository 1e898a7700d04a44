import type { Environment } from "./environment.ts";
import type { Following, FollowOptions } from "./follow.ts";
import { type Change, follow } from "./index.ts";
// Loaded when they are needed, and here before: nothing of a test takes time.
import "./plain-delivery.ts";
import "./poll.ts";
import "./share.ts";

/** A request that a `follow` under test has made, for the test to answer. */
export type FakeRequest = {
  readonly url: URL;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly respond: (response: Response) => void;
  /** Answers 200 with an event stream. */
  readonly stream: () => FakeBody;
};

/** A response body in the test's hands. `unread` counts the chunks nobody has taken. */
export type FakeBody = {
  readonly send: (text: string | Uint8Array) => void;
  readonly end: () => void;
  readonly cut: () => void;
  readonly unread: () => number;
  readonly cancelled: () => boolean;
};

type Timer = { readonly at: number; readonly callback: () => void };

/** Network, clock, chance and page of a test: nothing happens unless the test says so. */
export class FakeWorld {
  time = 1_700_000_000_000;
  chance = 0;
  readonly requests: FakeRequest[] = [];
  readonly seen: Change[] = [];
  done = false;
  wake: (restored: boolean) => void = () => {};
  #timers = new Set<Timer>();
  #off = new AbortController();

  readonly environment: Environment = {
    fetch: (input, init) => this.#fetch(String(input), init ?? {}),
    now: () => this.time,
    random: () => this.chance,
    after: (ms, callback) => {
      const timer = { at: this.time + ms, callback };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
    onWake: (listener) => {
      this.wake = listener;
    },
    onAway: () => {},
    onSight: () => true,
    tabs: undefined,
    pageUrl: undefined,
  };

  get timers(): number {
    return this.#timers.size;
  }

  get last(): FakeRequest {
    return this.requests.at(-1)!;
  }

  /** What was told of the connection, e.g. `["connecting", "live"]`. */
  get states(): string[] {
    return this.seen.flatMap((change) => (change.type === "status" ? [change.status.state] : []));
  }

  follow(options: Partial<FollowOptions> = {}): Following {
    const environment = { ...this.environment, ...options.environment };
    const given = { url: "http://127.0.0.1/v1/stream", signal: this.#off.signal, ...options };
    return follow({ ...given, environment });
  }

  /** Follows, and collects what is told in `seen`. */
  async start(options: Partial<FollowOptions> = {}): Promise<Following> {
    const following = this.follow(options);
    this.#collect(following);
    await this.settle();
    return following;
  }

  async #collect(changes: AsyncIterable<Change>): Promise<void> {
    for await (const change of changes) this.seen.push(change);
    this.done = true;
  }

  async abort(): Promise<void> {
    this.#off.abort();
    await this.settle();
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 2; i++) await new Promise(setImmediate);
  }

  /** Lets time pass, and what is due happen in its order. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    await this.settle();
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.callback();
      await this.settle();
    }
    this.time = until;
  }

  /** The machine sleeps: the clock goes on, timers are late. */
  async sleep(ms: number): Promise<void> {
    this.time += ms;
    await this.pass(0);
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const signal = init.signal!;
    signal.addEventListener("abort", () => reject(signal.reason));
    this.requests.push({
      url: new URL(url),
      headers: new Headers(init.headers),
      signal,
      fail: reject,
      respond: resolve,
      stream: () => {
        const { response, body } = fakeStream(signal);
        resolve(response);
        return body;
      },
    });
    return promise;
  }
}

function fakeStream(signal: AbortSignal): { response: Response; body: FakeBody } {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let cancelled = false;
  const source = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given;
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  signal.addEventListener("abort", () => controller.error(signal.reason));
  const encoder = new TextEncoder();
  const body = {
    send: (text: string | Uint8Array) =>
      controller.enqueue(typeof text === "string" ? encoder.encode(text) : text),
    end: () => controller.close(),
    cut: () => controller.error(new TypeError("terminated")),
    unread: () => -controller.desiredSize!,
    cancelled: () => cancelled || signal.aborted,
  };
  const headers = { "content-type": "text/event-stream" };
  return { response: new Response(source, { headers }), body };
}
