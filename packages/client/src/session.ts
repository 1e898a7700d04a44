import { type Bye, type Frame, FrameReader, PlotcastError } from "@plotcast/protocol";
import type { Delivery } from "./delivery.ts";
import type { PlainDelivery } from "./plain-delivery.ts";
import { opensProtocol, readFrame } from "./read-frame.ts";
import type { Silence } from "./silence.ts";
import type { Block } from "./sse-connection.ts";
import type { Told } from "./told.ts";

/**
 * What one connection tells. Its first event decides whether it speaks our protocol; if
 * not, it is plain, and may say anything.
 */
export class Session {
  readonly #delivery: Delivery;
  readonly #silence: Silence;
  readonly #reader = new FrameReader();
  #speaks: "protocol" | "plain" | undefined;
  /** Told to be live. */
  isLive = false;
  /** What the server said for our next attempt. */
  retryMs = 0;
  /** The server's last word, once it has come. */
  bye: Bye | undefined;
  /** Reads plain events; to be there before the first is accepted. */
  plain: PlainDelivery | undefined;

  constructor(delivery: Delivery, silence: Silence) {
    this.#delivery = delivery;
    this.#silence = silence;
  }

  /** Live without having said so: nothing has come, or nothing that tells the server's time. */
  open(): Told[] {
    if (this.isLive) return [];
    this.isLive = true;
    return [{ type: "status", status: { state: "live" } }];
  }

  /** Whether a block needs `plain`: it is an event, and not one of our protocol. */
  isPlain({ event = "message", data }: Block): boolean {
    if (data === undefined) return false;
    return this.#speaks === undefined ? !opensProtocol(event, data) : this.#speaks === "plain";
  }

  /**
   * What a block tells that arrived at `now`. Throws `bad-input` for what makes the connection useless.
   */
  accept({ id, event = "message", data, retryMs }: Block, now: number): Told[] {
    if (retryMs !== undefined) this.retryMs = Math.min(retryMs, maxRetryMs);
    if (data === undefined) {
      if (id === undefined) return [];
      if (this.#speaks === "protocol") return this.#delivery.idle(id);
      this.#delivery.plain(id);
      // Our protocol begins with hello; whoever begins with a position may be silent for long.
      return this.#speaks === undefined ? this.open() : [];
    }
    const first = this.#speaks === undefined;
    this.#speaks ??= opensProtocol(event, data) ? "protocol" : "plain";
    if (this.#speaks === "protocol") return this.#frame(event, data, id, now);
    this.#silence.unpromised();
    const opened = this.open();
    if (first) opened.push({ type: "open", recovery: "plain" });
    if (id !== undefined) this.#delivery.plain(id);
    const gap = plainLoss(event, data);
    if (gap) return [...opened, gap];
    const told = { event, data, ...(id === undefined ? {} : { id }) };
    return [...opened, ...this.plain!.accept(told, now)];
  }

  #frame(event: string, data: string, id: string | undefined, now: number): Told[] {
    let frame: Frame | undefined;
    try {
      frame = readFrame(this.#reader, event, data, id);
    } catch (error) {
      if (!(error instanceof PlotcastError)) throw error;
      return this.#delivery.doubt(error.message, id);
    }
    if (frame?.type === "bye") {
      this.bye = { ...frame, retryMs: Math.min(Math.max(0, frame.retryMs), maxRetryMs) };
      return [];
    }
    // An event of a later version: not for us, but it has a place.
    if (frame === undefined) {
      return id === undefined ? [] : this.#delivery.idle(id);
    }
    if (frame.type !== "hello") return this.#delivery.accept(frame, id);
    checkVersion(frame.version);
    this.#silence.promised(frame.heartbeatMs);
    this.isLive = true;
    const clockOffsetMs = frame.serverTime - now;
    const live: Told = { type: "status", status: { state: "live", clockOffsetMs } };
    return [live, ...this.#delivery.accept(frame, id)];
  }
}

// A slip of the server must not silence a page for a day.
const maxRetryMs = 3_600_000;

/**
 * How the plain form of a Plotcast server says that something is lost: it cannot resume, or its log
 * was trimmed meanwhile. What was told before stays.
 */
function plainLoss(event: string, data: string): Told | undefined {
  if (event !== "reset" && event !== "gap") return undefined;
  try {
    const { after, from = after, to = "", reason } = JSON.parse(data) as Record<string, unknown>;
    const texts = [from, to, reason];
    if (!texts.every((text) => typeof text === "string")) return undefined;
    return { type: "gap", from: from as string, to: to as string, reason: reason as string };
  } catch {
    return undefined; // some other endpoint's event of that name
  }
}

function checkVersion(version: number): void {
  if (version === 1) return;
  const message = `expected version 1 of the protocol, found ${version}; reload the page`;
  throw new PlotcastError("bad-input", message);
}
