import assert from "node:assert/strict";
import { test } from "node:test";
import { type Columns, decodeFrame, type Frame, parseSelection } from "@plotcast/protocol";
import { Fanout } from "../hub/fanout.ts";
import type { Connection } from "../hub/hub.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { LogStore } from "../store/log-store.ts";
import { sayPlainBye, servePlain, serveStream } from "./stream.ts";

const now = 1_700_000_000_000;

/** A viewer that keeps what it gets and can wait for it. */
class Recorder implements Connection {
  text = "";
  readonly #off = new AbortController();
  readonly closed = this.#off.signal;
  #wake = () => {};

  write(bytes: Uint8Array): boolean {
    this.text += Buffer.from(bytes).toString();
    this.#wake();
    return true;
  }

  async drained(): Promise<void> {}

  end(): void {
    this.#off.abort();
  }

  /** Resolves once `done` holds of the events so far. */
  async until(done: (events: Event[]) => boolean): Promise<Event[]> {
    while (!done(this.events())) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.events();
  }

  events(): Event[] {
    const blocks = this.text.split("\n\n").slice(0, -1);
    return blocks.map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const data = field("data");
      const frame = data === undefined ? undefined : decodeFrame(field("event") ?? "", data);
      return { id: field("id"), event: field("event"), data, frame };
    });
  }
}

type Event = {
  id: string | undefined;
  event: string | undefined;
  data: string | undefined;
  frame: Frame | undefined;
};

function start() {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9, now: () => now });
  const hub = new Fanout(0);
  log.follow((batch) => hub.publish(batch), new AbortController().signal);
  const parts = { log, hub, store: new LogStore(log), heartbeatMs: 15_000, now: () => now };
  const put = (series: string, ...values: (number | null)[]) =>
    log.append(values.map((value, i) => ({ series, time: now - 1000 + i, value })));
  const watch = (position?: string, series = "temp") => {
    const viewer = new Recorder();
    const selection = parseSelection([series]);
    void serveStream({ selection, spanMs: 60_000, px: 800, position }, viewer, parts);
    return viewer;
  };
  const watchPlain = (position?: string, series = "temp") => {
    const viewer = new Recorder();
    const request = { series, selection: parseSelection([series]) };
    void servePlain(position === undefined ? request : { ...request, position }, viewer, parts);
    return viewer;
  };
  return { log, hub, put, watch, watchPlain };
}

function last(events: Event[]): Event | undefined {
  return events.at(-1);
}

function values(events: Event[], type: "history" | "samples"): (number | null)[] {
  const columns = events.flatMap(({ frame }): Columns[] =>
    frame?.type === type ? [...frame.columns.values()] : [],
  );
  return columns.flatMap((column) => column.values);
}

function hello(events: Event[]) {
  const frame = events[0]?.frame;
  assert.ok(frame?.type === "hello");
  return frame;
}

test("stream: a newcomer gets hello, history and then live, with no seam", async () => {
  const { log, put, watch } = start();
  await put("temp", 1, null, 3);
  const viewer = watch();
  await viewer.until((events) => last(events)?.event === "history");
  await put("temp", 4);
  const events = await viewer.until((all) => last(all)?.event === "samples");
  assert.equal(hello(events).recovery, "fresh");
  assert.equal(events[0]?.id, undefined);
  assert.deepEqual(hello(events).series, [{ id: 1, series: "temp" }]);
  assert.deepEqual(values(events, "history"), [1, null, 3]);
  assert.deepEqual(values(events, "samples"), [4]);
  assert.equal(last(events)?.id, `${log.epoch}-2`);
});

test("stream: history is the past of the span only, and complete when its last part has an id", async () => {
  const { log, put, watch } = start();
  await log.append([{ series: "temp", time: now - 61_000, value: 0 }]);
  await put("temp", 1);
  const events = await watch().until((all) => last(all)?.event === "history");
  assert.deepEqual(values(events, "history"), [1]);
  assert.equal(last(events)?.id, `${log.epoch}-2`);
});

