import type { Change } from "./change.ts";
import { defaultEnvironment, type Environment } from "./environment.ts";
import type { FollowOptions } from "./follow.ts";
import { Line } from "./line.ts";
import { Member, type MemberWish } from "./member.ts";
import { createRequest } from "./request.ts";
import { SharedStream, type SharedStreamParts } from "./shared-stream.ts";

/** Streams by what they have in common, of each environment. */
const streams = new WeakMap<object, Map<string, SharedStream>>();
const usual = {};

/** What a member of the stream at `url` is told, which all share who may read the same. */
export function share(
  url: URL,
  wish: MemberWish,
  { token, headers = {}, signal, environment: own = usual }: FollowOptions,
): AsyncGenerator<Change, void> {
  const environment = { ...defaultEnvironment(), ...own };
  const server = new URL(url);
  for (const name of ["series", "span", "px", "rate"]) server.searchParams.delete(name);
  server.hash = "";
  const target = { url: server, headers, ...(token === undefined ? {} : { token }) };
  const request = createRequest(target, environment);
  // Whoever has this name would be let in by the server as well.
  const name = `plotcast 1 ${JSON.stringify([server.href, token, Object.entries(headers).sort()])}`;
  const connect: SharedStreamParts["connect"] = (plan, position) =>
    new Line(request, plan, position, environment);
  return changes(wish, () => openStream(name, connect, environment, own), signal);
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
