import assert from "node:assert/strict";
import { test } from "node:test";
import { HubCounters } from "../hub/counters.ts";
import { FakeConnection } from "../hub/fake-connection.ts";
import { Fanout } from "../hub/fanout.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { plainBye } from "./endpoints.ts";
import { Turns } from "./turns.ts";
import { type ViewerLimits, Viewers } from "./viewers.ts";

function start(limits: Partial<ViewerLimits> = {}, random = () => 0.5) {
  const world = { now: 1000 };
  const counters = new HubCounters();
  const log = openMemoryLog({ keepMs: 1, maxBytes: 1 });
  const viewers = new Viewers({
    ...{ log, hub: new Fanout(0), counters, heartbeatMs: 1000, random },
    limits: { maxViewers: 9, maxAgeMs: Number.POSITIVE_INFINITY, ...limits },
    now: () => world.now,
    onError: (error) => assert.fail(String(error)),
  });
  const come = (address = "192.0.2.1") => {
    const connection = new FakeConnection();
    viewers.serve(connection, address, plainBye, async () => {});
    return connection;
  };
  return { viewers, counters, come, world };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("viewers: there is room for so many; the next is told to come back", () => {
  const { viewers, counters, come } = start({ maxViewers: 1 });
  come();
  const second = come();
  assert.equal(second.text, ": too many viewers\nretry: 3000\n\n");
  assert.ok(second.ended);
  assert.equal(viewers.count, 1);
  assert.deepEqual([counters.connects, counters.viewers, counters.refusals.full], [1, 1, 1]);
});

test("viewers: one that leaves makes room", async () => {
  const { viewers, come } = start({ maxViewers: 1 });
  come().destroy();
  await settle();
  assert.equal(viewers.count, 0);
  assert.equal(come().ended, false);
});

test("viewers: an address that has enough is told so, and may have another when one has left", async () => {
  const open = new Map<string, number>();
  const perAddress = {
    take: (address: string) => {
      if ((open.get(address) ?? 0) > 0) {
        return { kind: "address", reason: "too many streams of one address" } as const;
      }
      open.set(address, 1);
      return undefined;
    },
    give: (address: string) => void open.delete(address),
  };
  const { counters, come } = start({ perAddress });
  const first = come();
  assert.match(come().text, /too many streams of one address/);
  assert.equal(come("192.0.2.2").ended, false);
  first.destroy();
  await settle();
  assert.equal(come().ended, false);
  assert.equal(counters.refusals.address, 1);
});

test("viewers: before the end everyone is told, each at its own moment", async () => {
  let turn = 0;
  const { viewers, counters, come } = start({}, () => (turn++ % 4) / 4);
  const streams = [come(), come()];
  const delays: number[] = [];
  await viewers.drain(1000, async (ms) => delays.push(ms));
  assert.deepEqual(delays, [500, 750]);
  for (const { text } of streams) assert.match(text, /about to end/);
  assert.match(come().text, /about to end/);
  assert.deepEqual([counters.cuts.drain, counters.refusals.draining], [2, 1]);
});

test("viewers: a stream that was open for long ends, not all of one herd at once", () => {
  let turn = 0;
  const { viewers, counters, come, world } = start({ maxAgeMs: 10_000 }, () => turn++ / 10);
  const streams = [come(), come(), come()];
  const ended = () => streams.map((stream) => stream.ended);
  world.now += 8100;
  viewers.dismissOld();
  assert.deepEqual(ended(), [true, false, false]);
  world.now += 300;
  viewers.dismissOld();
  viewers.dismissOld();
  assert.deepEqual(ended(), [true, true, true]);
  assert.match(streams[0]!.text, /^: the stream was open for long\nretry: \d+\n\n$/);
  assert.equal(counters.cuts.age, 3);
});

test("viewers: a gzip viewer is told goodbye in gzip that ends as it should", async () => {
  const { viewers } = start();
  const connection = new FakeConnection({ gzip: true });
  viewers.serve(connection, "", plainBye, async (watcher) => watcher.body.write(Buffer.from("a")));
  await viewers.drain(0, async () => {});
  assert.match(connection.text, /^a: the server is about to end\n/);
});

test("turns: those who wait go on in their order, as many in a turn as take little time", async () => {
  let now = 0;
  const queue: (() => void)[] = [];
  const turns = new Turns(
    () => now,
    (callback) => queue.push(callback),
  );
  const went: number[] = [];
  for (let i = 0; i < 10; i++) {
    void turns.take().then(() => {
      went.push(i);
      now += 2;
    });
  }
  const counts: number[] = [];
  while (queue.length > 0) {
    queue.shift()!();
    await settle();
    counts.push(went.length);
  }
  assert.deepEqual(went, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(counts, [2, 4, 6, 8, 10]);
});
