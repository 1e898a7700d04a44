import { type Bye, PlotcastError } from "@plotcast/protocol";
import { type Answer, judge } from "./answer.ts";
import { backoffMs } from "./backoff.ts";
import type { Status } from "./change.ts";
import { Delivery } from "./delivery.ts";
import type { Environment } from "./environment.ts";
import { load } from "./load.ts";
import type { PlainDelivery } from "./plain-delivery.ts";
import type { PlainOptions } from "./plain-options.ts";
import type { Poll } from "./poll.ts";
import { conditional, type FollowRequest, type Query } from "./request.ts";
import { Session } from "./session.ts";
import { Silence } from "./silence.ts";
import { readBlocks } from "./sse-connection.ts";
import type { Told } from "./told.ts";
import { whyUnreachable } from "./unreachable.ts";
import { pause, type Waiter, type Wake, watch } from "./wait.ts";

/** How a connection ended. */
export type End =
  | { readonly kind: "refused"; readonly code: number; readonly reason: string }
  | { readonly kind: "cut"; readonly reason: string; readonly notBeforeMs: number }
  /** By us: something else is to be asked for. */
  | { readonly kind: "changed" };

type Later = Extract<Answer, { readonly kind: "later" }>;

/** Asks once. `conditions`: headers of a request that may be answered by "as it was". */
export type Ask = <A>(
  judge: (response: Response, now: number) => Promise<A>,
  conditions: Readonly<Record<string, string>>,
) => Promise<A | Later>;

/** What is known beforehand of an endpoint that is not ours. With `poll` it is no stream. */
export type LineOptions = { readonly plain: PlainOptions; readonly poll: number | undefined };

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

/** One connection after another to one address, each of which goes on where the last one ended. */
export class Line<Asked extends Query> {
  readonly #request: (query: Query, position: string | undefined) => FollowRequest;
  readonly #environment: Environment;
  readonly #delivery: Delivery;
  readonly #options: LineOptions;
  readonly #silence = new Silence();
  readonly #wake: Wake = {};
  #plain: PlainDelivery | undefined;
  #poll: Poll | undefined;
  #asked: Asked;
  /** Ends the connection that there is, for another one. */
  #change: (() => void) | undefined;
  /** Attempts since it was live last. */
  #attempt = 0;
  /** What the back-off counts. */
  #failures = 0;
  #connectTimeouts = 0;
  /** What the last connection said in `retry` fields. */
  #retryMs = 0;

  constructor(
    request: (query: Query, position: string | undefined) => FollowRequest,
    asked: Asked,
    position: string | undefined,
    environment: Environment,
    options: LineOptions = { plain: {}, poll: undefined },
  ) {
    this.#options = options;
    this.#request = request;
    this.#asked = asked;
    this.#environment = environment;
    this.#delivery = new Delivery(position);
  }

  /** Where it would resume. */
  get position(): string | undefined {
    return this.#delivery.position;
  }

  /** What the connection that there is, or else the next one, asks for. */
  get asked(): Asked {
    return this.#asked;
  }

  /**
   * Asks for something else: at once, at the position that has been reached, and without a word about
   * it. While it waits for its next attempt, that one will be it.
   */
  ask(asked: Asked): void {
    this.#asked = asked;
    this.#change?.();
  }

  /** Somebody has come back who looks at it. */
  wake(): void {
    this.#wake.listener?.(false);
  }

