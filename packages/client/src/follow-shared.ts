import { canonicalSeries, PlotcastError, parseDuration, parseSelection } from "@plotcast/protocol";
import { backoffMs } from "./backoff.ts";
import type { Change } from "./change.ts";
import { defaultEnvironment, type Environment } from "./environment.ts";
import type { FollowOptions } from "./follow.ts";
import { notLoaded } from "./load.ts";
import type { MemberWish } from "./member.ts";
import { checkPlain } from "./plain-options.ts";
import { parseUrl } from "./request.ts";
import { share } from "./share.ts";
import { pause } from "./wait.ts";

/** Whether an address is the stream of a Plotcast server, which takes parameters. */
export function isOurs(url: string | URL): boolean {
  return URL.parse(url)?.pathname.endsWith("/v1/stream") === true;
}

/**
 * Follows as `follow` does, on a connection that all share who follow the same server with the same
 * token and headers: in this page, and in the other pages of its origin where browsers let them meet.
 * While no page can be seen, the server is asked for a frame per second. Addresses of other streams,
 * and whoever comes with a position, have a connection of their own.
 */
export function followShared(options: FollowOptions): AsyncIterable<Change> {
  const environment = { ...defaultEnvironment(), ...options.environment };
  const url = parseUrl(options.url, environment.pageUrl);
  const wish = isOurs(url) && options.poll === undefined ? parseWish(url, options) : undefined;
  if (wish) return share(url, wish, options);
  checkPlain(options.plain ?? {}, options.poll);
  return followAlone(options, environment);
}

/** Most streams are shared: the code for others is loaded when there is one, however long that takes. */
async function* followAlone(
  options: FollowOptions,
  environment: Environment,
): AsyncGenerator<Change, void> {
  const { signal } = options;
  for (let failures = 0; ; failures++) {
    const code = await import("./follow.ts").catch(() => undefined);
    if (code || signal.aborted) return yield* code?.follow(options) ?? [ended];
    const delayMs = Math.round(backoffMs(failures, environment.random));
    const retryAt = environment.now() + delayMs;
    yield { type: "status", status: { state: "waiting", reason: notLoaded, retryAt } };
    await pause({ environment, signal, wake: {} }, delayMs, 0);
  }
}

const ended: Change = { type: "status", status: { state: "ended" } };

/** Undefined if it cannot be shared: then the server may say why. */
function parseWish({ searchParams }: URL, options: FollowOptions): MemberWish | undefined {
  const { series = [], position, rate } = options;
  if (position !== undefined || searchParams.has("position") || searchParams.has("history")) {
    return undefined;
  }
  const all = [...searchParams.getAll("series"), ...series];
  const span = options.span ?? searchParams.get("span") ?? undefined;
  const spanMs = parseDuration(span ?? serverSpan);
  const [px, ownRate] = [
    options.px ?? searchParams.get("px"),
    rate ?? searchParams.get("rate"),
  ].map((text) => (text === null ? undefined : Number(text)));
  const fits = [px, ownRate].every((number) => number === undefined || number >= 1);
  if (spanMs === undefined || !fits) return undefined;
  try {
    const selectors = (all.length > 0 ? all : ["*"]).map(canonicalSeries);
    const { matches } = parseSelection(selectors);
    return { series: selectors, matches, span, spanMs, px, rate: ownRate };
  } catch (error) {
    if (error instanceof PlotcastError) return undefined;
    throw error;
  }
}

/** What a server takes where nothing is said. */
const serverSpan = "15m";
