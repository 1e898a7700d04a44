import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import { HubCounters } from "../hub/counters.ts";
import { Fanout, type FanoutOptions } from "../hub/fanout.ts";
import type { Log } from "../log/log.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { blockOf } from "../log/sample-block.ts";
import { FakeStore, type FakeStoreOptions } from "../store/fake-store.ts";
import type { History, HistoryRequest } from "../store/store.ts";
import { plainBye, streamEndpoints } from "./endpoints.ts";
import { type Event, FakeViewer, valuesOf } from "./fake-viewer.ts";
import { Openings } from "./opening.ts";
import { Viewers } from "./viewers.ts";

const now = 1_700_000_000_000;

function append(log: Log, samples: readonly Sample[]): Promise<number> {
  return log.append(blockOf(samples));
}

function start(
  options: FakeStoreOptions & {
    maxBytes?: number;
    hub?: FanoutOptions;
    maxOpeningBytes?: number;
  } = {},
) {
  const { maxBytes = 1e9 } = options;
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes, now: () => now });
  const counters = new HubCounters();
  const hub = new Fanout(0, { counters, ...options.hub });
  log.follow((batch) => hub.publish(batch), new AbortController().signal);
  const store = new FakeStore(log, options);
  const errors: unknown[] = [];
  const limits = { maxViewers: 1000, maxAgeMs: Number.POSITIVE_INFINITY };
  const clock = { now };
  const openings = new Openings(options.maxOpeningBytes);
  const common = { log, hub, heartbeatMs: 15_000, now: () => clock.now };
  const onError = (error: unknown) => errors.push(error);
  const viewers = new Viewers({ ...common, counters, limits, onError, random: () => 0.5 });
  const find = streamEndpoints({ ...common, store, viewers, openings });
  const put = (series: string, ...values: (number | null)[]) =>
    append(
      log,
      values.map((value, i) => ({ series, time: now - 1000 + i, value })),
    );
  const watch = (position?: string, series = "temp", px = 800, more = "") =>
    FakeViewer.open(find, `/v1/stream?series=${series}&span=1m&px=${px}${more}`, position);
  const watchPlain = (position?: string, series = "temp") =>
    FakeViewer.open(find, `/chart-data?series=${encodeURIComponent(series)}`, position);
  return { log, hub, store, viewers, clock, counters, errors, find, put, watch, watchPlain };
}

function last(events: Event[]): Event | undefined {
  return events.at(-1);
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
  await viewer.eventsUntil((events) => last(events)?.event === "history");
  await put("temp", 4);
  const events = await viewer.eventsUntil((all) => last(all)?.event === "samples");
  assert.equal(hello(events).recovery, "fresh");
  assert.equal(events[0]?.id, undefined);
  assert.deepEqual(hello(events).series, [{ id: 1, series: "temp" }]);
  assert.deepEqual(valuesOf(events, "history"), [1, null, 3]);
  assert.deepEqual(valuesOf(events, "samples"), [4]);
  assert.equal(last(events)?.id, `${log.epoch}-2`);
});

test("stream: frames go on from those before, but to a newcomer the next one stands for itself", async () => {
  const { put, watch } = start({ hub: { after: (_, callback) => setImmediate(callback) } });
  const told = (count: number) => (all: Event[]) => valuesOf(all, "samples").length === count;
  await put("temp", 20.5);
  const first = watch();
  await first.eventsUntil((events) => last(events)?.event === "history");
  await put("temp", 21);
  await first.eventsUntil(told(1));
  await put("temp", 21.25);
  await first.eventsUntil(told(2));
  // With an opening of its own.
  const second = watch(undefined, "temp", 400);
  await second.eventsUntil((events) => last(events)?.event === "history");
  await put("temp", 21.5);
  await first.eventsUntil(told(3));
  await put("temp", 22);
  const both = [await first.eventsUntil(told(4)), await second.eventsUntil(told(2))];
  assert.deepEqual(valuesOf(both[0]!, "samples"), [21, 21.25, 21.5, 22]);
  assert.deepEqual(valuesOf(both[1]!, "samples"), [21.5, 22]);
  const named = (events: Event[]) => events.slice(2).map(({ event }) => event);
  assert.deepEqual(named(both[0]!), ["samples", "samples", undefined, undefined]);
  assert.deepEqual(named(both[1]!), ["samples", undefined]);
});

