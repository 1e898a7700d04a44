import { setImmediate as nextTurn } from "node:timers/promises";
import {
  encodeEvent,
  encodeFrame,
  formatPosition,
  type Hello,
  type Selection,
} from "@plotcast/protocol";
import type { Connection, Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";
import { deliver, send } from "./deliver.ts";
import { FrameForm } from "./frame-form.ts";
import { historyFrames } from "./history-frames.ts";
import { PlainForm } from "./plain-form.ts";
import { judge, type Verdict } from "./recovery.ts";
import { type Selected, select } from "./selected.ts";

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
  const { log, hub, store, heartbeatMs, now } = parts;
  const { epoch, series } = log;
  const selected = await select(selection, series);
  const about = (id: number) => store.about(id);
  const form = new FrameForm(selection.key, selected.wants, { epoch, series, about });
  const verdict = judge(position, { epoch, head: hub.head, oldest: log.oldest });
  const recovery = await recover(verdict, parts);
  const serverTime = now();
  const range = recovery.reduced ?? { from: serverTime - spanMs, to: serverTime };
  const hello: Hello = {
    type: "hello",
    version: 1,
    epoch,
    position: formatPosition(epoch, hub.head),
    ...recovery,
    serverTime,
    heartbeatMs,
    series: form.introduceKnown(),
  };
  await send(connection, Buffer.from(encodeFrame(hello)));

  let after: number;
  if (verdict.recovery === "exact") {
    after = verdict.position.offset;
  } else {
    const request = { ...range, px: fairPx(px, selected.count), ids: selected.ids };
    const history = sendHistory(request, form, connection, parts);
    after = await waiting(history, connection, heartbeatMs);
  }
  await deliver(after, form, connection, { log, hub, gap: gapFrame(log) });
}

/** What hello says of the position a viewer came with. */
async function recover(
  verdict: Verdict,
  { store, now }: Pick<StreamParts, "store" | "now">,
): Promise<Pick<Hello, "recovery" | "missed" | "reduced">> {
  if (verdict.recovery !== "reset") return { recovery: verdict.recovery };
  const { missed, offset } = verdict;
  const since = offset === undefined ? undefined : await store.missedSince(offset);
  if (since === undefined) return { recovery: "reset", missed };
  const to = now();
  // Samples may be from the future; and nothing at all may have come that is still kept.
  const from = Number.isFinite(since) ? since : to;
  return { recovery: "reduced", missed, reduced: { from, to: Math.max(from, to) } };
}

// What one history may hold in memory, 100 bytes for each. A chart of a thousand series still gets 500
// each; nobody can make out more.
const maxBucketsInAll = 500_000;

function fairPx(px: number, seriesCount: number): number {
  return Math.max(1, Math.min(px, Math.floor(maxBucketsInAll / Math.max(1, seriesCount))));
}

type Range = { readonly from: number; readonly to: number };

/** Sends history and resolves to the offset up to which it tells everything: live begins there. */
async function sendHistory(
  { px, ids, ...range }: Range & Pick<Selected, "ids"> & { readonly px: number },
  form: FrameForm,
  connection: Connection,
  { log, store }: StreamParts,
): Promise<number> {
  const signal = connection.closed;
  // Samples from the future too: being in the log already, they would not come live either.
  const { offset, series } = await store.history({ ...range, andLater: true, px, ids, signal });
  const position = formatPosition(log.epoch, offset);
  // Series that appeared since hello; live introduces only those that appear after `offset`.
  let late = form.introduceKnown();
  for (const frame of historyFrames(series, range, (shown) => form.introduce(shown))) {
    if (signal.aborted) break;
    // Only with the last part does the viewer stand where live begins; cut before, it starts over.
    const told = { ...frame, series: [...late, ...frame.series] };
    late = [];
    await send(connection, Buffer.from(encodeFrame(told, frame.done ? position : undefined)));
    // Viewers come in herds when a server starts, and each has hundreds of frames.
    await nextTurn();
  }
  return offset;
}

/** Shows the viewer that it is not forgotten while something long is done for it. */
async function waiting<T>(
  work: Promise<T>,
  connection: Connection,
  heartbeatMs: number,
): Promise<T> {
  const comment = Buffer.from(":\n\n");
  const timer = setInterval(() => connection.write(comment), heartbeatMs);
  try {
    return await work;
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
  const { wants } = await select(selection, log.series);
  const form = new PlainForm(series, log.epoch, log.series, wants);
  const verdict = judge(position, { epoch: log.epoch, head: hub.head, oldest: log.oldest });
  let after = verdict.recovery === "exact" ? verdict.position.offset : hub.head;
  if (verdict.recovery === "reset") await send(connection, Buffer.from(plainReset(verdict.missed)));
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

function plainReset(missed: NonNullable<Hello["missed"]>): string {
  return `event: reset\ndata: ${JSON.stringify(missed)}\n\n`;
}

function gapFrame({ epoch }: Log): (from: number, to: number) => Uint8Array {
  return (from, to) => {
    const [first, last] = [formatPosition(epoch, from), formatPosition(epoch, to)];
    const reason = "the log no longer has these samples";
    return Buffer.from(encodeFrame({ type: "gap", from: first, to: last, reason }, last));
  };
}
