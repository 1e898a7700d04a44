import type { Status } from "@plotcast/client";
import { clockText, durationText, momentText } from "../text/format.ts";

/** What the chip and the messages of a chart are told about. */
export type Situation = {
  readonly status: Status;
  /** When the status became what it is, our clock. */
  readonly since: number;
  readonly now: number;
  /** When the newest sample came; undefined: never. */
  readonly newestAt: number | undefined;
  /** Whether the server knows the series, and has told all that it has of the time asked for. */
  readonly known: boolean;
  /** How often samples are expected; undefined: unknown. */
  readonly expectedMs: number | undefined;
  /** What was wrong with what came, last; undefined: nothing. */
  readonly notice?: string | undefined;
  /** What the source has, where nothing of it was chosen. */
  readonly others?: readonly string[];
  /** Whether the view has anything in it. */
  readonly drawn: boolean;
  readonly url: string;
  /** The source's time minus ours; undefined: unknown. */
  readonly skewMs?: number | undefined;
  /** How long a sample usually takes from its time to the screen; undefined: unknown. */
  readonly latencyMs?: number | undefined;
  /** The stretch at which the chart is held; undefined while it follows. */
  readonly held?: { readonly from: number; readonly to: number } | undefined;
  /** Which source this is about, if the chart has several. */
  readonly source?: string | undefined;
  /** As in `Options.language`. */
  readonly zone?: string | undefined;
  readonly locale?: string | undefined;
};

export type Tone = "idle" | "good" | "warn" | "bad";

/** The chip: one short text, and what colour its dot has. */
export type Chip = { readonly tone: Tone; readonly text: string };

/** What is said in the plot: a heading, and what to do or expect. */
export type Message = { readonly tone: Tone; readonly title: string; readonly detail: string };

/** Nothing is called stale earlier: senders pause for breath. */
const patienceMs = 5000;
/** With unknown cadence, after this long the reader may wonder. */
const unknownPatienceMs = 10_000;
/** Clocks that differ by less are as good as equal. */
const skewToldMs = 2000;

/** The state of a chart in a few words. */
export function chipOf(situation: Situation): Chip {
  const { source } = situation;
  const { tone, text } = stateChip(situation);
  return { tone, text: source === undefined ? text : `${source}: ${text}` };
}

function stateChip(situation: Situation): Chip {
  const { status, now, held } = situation;
  switch (status.state) {
    case "connecting":
      return { tone: "idle", text: status.attempt > 1 ? "Reconnecting…" : "Connecting…" };
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((status.retryAt - now) / 1000));
      return {
        tone: "warn",
        text: seconds > 0 ? `Reconnecting in ${seconds}\u00a0s` : "Reconnecting…",
      };
    }
    case "refused":
      return { tone: "bad", text: status.code > 0 ? `Refused (${status.code})` : "Cannot connect" };
    case "ended":
      return { tone: "idle", text: held ? `Held · ${stretchText(held, situation)}` : "Ended" };
    case "live":
      return liveChip(situation);
  }
}

function liveChip(situation: Situation): Chip {
  const { now, newestAt, held } = situation;
  const skew = skewText(situation);
  const text = (state: string) => (skew === "" ? state : `${state} · ${skew}`);
  if (held) return { tone: "idle", text: text(`Held · ${stretchText(held, situation)}`) };
  if (newestAt === undefined) return { tone: "idle", text: text("Connected") };
  if (!isStale(situation)) return { tone: "good", text: text("Live") };
  return { tone: "warn", text: `Last sample ${durationText(now - newestAt)} ago` };
}

/** Whether samples have not come for longer than their cadence explains. */
function isStale({ status, now, newestAt, expectedMs }: Situation): boolean {
  const patience =
    expectedMs === undefined ? unknownPatienceMs : Math.max(3 * expectedMs, patienceMs);
  return status.state === "live" && newestAt !== undefined && now - newestAt > patience;
}

/** `clock 1 h ahead`: only what is worth knowing. */
function skewText({ skewMs = 0 }: Situation): string {
  if (Math.abs(skewMs) <= skewToldMs) return "";
  return `clock ${sizeText(skewMs)} ${skewMs > 0 ? "ahead" : "behind"}`;
}

/** Of minutes and hours the nearest: how long a sample took is in it, so an hour is a little less. */
function sizeText(skewMs: number): string {
  const size = Math.abs(skewMs);
  return durationText(size < 60_000 ? size : Math.round(size / 60_000) * 60_000);
}

/** What is worth knowing and not worth room: one sentence each, for whoever points at the chip. */
export function hintsOf(situation: Situation): string[] {
  const { latencyMs, expectedMs, skewMs = 0 } = situation;
  const hints: string[] = [];
  if (latencyMs !== undefined)
    hints.push(`Samples are shown ${msText(latencyMs)} after their time.`);
  if (expectedMs !== undefined) hints.push(`One is expected every ${msText(expectedMs)}.`);
  if (skewText(situation) !== "") {
    const way = skewMs > 0 ? "ahead of" : "behind";
    hints.push(
      `The source's clock is ${sizeText(skewMs)} ${way} this one; times are the source's.`,
    );
  }
  return hints;
}