test("stream: history is the past of the span only, and complete when its last part has an id", async () => {
  const { log, put, watch } = start();
  await log.append(blockOf([{ series: "temp", time: now - 61_000, value: 0 }]));
  await put("temp", 1);
  const events = await watch().eventsUntil((all) => last(all)?.event === "history");
  assert.deepEqual(valuesOf(events, "history"), [1]);
  assert.equal(last(events)?.id, `${log.epoch}-2`);
});

test("stream: a resumed viewer gets exactly what it missed, and no history", async () => {
  const { log, put, watch } = start();
  for (let value = 1; value <= 5; value++) await put("temp", value);
  const viewer = watch(`${log.epoch}-3`);
  const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 2);
  assert.equal(hello(events).recovery, "exact");
  assert.deepEqual(valuesOf(events, "samples"), [4, 5]);
  assert.deepEqual(valuesOf(events, "history"), []);
});

test("stream: a position that cannot be met is a reset that says so, with history", async () => {
  const { log, put, watch } = start();
  await put("temp", 1);
  for (const position of [`${log.epoch}-9`, "other-1", "garbage", `${log.epoch}-1x`]) {
    const events = await watch(position).eventsUntil((all) => last(all)?.event === "history");
    assert.equal(hello(events).recovery, "reset");
    assert.equal(hello(events).missed?.after, position);
    assert.deepEqual(valuesOf(events, "history"), [1]);
  }
});

test("stream: a series that appears later is introduced before its first sample, to everyone once", async () => {
  const { put, watch } = start();
  const viewers = [watch(undefined, "*"), watch(undefined, "*")];
  for (const viewer of viewers) await viewer.eventsUntil((all) => last(all)?.event === "history");
  await put("new", 1);
  await put("new", 2);
  for (const viewer of viewers) {
    const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 2);
    const introduced = events.flatMap(({ frame }) =>
      frame?.type === "samples" ? frame.series.map(({ series }) => series) : [],
    );
    assert.deepEqual(introduced, ["new"]);
  }
});

test("stream: samples from the future are part of history, for they will not come live", async () => {
  const { log, watch } = start();
  await log.append(blockOf([{ series: "temp", time: now + 60_000, value: 7 }]));
  const events = await watch().eventsUntil((all) => last(all)?.event === "history");
  assert.deepEqual(valuesOf(events, "history"), [7]);
});

test("stream: of more series than hello has room for, the rest is introduced by every frame", async () => {
  const { log, put, watch } = start();
  const many = Array.from({ length: 10_001 }, (_, i) => `s${i}`);
  await log.append(blockOf(many.map((series) => ({ series, time: now, value: 1 }))));
  const first = watch(undefined, "s*");
  await first.eventsUntil((all) => all.some(({ id }) => id !== undefined));
  await put("s10000", 2);
  const second = watch(undefined, "s*");
  await second.eventsUntil((all) => all.some(({ id }) => id !== undefined));
  await put("s10000", 3);
  for (const viewer of [first, second]) {
    const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").includes(3));
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
  await viewer.eventsUntil((all) => last(all)?.event === "history");
  await put("secret", 2);
  await put("temp", 3);
  const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 1);
  assert.deepEqual(valuesOf(events, "samples"), [3]);
  assert.ok(!viewer.text.includes("secret"));
});

/** A hub that makes an entry of each batch at once. */
function eager() {
  let time = 0;
  const clock = () => {
    time += 1000;
    return time;
  };
  return { clock, nextTurn: (callback: () => void) => callback() };
}

