import { type Bye, PlotcastError } from "@plotcast/protocol";
import { type Answer, judge } from "./answer.ts";
import { backoffMs } from "./backoff.ts";
import type { Change, Status } from "./change.ts";
import { Delivery } from "./delivery.ts";
import { defaultEnvironment, type Environment } from "./environment.ts";
import { PlainDelivery } from "./plain-delivery.ts";
import { createRequest, type FollowRequest } from "./request.ts";
import { Session } from "./session.ts";
import { Silence } from "./silence.ts";
import { readBlocks } from "./sse-connection.ts";
import { pause, type Waiter, type Wake, watch } from "./wait.ts";

/** What to follow, and how. Only `url` and `signal` are needed. */
export type FollowOptions = {
  /** `/v1/stream` of a Plotcast server, or any endpoint that sends JSON as Server-Sent Events. */
  readonly url: string | URL;
  /** Ends it all: the last change is the status `ended`. */
  readonly signal: AbortSignal;
  /** Selectors: names, globs (`cpu.*`), label matchers. Without any: what the URL itself selects. */
  readonly series?: readonly string[];
  /** How far back history reaches, as the server reads it: `15m`. */
  readonly span?: string;
  /** Width in pixels that history is wanted for. */
  readonly px?: number;
  /** Where an earlier `follow` stood: what has come since is told instead of history. */
  readonly position?: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly environment?: Partial<Environment>;
};

/**
 * Follows a stream and never gives up: whatever happens to the connection, it comes back, and every
 * sample is told exactly once or the loss is told. Reads no faster than its changes are taken.
 * Throws `bad-input` for an address that is none; whatever else happens is told as a change.
 */
export function follow(options: FollowOptions): AsyncIterable<Change> {
  const environment = { ...defaultEnvironment(), ...options.environment };
  const request = createRequest(options, environment);
  return new Follower(request, environment, options.position).changes(options.signal);
}

/** How a connection ended. */
type End =
  | { readonly kind: "refused"; readonly code: number; readonly reason: string }
  | { readonly kind: "cut"; readonly reason: string; readonly notBeforeMs: number };

// A fetch may hang for ever in a half-open network. But a server may also keep its headers until it
// has a first event, which on a quiet endpoint takes long: so each time-out doubles the next.
const connectMs = 10_000;
const longestConnectMs = 300_000;
// A server that sends its headers and then nothing is connected, too.
const quietMs = 1000;
// A server that falls over right after each hello must not be asked four times a second for ever;
// but one that sends an event and ends, as some do, must not be asked only twice a minute either.
const livedMs = 5000;
const maxYoungFailures = 4;

class Follower {
  readonly #request: (position: string | undefined) => FollowRequest;
  readonly #environment: Environment;
  readonly #delivery: Delivery;
  readonly #plain = new PlainDelivery();
  readonly #silence = new Silence();
  readonly #wake: Wake = {};
  /** Attempts since it was live last. */
  #attempt = 0;
  /** What the back-off counts. */
  #failures = 0;
  #connectTimeouts = 0;
  /** What the last connection said in `retry` fields. */
  #retryMs = 0;

  constructor(
    request: (position: string | undefined) => FollowRequest,
    environment: Environment,
    position: string | undefined,
  ) {
    this.#request = request;
    this.#environment = environment;
    this.#delivery = new Delivery(position);
  }