test("stream: a resumed viewer gets exactly what it missed, and no history", async () => {
  const { log, put, watch } = start();
  for (let value = 1; value <= 5; value++) await put("temp", value);
  const viewer = watch(`${log.epoch}-3`);
  const events = await viewer.until((all) => values(all, "samples").length === 2);
  assert.equal(hello(events).recovery, "exact");
  assert.deepEqual(values(events, "samples"), [4, 5]);
  assert.deepEqual(values(events, "history"), []);
});

test("stream: a position that cannot be met is a reset that says so, with history", async () => {
  const { log, put, watch } = start();
  await put("temp", 1);
  for (const position of [`${log.epoch}-9`, "other-1", "garbage", `${log.epoch}-1x`]) {
    const events = await watch(position).until((all) => last(all)?.event === "history");
    assert.equal(hello(events).recovery, "reset");
    assert.equal(hello(events).missed?.after, position);
    assert.deepEqual(values(events, "history"), [1]);
  }
});

test("stream: a series that appears later is introduced before its first sample, to everyone once", async () => {
  const { put, watch } = start();
  const viewers = [watch(undefined, "*"), watch(undefined, "*")];
  for (const viewer of viewers) await viewer.until((all) => last(all)?.event === "history");
  await put("new", 1);
  await put("new", 2);
  for (const viewer of viewers) {
    const events = await viewer.until((all) => values(all, "samples").length === 2);
    const introduced = events.flatMap(({ frame }) =>
      frame?.type === "samples" ? frame.series.map(({ series }) => series) : [],
    );
    assert.deepEqual(introduced, ["new"]);
  }
});

test("stream: samples from the future are part of history, for they will not come live", async () => {
  const { log, watch } = start();
  await log.append([{ series: "temp", time: now + 60_000, value: 7 }]);
  const events = await watch().until((all) => last(all)?.event === "history");
  assert.deepEqual(values(events, "history"), [7]);
});

test("stream: of more series than hello has room for, the rest is introduced by every frame", async () => {
  const { log, put, watch } = start();
  const many = Array.from({ length: 10_001 }, (_, i) => `s${i}`);
  await log.append(many.map((series) => ({ series, time: now, value: 1 })));
  const first = watch(undefined, "s*");
  await first.until((all) => all.some(({ id }) => id !== undefined));
  await put("s10000", 2);
  const second = watch(undefined, "s*");
  await second.until((all) => all.some(({ id }) => id !== undefined));
  await put("s10000", 3);
  for (const viewer of [first, second]) {
    const events = await viewer.until((all) => values(all, "samples").includes(3));
    assert.equal(hello(events).series.length, 10_000);
    const known = new Set(hello(events).series.map(({ id }) => id));
    for (const { frame } of events) {
      if (frame?.type !== "samples" && frame?.type !== "history") continue;
      for (const { id } of frame.series) known.add(id);
      for (const id of frame.columns.keys()) assert.ok(known.has(id), `${id} in ${frame.type}`);
    }
  }
});

test("stream: other series are neither sent nor named", async () => {
  const { put, watch } = start();
  await put("secret", 1);
  const viewer = watch();
  await viewer.until((all) => last(all)?.event === "history");
  await put("secret", 2);
  await put("temp", 3);
  const events = await viewer.until((all) => values(all, "samples").length === 1);
  assert.deepEqual(values(events, "samples"), [3]);
  assert.ok(!viewer.text.includes("secret"));
});

test("stream: what the log dropped while a viewer was away too long mid-stream is told as a gap", async () => {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 3_000, now: () => now });
  const hub = new Fanout(0);
  log.follow((batch) => hub.publish(batch), new AbortController().signal);
  const parts = { log, hub, store: new LogStore(log), heartbeatMs: 15_000, now: () => now };
  const viewer = new Recorder();
  const selection = parseSelection(["temp"]);
  // The first write finds the socket full, so the viewer reads on only when told to.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  viewer.drained = () => held;
  const write = viewer.write.bind(viewer);
  viewer.write = (bytes) => write(bytes) && !viewer.text.includes("hello");
  void serveStream({ selection, spanMs: 1, px: 1, position: `${log.epoch}-0` }, viewer, parts);
  await viewer.until((all) => all.length === 1);
  for (let i = 0; i < 20; i++) await log.append([{ series: "temp", time: now, value: i }]);
  release();
  const events = await viewer.until((all) => values(all, "samples").includes(19));
  const gap = events.find(({ event }) => event === "gap")?.frame;
  assert.ok(gap?.type === "gap");
  assert.equal(gap.from, `${log.epoch}-0`);
  const told = Number(gap.to.split("-")[1]);
  assert.deepEqual(values(events, "samples").length, 20 - told);
});

