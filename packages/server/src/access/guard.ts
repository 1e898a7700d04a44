import { createHash, timingSafeEqual } from "node:crypto";
import { PlotcastError, reservedSegments } from "@plotcast/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
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

/**
 * Decides who may read and write. Throws `forbidden` or `unauthorized` with a sentence.
 *
 * On a loopback address nobody needs a token, but any web page the user visits can send requests
 * here. So the `Host` must be a loopback name (a page could point its own name at 127.0.0.1 and read
 * everything), and writes from other origins are refused unless allowed.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  const local = isLoopback(options.host);
  return async (c, next) => {
    if (local) checkHost(c, options.allowedHosts);
    allowOrigin(c, options, local);
    if (c.req.method === "OPTIONS") return c.body(null, 204);
    if (readMethods.has(c.req.method)) {
      if (isPage(c)) return pageWithoutToken(c, options) ?? next();
      if (!isOurCode(c.req.path)) checkReadToken(c, options);
    } else {
      checkWriteOrigin(c, options.allowedOrigins);
      checkToken(c, "write", [options.writeToken]);
    }
    return next();
  };
}

/** Pages of other origins load the element's script. */
function isElement(path: string): boolean {
  return path === "/live-chart.js";
}

function isOurCode(path: string): boolean {
  return isElement(path) || path.startsWith("/assets/");
}

/** A page holds no data, and knows better than a bare text what to say when it gets none. */
function isPage(c: Context): boolean {
  const [segment = ""] = c.req.path.replace(/^\/+/, "").split("/");
  return (c.req.header("accept") ?? "").includes("text/html") && !reservedSegments.has(segment);
}

function checkHost(c: Context, allowed: readonly string[]): void {
  const host = c.req.header("host") ?? "";
  const name = hostName(host);
  if (name !== undefined && (isLoopback(name) || allowed.includes(name))) return;
  throw new PlotcastError(
    "forbidden",
    `cannot answer for host ${JSON.stringify(host.slice(0, 100))}: only loopback names are allowed here; start with --allow-host to add one`,
  );
}

function allowOrigin(c: Context, options: GuardOptions, local: boolean): void {
  const origin = c.req.header("origin");
  c.header("Vary", "Origin");
  if (isElement(c.req.path) || (!local && options.readToken === undefined)) {
    c.header("Access-Control-Allow-Origin", "*");
  } else if (origin !== undefined && options.allowedOrigins.includes(origin)) {
    c.header("Access-Control-Allow-Origin", origin);
    c.header("Access-Control-Allow-Credentials", "true");
  } else {
    return;
  }
  if (c.req.method === "OPTIONS") {
    c.header("Access-Control-Allow-Methods", "GET, POST, PUT");
    c.header("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID");
    c.header("Access-Control-Max-Age", "600");
  }
}

function checkWriteOrigin(c: Context, allowed: readonly string[]): void {
  const origin = c.req.header("origin");
  if (origin === undefined || allowed.includes(origin)) return;
  // The scheme may differ behind a proxy that ends TLS; the host with its port may not.
  const sameHost = URL.parse(origin)?.host === c.req.header("host")?.toLowerCase();
  if (sameHost) return;
  throw new PlotcastError(
    "forbidden",
    `cannot take samples from a page of ${JSON.stringify(origin.slice(0, 100))}: it is another origin; start with --allow-origin to allow it`,
  );
}

function checkReadToken(c: Context, { readToken, writeToken }: GuardOptions): void {
  // Whoever may write may also look at what was written.
  if (readToken !== undefined) checkToken(c, "read", [readToken, writeToken]);
}

function checkToken(c: Context, what: "read" | "write", valid: (string | undefined)[]): void {
  const wanted = valid.filter((token) => token !== undefined);
  if (wanted.length === 0) return;
  const given = givenToken(c);
  if (given !== undefined && wanted.some((token) => sameText(token, given))) return;
  c.header("WWW-Authenticate", "Bearer");
  throw new PlotcastError(
    "unauthorized",
    `cannot ${what}: ${given === undefined ? "a token is needed" : "that token is not valid"}; send it as "Authorization: Bearer <token>" or as ?token=<token>`,
  );
}

function givenToken(c: Context): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return bearer ?? c.req.query("token") ?? getCookie(c, cookieName);
}

/** A page opened with `?token=` keeps it as a cookie, so that it leaves the address bar and logs. */
function pageWithoutToken(c: Context, options: GuardOptions): Response | undefined {
  const token = c.req.query("token");
  if (options.readToken === undefined || token === undefined) return undefined;
  checkReadToken(c, options);
  setCookie(c, cookieName, token, { httpOnly: true, sameSite: "Strict", path: "/" });
  const url = new URL(c.req.url);
  url.searchParams.delete("token");
  // One slash: a path that begins with two would lead to another host.
  return c.redirect(`/${url.pathname.replace(/^\/+/, "")}${url.search}`);
}

/** Compares in constant time: how long a wrong guess takes must not tell how much of it was right. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