  async *changes(signal: AbortSignal): AsyncGenerator<Change, void> {
    const { random, now, onWake } = this.#environment;
    const waiter = { environment: this.#environment, signal, wake: this.#wake };
    const off = new AbortController();
    onWake((restored) => this.#wake.listener?.(restored), off.signal);
    try {
      while (!signal.aborted) {
        yield tell({ state: "connecting", attempt: ++this.#attempt });
        const end = yield* this.#connect(waiter);
        if (signal.aborted) break;
        if (end.kind === "refused") {
          yield tell({ state: "refused", code: end.code, reason: end.reason });
          return;
        }
        const floorMs = Math.max(end.notBeforeMs, this.#retryMs);
        const delayMs = Math.round(floorMs + backoffMs(this.#failures++, random));
        yield tell({ state: "waiting", reason: end.reason, retryAt: now() + delayMs });
        await pause(waiter, delayMs, end.notBeforeMs);
      }
      yield tell({ state: "ended" });
    } finally {
      off.abort();
    }
  }

  /** One connection, from the request to its end, however that comes. */
  async *#connect(outer: Waiter): AsyncGenerator<Change, End> {
    const off = new AbortController();
    const abort = () => off.abort();
    outer.signal.addEventListener("abort", abort);
    if (outer.signal.aborted) abort();
    const waiter = { ...outer, signal: off.signal };
    try {
      const answer = await this.#ask(waiter);
      if (answer.kind === "refused") return answer;
      if (answer.kind === "later") return { ...answer, kind: "cut" };
      return yield* this.#read(answer.body, waiter);
    } finally {
      outer.signal.removeEventListener("abort", abort);
      off.abort(); // whoever leaves, and however: no connection stays behind
    }
  }

  async #ask(waiter: Waiter): Promise<Answer> {
    const { fetch, now } = this.#environment;
    this.#delivery.begin();
    const { url, init } = this.#request(this.#delivery.position);
    const limitMs = Math.min(connectMs * 2 ** this.#connectTimeouts, longestConnectMs);
    const asked = fetch(url, { ...init, signal: waiter.signal });
    try {
      const judged = asked.then((response) => judge(response, now()));
      const answer = await watch(waiter, judged, limitMs, "no answer");
      this.#connectTimeouts = 0;
      return answer;
    } catch (error) {
      if (error instanceof PlotcastError) this.#connectTimeouts++;
      return {
        kind: "later",
        reason: explain(error, "the server cannot be reached"),
        notBeforeMs: 0,
      };
    }
  }

  async *#read(body: ReadableStream<Uint8Array>, waiter: Waiter): AsyncGenerator<Change, End> {
    const { now } = this.#environment;
    const session = new Session(this.#delivery, this.#plain, this.#silence, now);
    const openedAt = now();
    const blocks = readBlocks(body, (chunk) => this.#hear(chunk, waiter));
    let broken = false;
    try {
      const first = blocks.next();
      if (await this.#isQuiet(first)) yield* session.open();
      for (let step = await first; !step.done; step = await blocks.next()) {
        for (const change of session.accept(step.value)) {
          yield change;
          if (waiter.signal.aborted) return cut("aborted");
        }
        if (session.bye) return cut(endedBy(session.bye), session.bye.retryMs);
      }
      return cut("the server ended the stream");
    } catch (error) {
      if (!(error instanceof PlotcastError)) throw error;
      broken = error.code !== "unavailable";
      return cut(error.message);
    } finally {
      this.#retryMs = session.retryMs;
      if (session.isLive) this.#lived(now() - openedAt, broken);
    }
  }

  /** Waits for bytes no longer than a living connection would be silent. */
  async #hear<T>(chunk: Promise<T>, waiter: Waiter): Promise<T> {
    const start = this.#environment.now();
    try {
      const heard = await watch(waiter, chunk, this.#silence.limitMs(), "nothing came");
      this.#silence.ended(this.#environment.now() - start);
      return heard;
    } catch (error) {
      if (error instanceof PlotcastError) this.#silence.cut();
      throw new PlotcastError("unavailable", explain(error, "the connection was cut"));
    }
  }

  /** Whether nothing is heard for a second. */
  async #isQuiet(first: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const callOff = this.#environment.after(quietMs, () => resolve(true));
    const heard = () => resolve(false);
    first.then(heard, heard);
    return promise.finally(callOff);
  }

  #lived(forMs: number, broken: boolean): void {
    this.#attempt = 0;
    if (forMs >= livedMs) this.#failures = 0;
    else if (!broken) this.#failures = Math.min(this.#failures, maxYoungFailures);
  }
}

function tell(status: Status): Change {
  return { type: "status", status };
}

function endedBy({ reason }: Bye): string {
  return `the server ended the stream: ${reason}`;
}

function cut(reason: string, notBeforeMs = 0): End {
  return { kind: "cut", reason, notBeforeMs };
}

/** A sentence for a person. Browsers say nothing of why a request failed; Node has a code. */
function explain(error: unknown, otherwise: string): string {
  if (error instanceof PlotcastError) return error.message;
  const cause =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === "string" ? `${otherwise} (${cause.code})` : otherwise;
}
