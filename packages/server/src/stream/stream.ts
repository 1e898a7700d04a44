import {
  encodeEvent,
  encodeFrame,
  formatPosition,
  type Hello,
  type Selection,
} from "@plotcast/protocol";
import type { Connection, Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { HistoryRequest, Store } from "../store/store.ts";
import { deliver, send } from "./deliver.ts";
import { FrameForm } from "./frame-form.ts";
import { historyFrames } from "./history-frames.ts";
import { PlainForm } from "./plain-form.ts";
import { judge, type Verdict } from "./recovery.ts";
import { selected } from "./selected.ts";

/** What streams are made from; handed over by `server.ts`. */
export type StreamParts = {
  readonly log: Log;
  readonly store: Store;
  readonly hub: Hub;
  readonly heartbeatMs: number;
  readonly now: () => number;
};

export type StreamRequest = {
  readonly selection: Selection;
  /** How far back history reaches. */
  readonly spanMs: number;
  readonly px: number;
  /** `Last-Event-ID` or `position`, as it came. */
  readonly position: string | undefined;
};

/** Serves one viewer: hello, then history or what it missed, then live. Resolves when it has left. */
export async function serveStream(
  { selection, spanMs, px, position }: StreamRequest,
  connection: Connection,
  parts: StreamParts,
): Promise<void> {
  const { log, hub, heartbeatMs, now } = parts;
  const wants = selected(selection, log.series);
  const form = new FrameForm(selection.key, log.epoch, log.series, wants);
  const head = hub.head;
  const verdict = judge(position, { epoch: log.epoch, head, oldest: log.oldest });
  const hello: Hello = {
    type: "hello",
    version: 1,
    epoch: log.epoch,
    position: formatPosition(log.epoch, head),
    ...recoveryOf(verdict),
    serverTime: now(),
    heartbeatMs,
    series: form.introduceKnown(),
  };
  await send(connection, Buffer.from(encodeFrame(hello)));

  let after = head;
  if (verdict.recovery === "exact") {
    after = verdict.position.offset;
  } else {
    const to = now();
    // Samples from the future too: being in the log already, they would not come live either.
    const range = { from: to - spanMs, to, andLater: true, until: head, px, wants };
    await waiting(sendHistory(range, form, connection, parts), connection, heartbeatMs);
  }
  await deliver(after, form, connection, { log, hub, gap: gapFrame(log) });
}

async function sendHistory(
  request: HistoryRequest,
  form: FrameForm,
  connection: Connection,
  { log, store }: StreamParts,
): Promise<void> {
  const history = await store.history({ ...request, signal: connection.closed });
  const position = formatPosition(log.epoch, request.until);
  for (const frame of historyFrames(history, request, (ids) => form.introduce(ids))) {
    // Only with the last part does the viewer stand where live begins; cut before, it starts over.
    const bytes = encodeFrame(frame, frame.done ? position : undefined);
    await send(connection, Buffer.from(bytes));
  }
}

/** Shows the viewer that it is not forgotten while something long is done for it. */
async function waiting(
  work: Promise<void>,
  connection: Connection,
  heartbeatMs: number,
): Promise<void> {
  const comment = Buffer.from(":\n\n");
  const timer = setInterval(() => connection.write(comment), heartbeatMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

/** Serves one viewer in the tutorial's form. There is no hello; a lost position is an event `reset`. */
export async function servePlain(
  { series, selection, position }: { series: string; selection: Selection; position?: string },
  connection: Connection,
  { log, hub }: Pick<StreamParts, "log" | "hub">,
): Promise<void> {
  const wants = selected(selection, log.series);
  const form = new PlainForm(series, log.epoch, log.series, wants);
  const verdict = judge(position, { epoch: log.epoch, head: hub.head, oldest: log.oldest });
  let after = verdict.recovery === "exact" ? verdict.position.offset : hub.head;
  if (verdict.recovery === "reset") await send(connection, Buffer.from(plainReset(verdict)));
  // Where it begins, at once: cut before the first sample it must not begin anew. It is also the first
  // byte, before which some browsers do not count a stream as open.
  if (verdict.recovery !== "exact") await send(connection, form.heartbeat(after));
  else await send(connection, Buffer.from(":\n\n"));
  if (verdict.recovery === "exact" && verdict.position.part > 0) {
    // Cut inside a batch: the hub only has it whole, so the rest of it comes from the log.
    for await (const batch of log.read(after, after + 1)) {
      await send(connection, Buffer.from(form.encodeRest(batch, verdict.position.part)));
    }
    after++;
  }
  await deliver(after, form, connection, { log, hub, gap: gapFrame(log) });
}

/** How a stream of frames ends. */
export function sayBye(reason: string, retryMs: number): string {
  return encodeFrame({ type: "bye", reason, retryMs });
}

/** How a plain stream ends: with no event, for its readers would take any for data. */
export function sayPlainBye(reason: string, retryMs: number): string {
  return `: ${reason}\n${encodeEvent({ retry: retryMs })}`;
}

function recoveryOf(verdict: Verdict): Pick<Hello, "recovery" | "missed"> {
  if (verdict.recovery !== "reset") return { recovery: verdict.recovery };
  const { after, reason } = verdict;
  return { recovery: "reset", missed: { after, reason } };
}

function plainReset({ after, reason }: Extract<Verdict, { recovery: "reset" }>): string {
  return `event: reset\ndata: ${JSON.stringify({ after, reason })}\n\n`;
}

function gapFrame({ epoch }: Log): (from: number, to: number) => Uint8Array {
  return (from, to) => {
    const [first, last] = [formatPosition(epoch, from), formatPosition(epoch, to)];
    const reason = "the log no longer has these samples";
    return Buffer.from(encodeFrame({ type: "gap", from: first, to: last, reason }, last));
  };
}
