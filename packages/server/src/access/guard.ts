import { createHash, timingSafeEqual } from "node:crypto";
import { PlotcastError, reservedSegments } from "@plotcast/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { setCookie } from "hono/cookie";
import { parse as parseCookies } from "hono/utils/cookie";
import type { Guard, Judgement, RequestHead } from "../http/request-head.ts";
import { hostName, isLoopback } from "./hosts.ts";

export type GuardOptions = {
  readonly host: string;
  readonly writeToken: string | undefined;
  readonly readToken: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
};

const cookieName = "plotcast_token";
const readMethods = new Set(["GET", "HEAD", "OPTIONS"]);

const forOwnOrigin: Judgement["headers"] = { Vary: "Origin" };
const forAnyOrigin: Judgement["headers"] = { Vary: "Origin", "Access-Control-Allow-Origin": "*" };
const forPreflight = {
  "Access-Control-Allow-Methods": "GET, POST, PUT",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
  "Access-Control-Max-Age": "600",
};

// A machine has few names; ports make some more.
const maxKnownHosts = 100;

/**
 * Decides who may read and write: `forbidden` or `unauthorized`, with a sentence.
 *
 * On a loopback address nobody needs a token, but any web page the user visits can send requests
 * here. So the `Host` must be a loopback name (a page could point its own name at 127.0.0.1 and read
 * everything), and writes from other origins are refused unless allowed.
 */
export function createGuard(options: GuardOptions): Guard {
  const isLocal = isLoopback(options.host);
  // Taking a URL apart costs more than all the rest of letting somebody in.
  const knownHosts = new Set<string>();
  const isKnownHost = (head: RequestHead) => knownHosts.has(head.header("host") ?? "");
  const judge = (head: RequestHead): Judgement => {
    if (isProbe(head)) return { headers: forOwnOrigin, refused: undefined };
    const wrongHost =
      isLocal && !isKnownHost(head) ? refuseHost(head, options.allowedHosts) : undefined;
    if (isLocal && !wrongHost && knownHosts.size < maxKnownHosts) {
      knownHosts.add(head.header("host") ?? "");
    }
    if (wrongHost) return { headers: forOwnOrigin, refused: wrongHost };
    const refused = refuse(head, options);
    const headers = originHeaders(head, options, isLocal);
    if (refused?.code !== "unauthorized") return { headers, refused };
    return { headers: { ...headers, "WWW-Authenticate": "Bearer" }, refused };
  };
  return { judge, face: (headOf) => face(judge, headOf, options) };
}

function face(
  judge: Guard["judge"],
  headOf: (c: Context) => RequestHead,
  options: GuardOptions,
): MiddlewareHandler {
  return async (c, next) => {
    const head = headOf(c);
    const { headers, refused } = judge(head);
    for (const name in headers) c.header(name, headers[name]);
    if (refused) throw refused;
    if (head.method === "OPTIONS") return c.body(null, 204);
    return pageWithoutToken(c, head, options) ?? next();
  };
}

function refuse(head: RequestHead, options: GuardOptions): PlotcastError | undefined {
  if (head.method === "OPTIONS") return undefined;
  if (!readMethods.has(head.method)) {
    return (
      refuseOrigin(head, options.allowedOrigins) ?? refuseToken(head, "write", [options.writeToken])
    );
  }
  if (options.readToken === undefined) return undefined;
  // A page holds no data, and knows better than a bare text what to say when it gets none.
  const isOpen = isPage(head) ? !head.query.has("token") : isOurCode(head.path);
  // Whoever may write may also look at what was written.
  return isOpen ? undefined : refuseToken(head, "read", [options.readToken, options.writeToken]);
}

/** Those come by address and have no token. What they are told is no secret. */
function isProbe({ method, path }: RequestHead): boolean {
  return (method === "GET" || method === "HEAD") && (path === "/healthz" || path === "/readyz");
}

