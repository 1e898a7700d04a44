import { PlotcastError } from "@plotcast/protocol";
import { type Answer, judge } from "./answer.ts";
import type { Ask, End } from "./line.ts";
import { PlainDelivery } from "./plain-delivery.ts";
import type { PlainOptions } from "./plain-options.ts";
import type { Told } from "./told.ts";
import { pause, type Waiter } from "./wait.ts";

/** What an answer to a polled address means. */
type Polled =
  | { readonly kind: "text"; readonly text: string; readonly validators: Validators }
  /** As it was, says the server. */
  | { readonly kind: "same" }
  | { readonly kind: "nothing" }
  | Exclude<Answer, { readonly kind: "stream" }>;

/** What the server wants to hear again, to be spared an answer that is the same. */
type Validators = Readonly<Record<string, string>>;

// As much as an event may have: what is asked for again and again should be small.
const maxLength = 16 * 1024 * 1024;

/**
 * Asks an address that has the newest samples as JSON again and again, never twice at a time, and
 * tells what is new in each answer. While nobody can see the page it asks for nothing.
 */
export class Poll {
  /** Was answered since it was last started. */
  isLive = false;
  readonly #everyMs: number;
  readonly #plain: PlainDelivery;
  #asked = false;
  #text: string | undefined;
  #validators: Validators = {};

  constructor(everyMs: number, options: PlainOptions) {
    this.#everyMs = everyMs;
    this.#plain = new PlainDelivery(options, true);
  }

  /** Until the first answer that is none. */
  async *told(waiter: Waiter, ask: Ask): AsyncGenerator<Told, End> {
    const { now, onSight } = waiter.environment;
    const off = new AbortController();
    const sight = new Sight(waiter.signal);
    sight.visible = onSight((visible) => sight.changed(visible), off.signal);
    this.isLive = false;
    try {
      for (;;) {
        // What it is like can be told even to a page that was opened in the background.
        if (this.#asked) await sight.seen();
        this.#asked = true;
        if (waiter.signal.aborted) return { kind: "cut", reason: "aborted", notBeforeMs: 0 };
        const startedAt = now();
        const answer = await ask(read, this.#validators);
        if (answer.kind === "refused") return answer;
        if (answer.kind === "later") return { ...answer, kind: "cut" };
        yield* this.#take(answer, now());
        const restMs = Math.max(0, startedAt + this.#everyMs - now());
        await pause(waiter, restMs, restMs);
      }
    } finally {
      off.abort();
    }
  }

  *#take(answer: Extract<Polled, { kind: "text" | "same" | "nothing" }>, now: number) {
    if (!this.isLive) {
      this.isLive = true;
      yield { type: "status", status: { state: "live" } } satisfies Told;
      yield { type: "open", recovery: "plain" } satisfies Told;
    }
    if (answer.kind === "nothing") return;
    if (answer.kind === "text") {
      this.#text = answer.text;
      this.#validators = answer.validators;
    }
    // The same once more: a sample that has no time of its own is one of now.
    if (this.#text !== undefined) yield* this.#plain.accept({ data: this.#text }, now);
  }
}

/** Whether the page can be seen, and waiting until it can. */
class Sight {
  visible = true;
  readonly #signal: AbortSignal;
  #seen = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  changed(visible: boolean): void {
    this.visible = visible;
    if (visible) this.#seen();
  }

  async seen(): Promise<void> {
    if (this.visible || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#seen = resolve;
    const aborted = () => resolve();
    this.#signal.addEventListener("abort", aborted);
    await promise;
    this.#signal.removeEventListener("abort", aborted);
  }
}

async function read(response: Response, now: number): Promise<Polled> {
  const { status, body, headers } = response;
  if (status === 304 || status === 204 || status === 205) {
    await body?.cancel();
    return { kind: status === 304 ? "same" : "nothing" };
  }
  if (!response.ok || body === null) return notStream(await judge(response, now));
  const type = headers.get("content-type") ?? "";
  const wrong = wrongType(type);
  if (wrong !== undefined) {
    await body.cancel();
    return { kind: "later", reason: wrong, notBeforeMs: 0 };
  }
  const validators: Record<string, string> = {};
  const [etag, modified] = [headers.get("etag"), headers.get("last-modified")];
  if (etag !== null) validators["if-none-match"] = etag;
  else if (modified !== null) validators["if-modified-since"] = modified;
  return { kind: "text", text: await readText(body), validators };
}

function notStream(answer: Answer): Polled {
  if (answer.kind === "stream") throw new Error("BUG: a failure was judged to be a stream");
  return answer;
}

function wrongType(type: string): string | undefined {
  if (/^text\/event-stream\b/i.test(type)) {
    return "expected JSON, found a stream of events; leave out poll to follow it";
  }
  if (!/html/i.test(type)) return undefined;
  return `expected JSON, found ${JSON.stringify(type.slice(0, 80))}; is this a page, perhaps for logging in?`;
}

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length <= maxLength) continue;
    await reader.cancel();
    throw new PlotcastError("too-large", "the answer is longer than 16 MiB");
  }
}
