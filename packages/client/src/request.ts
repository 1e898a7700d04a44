import { PlotcastError } from "@plotcast/protocol";
import type { Environment } from "./environment.ts";

/** Where to ask, and as whom. */
export type Target = {
  readonly url: string | URL;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What to ask for. What is left out is as the URL says. */
export type Query = {
  readonly series?: readonly string[];
  readonly span?: string;
  readonly px?: number;
  readonly rate?: number;
  /** Selectors of what is new: of that history is wanted, although the rest is resumed. */
  readonly history?: readonly string[];
};

export type FollowRequest = {
  readonly url: string;
  readonly init: RequestInit;
  /** A browser asks another origin than the page's, which that must allow. */
  readonly foreign: boolean;
};

/**
 * Returns how to ask for something at a position. Throws `bad-input` for an address that is none.
 *
 * The position travels as `Last-Event-ID`, unless a browser would ask another origin: there that
 * header costs a preflight request, which few servers answer, so it goes into the query.
 */
export function createRequest(
  { url, token, headers }: Target,
  { pageUrl }: Environment,
  accept = "text/event-stream",
): (query: Query, position: string | undefined) => FollowRequest {
  const target = parseUrl(url, pageUrl);
  const isForeign = pageUrl !== undefined && new URL(pageUrl).origin !== target.origin;
  const constant = constantHeaders(accept, token, headers);
  return ({ series, span, px, rate, history = [] }, position) => {
    const asked = new URL(target);
    const { searchParams } = asked;
    if (series) searchParams.delete("series");
    for (const selector of series ?? []) searchParams.append("series", selector);
    if (span !== undefined) searchParams.set("span", span);
    if (px !== undefined) searchParams.set("px", String(Math.round(px)));
    if (rate !== undefined) searchParams.set("rate", String(rate));
    const all = new Headers(constant);
    if (position !== undefined && position.length <= maxPositionLength) {
      for (const selector of history) searchParams.append("history", selector);
      if (isForeign) searchParams.set("position", position);
      else if (!/\p{Cc}/u.test(position)) all.set("last-event-id", toHeader(position));
    }
    return { url: asked.href, init: { headers: all, cache: "no-store" }, foreign: isForeign };
  };
}

/**
 * A request that may be answered by "as it was": as these headers ask.
 *
 * Headers of our own would make a browser ask another origin for permission first, which few grant;
 * there its own cache asks the question.
 */
export function conditional(
  { init, foreign }: FollowRequest,
  conditions: Readonly<Record<string, string>>,
): RequestInit {
  if (foreign) return { ...init, cache: "no-cache" };
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(conditions)) headers.set(name, value);
  return { ...init, headers };
}

/** The absolute address. Throws `bad-input` if it is none. */
export function parseUrl(url: string | URL, pageUrl: string | undefined): URL {
  const target = URL.parse(url, pageUrl);
  if (target?.protocol === "http:" || target?.protocol === "https:") return new URL(target);
  const found = JSON.stringify(String(url));
  throw new PlotcastError("bad-input", `cannot follow ${found}: expected an http or https address`);
}

// Servers cut off long headers and addresses, and then every attempt would fail.
const maxPositionLength = 1000;

function constantHeaders(
  accept: string,
  token: string | undefined,
  headers: Target["headers"],
): Headers {
  try {
    const all = new Headers({ accept });
    if (token !== undefined) all.set("authorization", `Bearer ${token}`);
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    return all;
  } catch (cause) {
    const message = "cannot follow: expected a token and headers of one line each";
    throw new PlotcastError("bad-input", message, { cause });
  }
}

/** A header holds bytes, an id is any text: its UTF-8 is sent, as EventSource does. */
function toHeader(id: string): string {
  return String.fromCharCode(...new TextEncoder().encode(id));
}