test("stream: who was too slow for what memory holds is told of buckets of that range, then live", async () => {
  const { log, put, watch, counters } = start({ hub: eager() });
  const viewer = watch(undefined, "temp", 10);
  await viewer.eventsUntil((all) => last(all)?.event === "history");
  await put("temp", 1);
  await viewer.eventsUntil((all) => last(all)?.event === "samples");
  viewer.full = true;
  for (let value = 2; value <= 1200; value++) {
    await append(log, [
      { series: "temp", time: now - 60_000 + value, value: value === 600 ? 1e6 : 0 },
    ]);
  }
  viewer.drain();
  await viewer.eventsUntil(
    (all) => last(all)?.frame?.type === "history" && last(all)?.id !== undefined,
  );
  await put("temp", 7);
  const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").includes(7));
  const at = events.findIndex(({ event }) => event === "reduced");
  const reduced = events[at]?.frame;
  assert.ok(reduced?.type === "reduced");
  assert.equal(reduced.after, `${log.epoch}-1`);
  assert.deepEqual([reduced.from, reduced.to], [now - 59_998, now]);
  const told = valuesOf(events.slice(at), "history");
  assert.ok(told.length < 100, `${told.length} values`);
  assert.ok(told.includes(1e6));
  assert.deepEqual(valuesOf(events, "samples"), [1, 7]);
  assert.equal(counters.reductions, 1);
});

test("stream: who was too slow for the plain form is told every sample all the same", async () => {
  const { put, watchPlain } = start({ hub: eager() });
  const viewer = watchPlain();
  await viewer.eventsUntil((all) => all.length === 1);
  await put("temp", 0);
  await viewer.until((text) => text.includes("value"));
  viewer.full = true;
  for (let value = 1; value <= 1200; value++) await put("temp", value);
  viewer.drain();
  await viewer.until((text) => text.includes(":1200}"));
  const events = viewer.events;
  const values = events.slice(2).map(({ data }) => JSON.parse(data ?? "null").value as number);
  assert.deepEqual(
    values,
    Array.from({ length: 1200 }, (_, i) => i + 1),
  );
});

test("plain: what the log has dropped before a slow viewer could read it is told as a gap", async () => {
  const { log, put, watchPlain } = start({ hub: eager(), maxBytes: 3_000 });
  const viewer = watchPlain();
  await viewer.eventsUntil((all) => all.length === 1);
  await put("temp", 0);
  await viewer.until((text) => text.includes("value"));
  viewer.full = true;
  for (let value = 2; value <= 1200; value++) await put("temp", value);
  viewer.drain();
  await viewer.until((text) => text.includes(":1200}"));
  const { events } = viewer;
  const gap = events.find(({ event }) => event === "gap")?.frame;
  assert.ok(gap?.type === "gap");
  assert.equal(gap.from, `${log.epoch}-1`);
  const told = Number(gap.to.split("-")[1]);
  assert.equal(events.filter(({ data }) => data?.includes("value")).length, 1 + 1200 - told);
});

test("stream: what is told to viewers that take nothing is bounded; others wait, and are then served", async () => {
  const { log, watch, viewers, clock, counters } = start({ maxOpeningBytes: 100_000 });
  const row = (i: number) => ({ series: "temp", time: now - i, value: i });
  await append(
    log,
    Array.from({ length: 20_000 }, (_, i) => row(i)),
  );
  const stuck = watch(undefined, "temp", 8192);
  stuck.full = true;
  await stuck.eventsUntil((all) => all.length > 1);
  const waiting = watch(undefined, "temp", 8000);
  await waiting.eventsUntil((all) => all.length === 1);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(waiting.events.length, 1);
  clock.now += 301_000;
  viewers.dismissOld();
  const events = await waiting.eventsUntil((all) => last(all)?.id !== undefined);
  assert.equal(valuesOf(events, "history").length, 20_000);
  assert.ok(stuck.closed);
  assert.equal(counters.cuts.stalled, 1);
});

