import type { Status } from "@plotcast/client";
import type { Session } from "./session.ts";

/** The connection in a few words, for the head of the page. */
export type Brief = {
  readonly live: boolean;
  readonly text: string;
  /** The same without anything that changes by the second, to be spoken. */
  readonly spoken: string;
};

/** What happened, since when, and what to do. */
export type Notice = { readonly title: string; readonly text: string };

export function briefOf(status: Status, now: number): Brief {
  switch (status.state) {
    case "live":
      return { live: true, text: "Live", spoken: "Live" };
    case "connecting":
      return still(status.attempt > 1 ? "Reconnecting…" : "Connecting…");
    case "waiting": {
      const seconds = Math.ceil((status.retryAt - now) / 1000);
      const text = seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…";
      return { live: false, text, spoken: "Reconnecting…" };
    }
    case "refused":
      return still(status.code === 401 ? "Token needed" : "Refused");
    case "ended":
      return still("Ended");
  }
}

function still(text: string): Brief {
  return { live: false, text, spoken: text };
}

/** A server that is started anew is back by then; nobody needs to read of it. */
const patienceMs = 2000;

/** What to tell of a connection that is not there; undefined while there is nothing to tell. */
export function noticeOf(
  { status, lastHeard, trouble }: Session,
  now: number,
  origin: string,
): Notice | undefined {
  if (status.state === "refused") return refusal(status.code, status.reason, origin);
  if (!trouble || now - trouble.since < patienceMs) return undefined;
  const heard = lastHeard === undefined ? "Nothing heard yet." : `Last heard ${clock(lastHeard)}.`;
  return {
    title: "No connection to the server",
    text: `${heard} ${sentence(trouble.reason)} If it was stopped, start it again: this page continues by itself.`,
  };
}

function refusal(code: number, reason: string, origin: string): Notice {
  if (code === 401) {
    return {
      title: "This server wants a token",
      text: `Open the address that it printed at its start, which ends with the token: ${origin}/?token=…`,
    };
  }
  return { title: "The server refuses", text: `${sentence(reason)} Reload to try again.` };
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return trimmed === "" ? "" : `${trimmed[0]!.toUpperCase()}${trimmed.slice(1)}.`;
}

/** `12:03:07`, the reader's own time of day, written as in the charts. */
function clock(time: number): string {
  return new Date(time).toLocaleTimeString();
}