test("plain: the tutorial's JSON, one event per sample, all viewers the same", async () => {
  const { put, watchPlain } = start();
  const viewers = [watchPlain(), watchPlain()];
  await put("temp", 21.4, null, -0);
  for (const viewer of viewers) {
    const events = await viewer.until((all) => all.length === 4);
    assert.match(
      events[1]?.data ?? "",
      /^\{"time":"\d{4}(-\d\d){2} \d\d(:\d\d){2}","value":21.4\}$/,
    );
    assert.deepEqual(
      events.slice(1).map(({ data }) => /"value":(.*)\}/.exec(data ?? "")?.[1]),
      ["21.4", "null", "-0"],
    );
  }
});

test("plain: any event's id resumes right after it, also inside a batch", async () => {
  const { log, put, watchPlain } = start();
  await log.append([
    { series: "temp", time: now, value: 1 },
    { series: "other", time: now, value: 0 },
    { series: "temp", time: now, value: 2 },
    { series: "temp", time: now, value: 3 },
    { series: "other", time: now, value: 0 },
  ]);
  await put("temp", 4);
  const number = ({ data }: Event) => JSON.parse(data ?? "null").value as number;
  const all = await watchPlain(`${log.epoch}-0`).until((events) => events.length === 5);
  assert.deepEqual(all.slice(1).map(number), [1, 2, 3, 4]);
  for (const [i, { id }] of all.slice(1, -1).entries()) {
    const rest = await watchPlain(id).until((events) => events.length === 4 - i);
    assert.deepEqual(rest.slice(1).map(number), [2, 3, 4].slice(i), id);
  }
});

test("plain: a lost position is told as an event of its own", async () => {
  const { log, watchPlain } = start();
  const events = await watchPlain("garbage").until((all) => all.length === 2);
  assert.equal(events[0]?.event, "reset");
  assert.equal(events[1]?.id, `${log.epoch}-0`);
});

test("plain: it says where it begins, so that a cut before the first sample loses none", async () => {
  const { put, watchPlain } = start();
  await put("temp", 1);
  const [opening] = await watchPlain().until((all) => all.length === 1);
  await put("temp", 2);
  const events = await watchPlain(opening?.id).until((all) => all.length === 2);
  assert.match(events[1]?.data ?? "", /"value":2/);
});

test("plain: a name that stands for several series tells them apart", async () => {
  const { put, watchPlain } = start();
  const viewer = watchPlain();
  await put('temp{room="1"}', 1);
  const events = await viewer.until((all) => all.length === 2);
  assert.equal(JSON.parse(events[1]?.data ?? "").series, 'temp{room="1"}');
});

test("stream: batches of other series never look like a missed frame", async () => {
  const { log, put, watch } = start();
  await put("temp", 1);
  const viewers = [watch(`${log.epoch}-1`), watch()];
  for (const viewer of viewers) await viewer.until((all) => all.length > 0);
  await put("other", 0);
  await put("temp", 2);
  await put("other", 0);
  viewers.push(watch(`${log.epoch}-1`));
  await put("other", 0);
  await put("temp", 3);
  for (const viewer of viewers) {
    const events = await viewer.until((all) => values(all, "samples").includes(3));
    let position = hello(events).recovery === "exact" ? 1 : 0;
    for (const { id, frame } of events) {
      if (frame?.type === "samples") {
        assert.ok(Number(frame.prev.split("-")[1]) <= position, `${frame.prev} after ${position}`);
      }
      if (id) position = Number(id.split("-")[1]);
    }
  }
});

test("plain: the end is no event, which a reader would take for data", () => {
  assert.equal(sayPlainBye("over", 1200), ": over\nretry: 1200\n\n");
});