/** Pages of other origins load the element's script, and that its chunks. */
function isElement(path: string): boolean {
  return path === "/live-chart.js" || path.startsWith("/live-chart/");
}

function isOurCode(path: string): boolean {
  return isElement(path) || path.startsWith("/assets/");
}

function isPage(head: RequestHead): boolean {
  const [segment = ""] = head.path.replace(/^\/+/, "").split("/");
  return (head.header("accept") ?? "").includes("text/html") && !reservedSegments.has(segment);
}

function refuseHost(head: RequestHead, allowed: readonly string[]): PlotcastError | undefined {
  const host = head.header("host") ?? "";
  const name = hostName(host);
  if (name !== undefined && (isLoopback(name) || allowed.includes(name))) return undefined;
  return new PlotcastError(
    "forbidden",
    `cannot answer for host ${JSON.stringify(host.slice(0, 100))}: only loopback names are allowed here; start with --allow-host to add one`,
  );
}

function originHeaders(
  head: RequestHead,
  { readToken, allowedOrigins }: GuardOptions,
  isLocal: boolean,
): Judgement["headers"] {
  const origin = head.header("origin");
  let headers = forOwnOrigin;
  if (isElement(head.path) || (!isLocal && readToken === undefined)) {
    headers = forAnyOrigin;
  } else if (origin !== undefined && allowedOrigins.includes(origin)) {
    headers = {
      ...forOwnOrigin,
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Credentials": "true",
    };
  }
  return head.method === "OPTIONS" && headers !== forOwnOrigin
    ? { ...headers, ...forPreflight }
    : headers;
}

function refuseOrigin(head: RequestHead, allowed: readonly string[]): PlotcastError | undefined {
  const origin = head.header("origin");
  if (origin === undefined || allowed.includes(origin)) return undefined;
  // The scheme may differ behind a proxy that ends TLS; the host with its port may not.
  const sameHost = URL.parse(origin)?.host === head.header("host")?.toLowerCase();
  if (sameHost) return undefined;
  return new PlotcastError(
    "forbidden",
    `cannot take samples from a page of ${JSON.stringify(origin.slice(0, 100))}: it is another origin; start with --allow-origin to allow it`,
  );
}

function refuseToken(
  head: RequestHead,
  what: "read" | "write",
  valid: readonly (string | undefined)[],
): PlotcastError | undefined {
  const wanted = valid.filter((token) => token !== undefined);
  if (wanted.length === 0) return undefined;
  const given = givenToken(head);
  if (given !== undefined && wanted.some((token) => sameText(token, given))) return undefined;
  return new PlotcastError(
    "unauthorized",
    `cannot ${what}: ${given === undefined ? "a token is needed" : "that token is not valid"}; send it as "Authorization: Bearer <token>" or as ?token=<token>`,
  );
}

function givenToken(head: RequestHead): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(head.header("authorization") ?? "")?.[1];
  const cookies = () => parseCookies(head.header("cookie") ?? "", cookieName);
  return bearer ?? head.query.get("token") ?? cookies()[cookieName];
}

/** A page opened with `?token=` keeps it as a cookie, so that it leaves the address bar and logs. */
function pageWithoutToken(
  c: Context,
  head: RequestHead,
  { readToken }: GuardOptions,
): Response | undefined {
  if (!readMethods.has(head.method) || readToken === undefined || !isPage(head)) return undefined;
  const token = head.query.get("token");
  if (token === null) return undefined;
  const url = new URL(c.req.url);
  const secure = url.protocol === "https:";
  setCookie(c, cookieName, token, { httpOnly: true, sameSite: "Strict", path: "/", secure });
  url.searchParams.delete("token");
  // One slash: a path that begins with two would lead to another host.
  return c.redirect(`/${url.pathname.replace(/^\/+/, "")}${url.search}`);
}

/** Compares in constant time: how long a wrong guess takes must not tell how much of it was right. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