test("stream: a herd of newcomers reads the store once, and each is told its own time", async () => {
  const { store, put, watch } = start();
  await put("temp", 1, 2, 3);
  let reads = 0;
  meanwhile(
    store,
    async () => reads++,
    async () => {},
  );
  const viewers = Array.from({ length: 50 }, () => watch());
  for (const viewer of viewers) await viewer.eventsUntil((all) => last(all)?.event === "history");
  await put("temp", 4);
  for (const viewer of viewers) {
    const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 1);
    assert.deepEqual(valuesOf(events, "history"), [1, 2, 3]);
    assert.equal(hello(events).recovery, "fresh");
  }
  assert.equal(reads, 1);
});

test("stream: history is read of new series only, beside what was missed of the others", async () => {
  const { log, put, watch } = start();
  await put("a", 1);
  await put("b", 10);
  await put("a", 2);
  const viewer = watch(`${log.epoch}-2`, "*", 800, "&history=b");
  await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 1);
  await put("b", 11);
  const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").length === 2);
  assert.equal(hello(events).recovery, "exact");
  assert.deepEqual(valuesOf(events, "history"), [10]);
  assert.deepEqual(valuesOf(events, "samples"), [2, 11]);
  const history = events.find(({ event }) => event === "history");
  assert.equal(history?.id, undefined);
  assert.ok(history?.frame?.type === "history");
  assert.equal(history.frame.through, `${log.epoch}-3`);
});

test("stream: no frame holds samples from both sides of where new series' history ends", async () => {
  const { log, store, put, watch } = start();
  for (const value of [1, 2, 3]) await put("a", value);
  const first = watch(`${log.epoch}-1`, "*");
  await first.eventsUntil((all) => valuesOf(all, "samples").length === 2);
  meanwhile(store, async () => {
    await put("b", 10);
    await put("b", 11);
    await put("a", 4);
  });
  const viewer = watch(`${log.epoch}-3`, "*", 800, "&history=b");
  const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").includes(4));
  const [through] = events.flatMap(({ frame }) => (frame?.type === "history" ? frame.through : []));
  for (const { frame, id } of events) {
    if (frame?.type !== "samples") continue;
    const offset = (position = "") => Number(position.split("-")[1]);
    assert.ok(
      offset(id) <= offset(through) || offset(frame.prev) >= offset(through),
      `${frame.prev} to ${id}, through ${through}`,
    );
  }
});

test("stream: frames come no faster than asked for, and a rate that is none is refused", async () => {
  const { find, watch } = start();
  assert.throws(() => FakeViewer.open(find, "/v1/stream?rate=fast"), {
    code: "bad-input",
    message: 'expected frames a second from 0.1 to 1000 for "rate", found "fast"',
  });
  const events = await watch(undefined, "temp", 800, "&rate=0.5").eventsUntil(
    (all) => all.length > 0,
  );
  assert.equal(hello(events).recovery, "fresh");
});

test("stream: a viewer that closes before it is told anything holds no place", async () => {
  const { viewers, watch, errors } = start();
  const viewer = watch();
  assert.equal(viewers.count, 1);
  viewer.destroy();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(viewers.count, 0);
  assert.deepEqual(errors, []);
});

test("stream: a stream that fails by our own fault is cut, so that its viewer comes back", async () => {
  const { store, viewers, watch, errors } = start();
  store.history = () => Promise.reject(new Error("oops"));
  const viewer = watch();
  await viewer.until(() => viewer.closed);
  await Promise.resolve();
  assert.equal(viewers.count, 0);
  assert.equal(errors.length, 1);
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
  const events = await watch().eventsUntil((all) => last(all)?.event === "samples");
  assert.equal(hello(events).position, `${log.epoch}-1`);
  assert.equal(events.find(({ event }) => event === "history")?.id, `${log.epoch}-2`);
  assert.deepEqual(valuesOf(events, "history"), [2]);
  assert.deepEqual(valuesOf(events, "samples"), [3]);
});

