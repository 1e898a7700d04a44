import assert from "node:assert/strict";
import { test } from "node:test";
import { type Columns, decodeFrame, type Frame, parseSelection } from "@plotcast/protocol";
import { Fanout } from "../hub/fanout.ts";
import type { Connection } from "../hub/hub.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { FakeStore, type FakeStoreOptions } from "../store/fake-store.ts";
import type { History, HistoryRequest } from "../store/store.ts";
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

function start(options: FakeStoreOptions & { maxBytes?: number } = {}) {
  const { maxBytes = 1e9 } = options;
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes, now: () => now });
  const hub = new Fanout(0);
  log.follow((batch) => hub.publish(batch), new AbortController().signal);
  const store = new FakeStore(log, options);
  const parts = { log, hub, store, heartbeatMs: 15_000, now: () => now };
  const put = (series: string, ...values: (number | null)[]) =>
    log.append(values.map((value, i) => ({ series, time: now - 1000 + i, value })));
  const watch = (position?: string, series = "temp", px = 800) => {
    const viewer = new Recorder();
    const selection = parseSelection([series]);
    void serveStream({ selection, spanMs: 60_000, px, position }, viewer, parts);
    return viewer;
  };
  const watchPlain = (position?: string, series = "temp") => {
    const viewer = new Recorder();
    const request = { series, selection: parseSelection([series]) };
    void servePlain(position === undefined ? request : { ...request, position }, viewer, parts);
    return viewer;
  };
  return { log, hub, store, put, watch, watchPlain };
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
  const parts = { log, hub, store: new FakeStore(log), heartbeatMs: 15_000, now: () => now };
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

/** Something that happens right before and right after a store reads history. */
function meanwhile(store: FakeStore, before: () => Promise<unknown>, after = before) {
  const history = store.history.bind(store);
  store.history = async (request: HistoryRequest): Promise<History> => {
    await before();
    const answer = await history(request);
    await after();
    return answer;
  };
}

test("stream: live begins where history ends, not where hello was said, nor at the head", async () => {
  const { log, store, put, watch } = start();
  await put("temp", 1);
  meanwhile(
    store,
    () => put("temp", 2),
    () => put("temp", 3),
  );
  const events = await watch().until((all) => last(all)?.event === "samples");
  assert.equal(hello(events).position, `${log.epoch}-1`);
  assert.equal(events.find(({ event }) => event === "history")?.id, `${log.epoch}-2`);
  assert.deepEqual(values(events, "history"), [2]);
  assert.deepEqual(values(events, "samples"), [3]);
});

test("stream: a series that appears while history is read is introduced, though history lacks it", async () => {
  const { log, store, put, watch } = start();
  const old = (value: number) => log.append([{ series: "new", time: now - 1e9, value }]);
  const first = watch(undefined, "*");
  await first.until((all) => last(all)?.event === "history");
  meanwhile(
    store,
    () => old(1),
    async () => {},
  );
  const second = watch(undefined, "*");
  await second.until((all) => last(all)?.event === "history");
  await old(2);
  for (const viewer of [first, second]) {
    const events = await viewer.until((all) => values(all, "samples").includes(2));
    const entries = events.flatMap(({ frame }) => (frame && "series" in frame ? frame.series : []));
    assert.deepEqual(entries, [{ id: 1, series: "new" }]);
  }
  await put("temp", 1);
});

test("stream: what is known of a series comes with its name", async () => {
  const { store, put, watch } = start();
  await put("temp", 1);
  await store.describe(1, { unit: "°C", kind: "gauge", decimals: 1 });
  const viewer = watch(undefined, "*");
  await viewer.until((all) => last(all)?.event === "history");
  const about = store.about.bind(store);
  store.about = (id) => (id === 2 ? { unit: "%" } : about(id));
  await put("hum", 2);
  const events = await viewer.until((all) => last(all)?.event === "samples");
  assert.deepEqual(hello(events).series, [
    { id: 1, series: "temp", unit: "°C", kind: "gauge", decimals: 1 },
  ]);
  const frame = last(events)?.frame;
  assert.deepEqual(frame?.type === "samples" && frame.series, [
    { id: 2, series: "hum", unit: "%" },
  ]);
});