  /** What is told, read no faster than it is taken. The last is that it ended or was refused. */
  async *told(signal: AbortSignal): AsyncGenerator<Told, void> {
    const { random, now, onWake } = this.#environment;
    const waiter = { environment: this.#environment, signal, wake: this.#wake };
    const off = new AbortController();
    onWake((restored) => this.#wake.listener?.(restored), off.signal);
    let quiet = false;
    try {
      while (!signal.aborted) {
        if (!quiet) yield tell({ state: "connecting", attempt: ++this.#attempt });
        const end = yield* this.#connect(waiter);
        if (signal.aborted) break;
        quiet = end.kind === "changed";
        if (end.kind === "changed") continue;
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
  async *#connect(outer: Waiter): AsyncGenerator<Told, End> {
    const off = new AbortController();
    const abort = () => off.abort();
    let changed = false;
    this.#change = () => {
      changed = true;
      abort();
    };
    outer.signal.addEventListener("abort", abort);
    if (outer.signal.aborted) abort();
    try {
      const end = yield* this.#speak({ ...outer, signal: off.signal });
      return changed ? { kind: "changed" } : end;
    } finally {
      this.#change = undefined;
      outer.signal.removeEventListener("abort", abort);
      off.abort(); // whoever leaves, and however: no connection stays behind
    }
  }

  async *#speak(waiter: Waiter): AsyncGenerator<Told, End> {
    if (this.#options.poll !== undefined) return yield* this.#ping(this.#options.poll, waiter);
    const answer = await this.#ask(waiter, judge);
    if (answer.kind === "refused") return answer;
    if (answer.kind === "later") return { ...answer, kind: "cut" };
    return yield* this.#read(answer.body, waiter);
  }

  async #ask<A>(
    waiter: Waiter,
    judge: (response: Response, now: number) => Promise<A>,
    conditions?: Readonly<Record<string, string>>,
  ): Promise<A | Later> {
    const { fetch, now } = this.#environment;
    const { history = [] } = this.#asked;
    this.#delivery.begin(history.length > 0);
    const request = this.#request(this.#asked, this.#delivery.position);
    const limitMs = Math.min(connectMs * 2 ** this.#connectTimeouts, longestConnectMs);
    const init = conditions ? conditional(request, conditions) : request.init;
    const asked = fetch(request.url, { ...init, signal: waiter.signal });
    try {
      const judged = asked.then((response) => judge(response, now()));
      const answer = await watch(waiter, judged, limitMs, "no answer");
      this.#connectTimeouts = 0;
      return answer;
    } catch (error) {
      if (isTimeout(error)) this.#connectTimeouts++;
      const reason =
        error instanceof PlotcastError
          ? error.message
          : explain(error, await whyUnreachable(request, waiter));
      return { kind: "later", reason, notBeforeMs: 0 };
    }
  }

  /** Asks again and again, until that fails. */
  async *#ping(everyMs: number, waiter: Waiter): AsyncGenerator<Told, End> {
    const { now } = this.#environment;
    const openedAt = now();
    try {
      this.#poll ??= new (await load(import("./poll.ts"))).Poll(everyMs, this.#options.plain);
      return yield* this.#poll.told(waiter, (judge, conditions) =>
        this.#ask(waiter, judge, conditions),
      );
    } catch (error) {
      if (!(error instanceof PlotcastError)) throw error;
      return cut(error.message);
    } finally {
      if (this.#poll?.isLive) this.#lived(now() - openedAt, false);
    }
  }

  async #plainDelivery(): Promise<PlainDelivery> {
    const { PlainDelivery } = await load(import("./plain-delivery.ts"));
    this.#plain ??= new PlainDelivery(this.#options.plain);
    return this.#plain;
  }

  async *#read(body: ReadableStream<Uint8Array>, waiter: Waiter): AsyncGenerator<Told, End> {
    const { now } = this.#environment;
    const session = new Session(this.#delivery, this.#silence);
    const openedAt = now();
    const blocks = readBlocks(body, (chunk) => this.#hear(chunk, waiter));
    let broken = false;
    try {
      for (;;) {
        const next = blocks.next();
        // Also after a `retry` field, which says nothing.
        if (!session.isLive && (await this.#isQuiet(next))) yield* session.open();
        const step = await next;
        if (step.done) return cut("the server ended the stream");
        const heardAt = now();
        // Loaded at the first of them; nothing is read meanwhile, so nothing is lost or comes first.
        if (session.isPlain(step.value)) session.plain ??= await this.#plainDelivery();
        // All that a block tells, whatever is asked for meanwhile: the position is after it.
        for (const told of session.accept(step.value, heardAt)) {
          if (told.type === "history" && told.through !== undefined && told.done) {
            this.#asked = { ...this.#asked, history: [] };
          }
          yield told;
        }
        if (waiter.signal.aborted) return cut("aborted");
        if (session.bye) return cut(endedBy(session.bye), session.bye.retryMs);
      }
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
      if (isTimeout(error)) this.#silence.cut();
      throw new PlotcastError("unavailable", explain(error, "the connection was cut"));
    }
  }

  /** Whether nothing is heard for a second. */
  async #isQuiet(next: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const callOff = this.#environment.after(quietMs, () => resolve(true));
    const heard = () => resolve(false);
    next.then(heard, heard);
    return promise.finally(callOff);
  }

  #lived(forMs: number, broken: boolean): void {
    this.#attempt = 0;
    if (forMs >= livedMs) this.#failures = 0;
    else if (!broken) this.#failures = Math.min(this.#failures, maxYoungFailures);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof PlotcastError && error.code === "unavailable";
}

function tell(status: Status): Told {
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
