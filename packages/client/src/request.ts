import { PlotcastError } from "@plotcast/protocol";
import type { Environment } from "./environment.ts";
import type { FollowOptions } from "./follow.ts";

export type FollowRequest = { readonly url: string; readonly init: RequestInit };

/**
 * Returns what to ask for at a position. Throws `bad-input` for an address that is none.
 *
 * The position travels as `Last-Event-ID`, unless a browser would ask another origin: there that
 * header costs a preflight request, which few servers answer, so it goes into the query.
 */
export function createRequest(
  { url, series = [], span, px, token, headers }: FollowOptions,
  { pageUrl }: Environment,
): (position: string | undefined) => FollowRequest {
  const target = parseUrl(url, pageUrl);
  for (const selector of series) target.searchParams.append("series", selector);
  if (span !== undefined) target.searchParams.set("span", span);
  if (px !== undefined) target.searchParams.set("px", String(Math.round(px)));
  const isForeign = pageUrl !== undefined && new URL(pageUrl).origin !== target.origin;
  const constant = constantHeaders(token, headers);
  return (position) => {
    const asked = new URL(target);
    const all = new Headers(constant);
    if (position !== undefined && position.length <= maxPositionLength) {
      if (isForeign) asked.searchParams.set("position", position);
      else if (!/\p{Cc}/u.test(position)) all.set("last-event-id", toHeader(position));
    }
    return { url: asked.href, init: { headers: all, cache: "no-store" } };
  };
}

// Servers cut off long headers and addresses, and then every attempt would fail.
const maxPositionLength = 1000;

function constantHeaders(token: string | undefined, headers: FollowOptions["headers"]): Headers {
  try {
    const all = new Headers({ accept: "text/event-stream" });
    if (token !== undefined) all.set("authorization", `Bearer ${token}`);
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    return all;
  } catch (cause) {
    const message = "cannot follow: expected a token and headers of one line each";
    throw new PlotcastError("bad-input", message, { cause });
  }
}

function parseUrl(url: string | URL, pageUrl: string | undefined): URL {
  const target = URL.parse(url, pageUrl);
  if (target?.protocol === "http:" || target?.protocol === "https:") return new URL(target);
  const found = JSON.stringify(String(url));
  throw new PlotcastError("bad-input", `cannot follow ${found}: expected an http or https address`);
}

/** A header holds bytes, an id is any text: its UTF-8 is sent, as EventSource does. */
function toHeader(id: string): string {
  return String.fromCharCode(...new TextEncoder().encode(id));
}
