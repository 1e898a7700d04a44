import { request as httpRequest } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { setTimeout as elapsed } from "node:timers/promises";
import { FrameReader } from "../../packages/protocol/src/index.ts";
import { answerParent } from "../store/child.ts";
import { quantile } from "../store/figures.ts";
import type { Protocol, TlsLoadAnswer, TlsLoadQuestion } from "./tls-load.ts";

const maxStreamsEach = 100;
const maxOpeningMs = 60_000;

let window = { fromMs: 0, toMs: 0 };
let latencies: number[] = [];
const counts = { served: 0, events: 0, wrong: 0 };
const sessions: ClientHttp2Session[] = [];

/** Reads one viewer's events. Numbers must follow each other from the first one on. */
function view(body: Readable): void {
  let rest = "";
  let last: number | undefined;
  const reader = new FrameReader();
  body.setEncoding("utf8");
  body.on("data", (part: string) => {
    const events = (rest + part).split("\n\n");
    rest = events.pop()!;
    for (const event of events) last = readEvent(reader, event, last);
  });
  body.on("error", () => {});
  body.on("close", () => {
    counts.served--;
  });
}

function readEvent(
  reader: FrameReader,
  event: string,
  last: number | undefined,
): number | undefined {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(event)?.[1];
  const data = field("data");
  const frame = data && reader.read(field("event") ?? "message", data, field("id"));
  if (!frame) return last;
  if (frame.type === "history" && frame.done) counts.served++;
  if (frame.type !== "samples") return last;
  counts.events++;
  const now = performance.timeOrigin + performance.now();
  let newest = last;
  for (const { times, values } of frame.columns.values()) {
    for (const [index, time] of times.entries()) {
      if (time >= window.fromMs && time < window.toMs) latencies.push(now - time);
      const number = Math.floor(values[index]!);
      if (newest !== undefined && number !== newest + 1) counts.wrong++;
      newest = number;
    }
  }
  return newest;
}

function come(url: URL, protocol: Protocol): void {
  if (protocol === "HTTP/2") {
    const session = sessions.find((one) => (streams.get(one) ?? 0) < maxStreamsEach);
    const own = session ?? newSession(url);
    streams.set(own, (streams.get(own) ?? 0) + 1);
    view(own.request({ ":path": url.pathname + url.search, accept: "text/event-stream" }));
    return;
  }
  const secure = url.protocol === "https:";
  const options = { agent: false as const, rejectUnauthorized: false };
  const call = (secure ? httpsRequest : httpRequest)(url, options, (response) => view(response));
  call.on("error", (error) => console.error(`a viewer: ${error.message}`));
  call.end();
}

const streams = new Map<ClientHttp2Session, number>();

function newSession(url: URL): ClientHttp2Session {
  const session = connect(url.origin, { rejectUnauthorized: false });
  session.on("error", (error) => console.error(`a session: ${error.message}`));
  sessions.push(session);
  return session;
}

async function open(count: number, url: string, protocol: Protocol): Promise<void> {
  const until = performance.now() + maxOpeningMs;
  for (let asked = 0; counts.served < count && performance.now() < until; ) {
    for (; asked < count && asked < counts.served + 32; asked++) come(new URL(url), protocol);
    await elapsed(10);
  }
}

await answerParent(async (question: TlsLoadQuestion) => {
  if ("open" in question) await open(question.open, question.url, question.protocol);
  if ("window" in question) {
    window = question.window;
    latencies = [];
  }
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return { ...counts, samples: latencies.length, p50, p99 } satisfies TlsLoadAnswer;
});