test("stream: a series that appears while history is read is introduced, though history lacks it", async () => {
  const { log, store, put, watch } = start();
  const old = (value: number) => log.append(blockOf([{ series: "new", time: now - 1e9, value }]));
  const first = watch(undefined, "*");
  await first.eventsUntil((all) => last(all)?.event === "history");
  meanwhile(
    store,
    () => old(1),
    async () => {},
  );
  const second = watch(undefined, "*");
  await second.eventsUntil((all) => last(all)?.event === "history");
  await old(2);
  for (const viewer of [first, second]) {
    const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").includes(2));
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
  await viewer.eventsUntil((all) => last(all)?.event === "history");
  const about = store.about.bind(store);
  store.about = (id) => (id === 2 ? { unit: "%" } : about(id));
  await put("hum", 2);
  const events = await viewer.eventsUntil((all) => last(all)?.event === "samples");
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
  const events = await watch(undefined, "temp", 10).eventsUntil(
    (all) => last(all)?.event === "history",
  );
  const frame = last(events)?.frame;
  assert.ok(frame?.type === "history" && frame.done);
  assert.equal(frame.bucketMs, 10_000);
  assert.deepEqual(valuesOf(events, "history").slice(0, 4), [0, 1e6, 9]);
});

test("stream: long history lets others have their turn between frames", async () => {
  const { log, watch } = start();
  const rows = Array.from({ length: 30_000 }, (_, i) => ({
    series: "temp",
    time: now - i,
    value: i,
  }));
  await log.append(blockOf(rows));
  const viewer = watch(undefined, "temp", 8192);
  let turns = 0;
  let watching = true;
  const count = () => {
    turns++;
    if (watching) setImmediate(count);
  };
  await viewer.eventsUntil((all) => all.length > 0);
  count();
  const events = await viewer.eventsUntil((all) => last(all)?.id !== undefined);
  watching = false;
  assert.ok(events.length >= 6, String(events.length));
  assert.ok(turns >= events.length - 2, `${turns} turns for ${events.length} frames`);
});

/** A log that has lost its first batches, of which each holds the sample of one second. */
async function trimmed(options: FakeStoreOptions = {}) {
  const parts = start({ ...options, maxBytes: 3_000 });
  const put = (value: number) =>
    parts.log.append(blockOf([{ series: "temp", time: now - 100_000 + 1000 * value, value }]));
  for (let value = 1; value <= 20; value++) await put(value);
  assert.ok(parts.log.oldest > 4);
  return { ...parts, put };
}

test("stream: older than the log, what was missed is told as history of just that range, then live", async () => {
  const { log, put, watch } = await trimmed();
  const viewer = watch(`${log.epoch}-2`);
  await viewer.eventsUntil((all) => last(all)?.event === "history");
  await put(21);
  const events = await viewer.eventsUntil((all) => last(all)?.event === "samples");
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
  assert.deepEqual(valuesOf(events, "history"), missing);
  assert.equal(events.find(({ event }) => event === "history")?.id, `${log.epoch}-20`);
  assert.deepEqual(valuesOf(events, "samples"), [21]);
});

test("stream: a late sample that was missed widens the range that is told", async () => {
  const { log, put, watch } = await trimmed();
  await put(-500);
  const events = await watch(`${log.epoch}-2`).eventsUntil((all) => last(all)?.event === "history");
  assert.equal(hello(events).reduced?.from, now - 600_000);
  assert.deepEqual(valuesOf(events, "history").slice(0, 4), [-500, 1, 2, 3]);
});

test("stream: older than what the store knows is a reset, with history of the span", async () => {
  const { log, watch } = await trimmed({ knowsSince: 3 });
  const events = await watch(`${log.epoch}-2`).eventsUntil((all) => last(all)?.event === "history");
  assert.equal(hello(events).recovery, "reset");
  assert.equal(hello(events).reduced, undefined);
  assert.equal(hello(events).missed?.reason, "it is older than the log");
});

test("plain: the tutorial's JSON, one event per sample, all viewers the same", async () => {
  const { put, watchPlain } = start();
  const viewers = [watchPlain(), watchPlain()];
  await put("temp", 21.4, null, -0);
  for (const viewer of viewers) {
    const events = await viewer.eventsUntil((all) => all.length === 4);
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
  await append(log, [
    { series: "temp", time: now, value: 1 },
    { series: "other", time: now, value: 0 },
    { series: "temp", time: now, value: 2 },
    { series: "temp", time: now, value: 3 },
    { series: "other", time: now, value: 0 },
  ]);
  await put("temp", 4);
  const number = ({ data }: Event) => JSON.parse(data ?? "null").value as number;
  const all = await watchPlain(`${log.epoch}-0`).eventsUntil((events) => events.length === 5);
  assert.deepEqual(all.slice(1).map(number), [1, 2, 3, 4]);
  for (const [i, { id }] of all.slice(1, -1).entries()) {
    const rest = await watchPlain(id).eventsUntil((events) => events.length === 4 - i);
    assert.deepEqual(rest.slice(1).map(number), [2, 3, 4].slice(i), id);
  }
});

test("plain: a lost position is told as an event of its own", async () => {
  const { log, watchPlain } = start();
  const events = await watchPlain("garbage").eventsUntil((all) => all.length === 2);
  assert.equal(events[0]?.event, "reset");
  assert.equal(events[1]?.id, `${log.epoch}-0`);
});

test("plain: it says where it begins, so that a cut before the first sample loses none", async () => {
  const { put, watchPlain } = start();
  await put("temp", 1);
  const [opening] = await watchPlain().eventsUntil((all) => all.length === 1);
  await put("temp", 2);
  const events = await watchPlain(opening?.id).eventsUntil((all) => all.length === 2);
  assert.match(events[1]?.data ?? "", /"value":2/);
});

test("plain: a name that stands for several series tells them apart", async () => {
  const { put, watchPlain } = start();
  const viewer = watchPlain();
  await put('temp{room="1"}', 1);
  const events = await viewer.eventsUntil((all) => all.length === 2);
  assert.equal(JSON.parse(events[1]?.data ?? "").series, 'temp{room="1"}');
});

test("stream: batches of other series never look like a missed frame", async () => {
  const { log, put, watch } = start();
  await put("temp", 1);
  const viewers = [watch(`${log.epoch}-1`), watch()];
  for (const viewer of viewers) await viewer.eventsUntil((all) => all.length > 0);
  await put("other", 0);
  await put("temp", 2);
  await put("other", 0);
  viewers.push(watch(`${log.epoch}-1`));
  await put("other", 0);
  await put("temp", 3);
  for (const viewer of viewers) {
    const events = await viewer.eventsUntil((all) => valuesOf(all, "samples").includes(3));
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
  assert.equal(plainBye("over", 1200).toString(), ": over\nretry: 1200\n\n");
});

test("stream: batches of others at the end of what is read from the log are no missed frame either", async () => {
  const { log, put, watch } = start({ hub: eager() });
  await put("temp", 1);
  const read = log.read.bind(log);
  const after = [
    () => put("other", 0),
    async () => {
      await put("other", 0);
      await put("temp", 2);
    },
  ];
  log.read = async function* (...range) {
    yield* read(...range);
    await after.shift()?.();
  };
  const events = await watch(`${log.epoch}-0`).eventsUntil(
    (all) => valuesOf(all, "samples").length === 2,
  );
  const frames = events.flatMap(({ frame }) => (frame?.type === "samples" ? [frame.prev] : []));
  assert.deepEqual(frames, [`${log.epoch}-0`, `${log.epoch}-1`]);
});