/** What a screen reader is told when it becomes something else: without what changes by itself. */
export function spokenOf(situation: Situation): string {
  const { status, source } = situation;
  const message = messageOf(situation);
  const plain =
    isStale(situation) && situation.drawn
      ? "No new samples"
      : (message?.title ?? stateChip({ ...situation, held: undefined }).text);
  const text = status.state === "waiting" ? (message?.title ?? "") : plain;
  return source === undefined ? text : `${source}: ${text}`;
}

/** `250 ms`, `1.5 s`, `14 s`, `3 min`. */
function msText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}\u00a0ms`;
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))}\u00a0s` : durationText(ms);
}

/** `12:03 – 12:08`: with seconds if it is short, with the date if it is not today's. */
function stretchText(
  { from, to }: { readonly from: number; readonly to: number },
  { now, zone, locale }: Situation,
): string {
  const zoned = zone === undefined ? {} : { timeZone: zone };
  const day = (time: number) => new Date(time).toLocaleDateString("en", zoned);
  const format = new Intl.DateTimeFormat(locale, {
    ...zoned,
    ...(day(from) === day(now) && day(to) === day(now) ? {} : { month: "short", day: "numeric" }),
    ...{ hour: "numeric", minute: "2-digit" },
    ...(to - from < 600_000 ? { second: "2-digit" } : {}),
  });
  return format.formatRange(from, to);
}

/** What must be said in the plot itself; undefined when the data speak for themselves. */
export function messageOf(situation: Situation): Message | undefined {
  const { source } = situation;
  const message = stateMessage(situation);
  if (!message || source === undefined) return message;
  return { ...message, title: `${source}: ${message.title}` };
}

function stateMessage(situation: Situation): Message | undefined {
  const { status, since, drawn, url, zone, locale } = situation;
  if (status.state === "refused") {
    const when = url === "" ? "" : `Since ${clockText(since, zone, locale)}. `;
    return {
      tone: "bad",
      title: capital(status.reason) || "The server refuses this stream",
      detail: when + adviceFor(status.code, url),
    };
  }
  if (status.state === "waiting") {
    const when = clockText(since, zone, locale);
    return {
      tone: "warn",
      title: drawn ? "Connection lost" : "Cannot reach the stream",
      detail: `${sentence(status.reason)} Since ${when}; trying again by itself.`,
    };
  }
  return drawn ? staleMessage(situation) : emptyMessage(situation);
}

/** Beside the chip, which says since when: what was expected, and whose silence it is. */
function staleMessage(situation: Situation): Message | undefined {
  const { expectedMs, held } = situation;
  if (held || expectedMs === undefined || !isStale(situation)) return undefined;
  return {
    tone: "warn",
    title: `Expected every ${msText(expectedMs)}`,
    detail: "The connection is open; its sender is silent.",
  };
}

function emptyMessage(situation: Situation): Message {
  const { status, newestAt, known, now, held, expectedMs, notice, zone, locale } = situation;
  const { others = [] } = situation;
  const idle = (title: string, detail: string): Message => ({ tone: "idle", title, detail });
  if (others.length > 0) {
    const rest = others.length - mostNamed;
    const all = others.slice(0, mostNamed).map(shown).join(", ");
    return {
      tone: "warn",
      title: "No series matches what was asked for",
      detail: `The source has ${all}${rest > 0 ? ` and ${rest} more` : ""}.`,
    };
  }
  if (held) return idle(nothingHere, "Move on, or go back to live.");
  if (newestAt !== undefined) {
    const last = momentText(newestAt, false, zone, locale);
    const due =
      isStale(situation) && expectedMs !== undefined
        ? `, expected every ${msText(expectedMs)}`
        : "";
    const detail = `The last sample is from ${last}, ${durationText(now - newestAt)} ago${due}.`;
    return idle(nothingHere, detail);
  }
  if (status.state === "ended") {
    const where = known ? " in this stretch of time" : "";
    return idle("The stream ended", `It had no samples${where}.`);
  }
  if (known) {
    const detail =
      "A longer span may show older samples; the next one is drawn as soon as it arrives.";
    return idle(nothingHere, detail);
  }
  if (notice !== undefined) {
    return {
      tone: "warn",
      title: "Nothing to draw so far",
      detail: sentence(notice),
    };
  }
  return idle("Waiting for the first sample…", "It is drawn as soon as it arrives.");
}

/** More names than these would hide each other. */
const mostNamed = 5;
const nothingHere = "Nothing in this stretch of time";

function adviceFor(code: number, url: string): string {
  switch (code) {
    case 401:
    case 403:
      return "Ask for a link that may read it, or sign in, then reload this page.";
    case 404:
      return `There is nothing at ${shown(url)}: correct the address in src.`;
    case 204:
      return "The server says that there will be no more. Reload this page to ask again.";
    default:
      if (url === "") return 'Set src to the address of a stream, such as src="/v1/stream".';
      return `Check that ${shown(url)} is a stream of events, then reload this page.`;
  }
}

function shown(url: string): string {
  return url.length > 80 ? `${url.slice(0, 80)}…` : url;
}

/** Upper case in front, a full stop at the end. */
export function sentence(text: string): string {
  const upper = capital(text);
  return upper === "" || /[.!?…]$/.test(upper) ? upper : `${upper}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
