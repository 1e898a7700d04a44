import {
  canonicalSeries,
  encodeEvent,
  encodeFrame,
  encodeHeartbeat,
  formatPosition,
  type Hello,
  parsePosition,
  parseSelection,
  type Selection,
} from "@plotcast/protocol";
import type { FindStream, RequestHead, Serve } from "../http/request-head.ts";
import type { HubCounters } from "../hub/counters.ts";
import type { Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";
import { FrameChannel } from "./frame-channel.ts";
import { helloHead } from "./hello.ts";
import { Openings } from "./opening.ts";
import { PlainChannel } from "./plain-channel.ts";
import { durationParam, pxParam, rateParam } from "./query.ts";
import { judge, type Verdict } from "./recovery.ts";
import { Selections } from "./selected.ts";
import type { Turns } from "./turns.ts";
import type { Viewers } from "./viewers.ts";
import type { Watcher } from "./watcher.ts";

/** What streams are made from; handed over by whoever listens. */
export type EndpointParts = {
  readonly log: Log;
  readonly store: Store;
  readonly hub: Hub;
  readonly viewers: Viewers;
  readonly heartbeatMs: number;
  readonly now: () => number;
  readonly openings?: Openings;
};

const quarterHour = 15 * 60_000;
/** The series of the tutorial's *Random Dataset*, which `plotcast demo` makes. */
const tutorialSeries = "random";

/** `/v1/stream` and `/chart-data`. */
export function streamEndpoints(given: EndpointParts): FindStream {
  const { openings = new Openings() } = given;
  const { counters, turns } = given.viewers;
  const parts = {
    ...given,
    openings,
    counters,
    turns,
    selections: new Selections(given.log.series),
  };
  return (head) => {
    if (head.path === "/v1/stream") return frameStream(head, parts);
    if (head.path === "/chart-data") return plainStream(head, parts);
    return undefined;
  };
}

type Parts = EndpointParts & {
  readonly openings: Openings;
  readonly selections: Selections;
  readonly counters: HubCounters;
  readonly turns: Turns;
};

function frameStream(head: RequestHead, parts: Parts): Serve {
  const { query } = head;
  const series = query.getAll("series");
  const history = query.getAll("history");
  const request = {
    selection: parseSelection(series.length === 0 ? ["*"] : series),
    /** Of these history is wanted, although the rest is resumed. */
    fresh: history.length === 0 ? undefined : parseSelection(history),
    spanMs: durationParam("span", param(query, "span"), quarterHour),
    px: pxParam(param(query, "px")),
    rate: rateParam(param(query, "rate")),
    position: positionOf(head),
  };
  const tell = (watcher: Watcher) => tellFrames(watcher, request, parts);
  return (connection) => parts.viewers.serve(connection, head.address, frameBye, tell);
}

type FrameRequest = {
  readonly selection: Selection;
  readonly fresh: Selection | undefined;
  readonly spanMs: number;
  readonly px: number;
  readonly rate: number;
  /** `Last-Event-ID` or `position`, as it came. */
  readonly position: string | undefined;
};

async function tellFrames(watcher: Watcher, request: FrameRequest, parts: Parts): Promise<void> {
  const { log, hub, heartbeatMs, now, selections, counters } = parts;
  const { spanMs, position } = request;
  const selected = await selections.get(request.selection);
  const channel = new FrameChannel(selected, request, parts);
  const verdict = await judgePosition(position, parts);
  const say = (recovery: Pick<Hello, "recovery" | "missed" | "reduced">) => {
    counters.recoveries[recovery.recovery]++;
    const at = formatPosition(log.epoch, hub.head);
    const serverTime = now();
    const { epoch } = log;
    return helloHead({ version: 1, epoch, position: at, ...recovery, serverTime, heartbeatMs });
  };
  if (verdict.recovery === "exact") {
    const wants = request.fresh && (await selections.get(request.fresh));
    const fresh = wants && { wants, spanMs };
    const opening = await channel.exactly(verdict.position.offset, fresh);
    await watcher.tell(opening, say({ recovery: "exact" }));
    return;
  }
  const { missed, offset } = verdict.recovery === "reset" ? verdict : {};
  const range = offset === undefined ? undefined : await channel.missedSince(offset);
  if (range && missed) {
    const opening = await channel.history(`after ${offset}`, range);
    const reduced = opening.range ?? range;
    await watcher.tell(opening, say({ recovery: "reduced", missed, reduced }));
    return;
  }
  const to = now();
  const opening = await channel.history(`span ${spanMs}`, { from: to - spanMs, to });
  await watcher.tell(opening, say(missed ? { recovery: "reset", missed } : { recovery: "fresh" }));
}

function plainStream(head: RequestHead, parts: Parts): Serve {
  const { log, hub, selections, viewers, counters } = parts;
  const series = canonicalSeries(param(head.query, "series") ?? tutorialSeries);
  const selection = parseSelection([series]);
  const rate = rateParam(param(head.query, "rate"));
  const position = positionOf(head);
  const tell = async (watcher: Watcher) => {
    const selected = await selections.get(selection);
    const channel = new PlainChannel(series, selected, rate, parts);
    const verdict = await judgePosition(position, parts);
    counters.recoveries[verdict.recovery]++;
    if (verdict.recovery === "exact") {
      const { offset, part } = verdict.position;
      // Some browsers do not count a stream as open before its first byte.
      await watcher.tell(await channel.from(offset, part), Buffer.from(":\n\n"));
      return;
    }
    // Where it begins, at once: cut before the first sample it must not begin anew.
    const after = hub.head;
    const begin = encodeHeartbeat(formatPosition(log.epoch, after));
    const reset = verdict.recovery === "reset" ? resetEvent(verdict.missed) : "";
    await watcher.tell(await channel.from(after), Buffer.from(reset + begin));
  };
  return (connection) => viewers.serve(connection, head.address, plainBye, tell);
}

/** How a stream of frames ends. */
export function frameBye(reason: string, retryMs: number): Uint8Array {
  return Buffer.from(encodeFrame({ type: "bye", reason, retryMs }));
}

/** How a plain stream ends: with no event, for its readers would take any for data. */
export function plainBye(reason: string, retryMs: number): Uint8Array {
  return Buffer.from(`: ${reason}\n${encodeEvent({ retry: retryMs })}`);
}

function resetEvent(missed: NonNullable<Hello["missed"]>): string {
  return encodeEvent({ event: "reset", data: JSON.stringify(missed) });
}

function param(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) ?? undefined;
}

function positionOf(head: RequestHead): string | undefined {
  return head.header("last-event-id") ?? param(head.query, "position");
}

/** What becomes of the position a viewer came with. */
async function judgePosition(text: string | undefined, { log, hub }: Parts): Promise<Verdict> {
  const position = parsePosition(text ?? "");
  // It may come from a process that had heard of more than this one.
  if (position && position.offset + Math.sign(position.part) > hub.head) await log.catchUp?.();
  return judge(text, { epoch: log.epoch, head: hub.head, oldest: log.oldest });
}
