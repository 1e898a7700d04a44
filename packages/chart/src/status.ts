import type { Status } from "@plotcast/client";
import { clockText, durationText, momentText } from "./format.ts";

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
  /** Whether the view has anything in it. */
  readonly drawn: boolean;
  readonly url: string;
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

/** The state of a chart in a few words. */
export function chipOf(situation: Situation): Chip {
  const { status, now } = situation;
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
      return { tone: "idle", text: "Ended" };
    case "live":
      return liveChip(situation);
  }
}

function liveChip({ now, newestAt, expectedMs }: Situation): Chip {
  if (newestAt === undefined) return { tone: "idle", text: "Connected" };
  const age = now - newestAt;
  const patience =
    expectedMs === undefined ? unknownPatienceMs : Math.max(3 * expectedMs, patienceMs);
  if (age <= patience) return { tone: "good", text: "Live" };
  return { tone: "warn", text: `Last sample ${durationText(age)} ago` };
}

/** What must be said in the plot itself; undefined when the data speak for themselves. */
export function messageOf(situation: Situation): Message | undefined {
  const { status, since, drawn, newestAt, known, now, url } = situation;
  if (status.state === "refused") {
    return {
      tone: "bad",
      title: capital(status.reason) || "The server refuses this stream",
      detail: (url === "" ? "" : `Since ${clockText(since)}. `) + adviceFor(status.code, url),
    };
  }
  if (status.state === "waiting") {
    return {
      tone: "warn",
      title: drawn ? "Connection lost" : "Cannot reach the stream",
      detail: `${sentence(status.reason)} Since ${clockText(since)}; trying again by itself.`,
    };
  }
  if (drawn) return undefined;
  if (newestAt !== undefined) {
    return {
      tone: "idle",
      title: nothingHere,
      detail: `The last sample is from ${momentText(newestAt, false)}, ${durationText(now - newestAt)} ago.`,
    };
  }
  if (status.state === "ended") {
    const what = known ? "It had no samples in this stretch of time." : "It had no samples.";
    return { tone: "idle", title: "The stream ended", detail: what };
  }
  if (known) {
    return {
      tone: "idle",
      title: nothingHere,
      detail: "A longer span may show older samples; the next one is drawn as soon as it arrives.",
    };
  }
  return {
    tone: "idle",
    title: "Waiting for the first sample…",
    detail: "It is drawn as soon as it arrives.",
  };
}

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