test("stream: history that does not fit comes as the extremes of buckets", async () => {
  const { put, watch } = start();
  await put("temp", ...Array.from({ length: 500 }, (_, i) => (i === 77 ? 1e6 : i % 10)));
  const events = await watch(undefined, "temp", 10).until((all) => last(all)?.event === "history");
  const frame = last(events)?.frame;
  assert.ok(frame?.type === "history" && frame.done);
  assert.equal(frame.bucketMs, 10_000);
  assert.deepEqual(values(events, "history").slice(0, 4), [0, 1e6, 9]);
});

test("stream: long history lets others have their turn between frames", async () => {
  const { log, watch } = start();
  const rows = Array.from({ length: 30_000 }, (_, i) => ({
    series: "temp",
    time: now - i,
    value: i,
  }));
  await log.append(rows);
  const viewer = watch(undefined, "temp", 8192);
  let turns = 0;
  let watching = true;
  const count = () => {
    turns++;
    if (watching) setImmediate(count);
  };
  await viewer.until((all) => all.length > 0);
  count();
  const events = await viewer.until((all) => last(all)?.id !== undefined);
  watching = false;
  assert.ok(events.length >= 6, String(events.length));
  assert.ok(turns >= events.length - 2, `${turns} turns for ${events.length} frames`);
});

/** A log that has lost its first batches, of which each holds the sample of one second. */
async function trimmed(options: FakeStoreOptions = {}) {
  const parts = start({ ...options, maxBytes: 3_000 });
  const put = (value: number) =>
    parts.log.append([{ series: "temp", time: now - 100_000 + 1000 * value, value }]);
  for (let value = 1; value <= 20; value++) await put(value);
  assert.ok(parts.log.oldest > 4);
  return { ...parts, put };
}

test("stream: older than the log, what was missed is told as history of just that range, then live", async () => {
  const { log, put, watch } = await trimmed();
  const viewer = watch(`${log.epoch}-2`);
  await viewer.until((all) => last(all)?.event === "history");
  await put(21);
  const events = await viewer.until((all) => last(all)?.event === "samples");
  const { recovery, missed, reduced } = hello(events);
  assert.equal(recovery, "reduced");
  assert.deepEqual(missed, { after: `${log.epoch}-2`, reason: "it is older than the log" });
  assert.deepEqual(reduced, { from: now - 97_000, to: now });
  const history = events.flatMap(({ frame }) => (frame?.type === "history" ? [frame] : []));
  assert.deepEqual(
    history.map(({ from, to, done }) => ({ from, to, done })),
    [{ ...reduced, done: true }],
  );
  const missing = Array.from({ length: 18 }, (_, i) => i + 3);
  assert.deepEqual(values(events, "history"), missing);
  assert.equal(events.find(({ event }) => event === "history")?.id, `${log.epoch}-20`);
  assert.deepEqual(values(events, "samples"), [21]);
});

test("stream: a late sample that was missed widens the range that is told", async () => {
  const { log, put, watch } = await trimmed();
  await put(-500);
  const events = await watch(`${log.epoch}-2`).until((all) => last(all)?.event === "history");
  assert.equal(hello(events).reduced?.from, now - 600_000);
  assert.deepEqual(values(events, "history").slice(0, 4), [-500, 1, 2, 3]);
});

test("stream: older than what the store knows is a reset, with history of the span", async () => {
  const { log, watch } = await trimmed({ knowsSince: 3 });
  const events = await watch(`${log.epoch}-2`).until((all) => last(all)?.event === "history");
  assert.equal(hello(events).recovery, "reset");
  assert.equal(hello(events).reduced, undefined);
  assert.equal(hello(events).missed?.reason, "it is older than the log");
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
