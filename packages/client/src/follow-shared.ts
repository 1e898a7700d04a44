import { canonicalSeries, PlotcastError, parseDuration, parseSelection } from "@plotcast/protocol";
import type { Change } from "./change.ts";
import { defaultEnvironment, type Environment } from "./environment.ts";
import { type FollowOptions, follow } from "./follow.ts";
import { Line } from "./line.ts";
import { Member, type MemberWish } from "./member.ts";
import { createRequest, parseUrl } from "./request.ts";
import { SharedStream, type SharedStreamParts } from "./shared-stream.ts";

/** Streams by what they have in common, of each environment. */
const streams = new WeakMap<object, Map<string, SharedStream>>();
const usual = {};

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
  const wish = isOurs(url) ? parseWish(url, options) : undefined;
  if (!wish) return follow(options);
  for (const name of ["series", "span", "px", "rate"]) url.searchParams.delete(name);
  url.hash = "";
  const { token, headers = {} } = options;
  const target = { url, headers, ...(token === undefined ? {} : { token }) };
  const request = createRequest(target, environment);
  // Whoever has this name would be let in by the server as well.
  const name = `plotcast 1 ${JSON.stringify([url.href, token, Object.entries(headers).sort()])}`;
  const connect: SharedStreamParts["connect"] = (plan, position) =>
    new Line(request, plan, position, environment);
  const open = () => openStream(name, connect, environment, options.environment ?? usual);
  return changes(wish, open, options.signal);
}

function openStream(
  name: string,
  connect: SharedStreamParts["connect"],
  environment: Environment,
  world: object,
): SharedStream {
  const byName = streams.get(world) ?? new Map<string, SharedStream>();
  streams.set(world, byName);
  const known = byName.get(name);
  if (known) return known;
  const closed = () => byName.delete(name);
  const stream = new SharedStream({ connect, environment, name, closed });
  byName.set(name, stream);
  return stream;
}

async function* changes(
  wish: MemberWish,
  open: () => SharedStream,
  signal: AbortSignal,
): AsyncGenerator<Change, void> {
  const member = new Member(wish);
  const ended: Change = { type: "status", status: { state: "ended" } };
  if (signal.aborted) {
    yield ended;
    return;
  }
  const stream = open();
  const abort = () => {
    stream.leave(member);
    member.drop();
    member.end(ended);
  };
  signal.addEventListener("abort", abort);
  try {
    stream.join(member);
    yield* member.changes();
  } finally {
    signal.removeEventListener("abort", abort);
    stream.leave(member);
  }
}

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
