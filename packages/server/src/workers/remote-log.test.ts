import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogOptions } from "../log/log.ts";
import { testLog } from "../log/log-contract.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import type { Retaining } from "../log/retaining.ts";
import { blockOf } from "../log/sample-block.ts";
import { FakeStore } from "../store/fake-store.ts";
import { fakeShared, joinBackend } from "./fake-line.ts";
import { Places } from "./places.ts";
import { SharedBackend } from "./shared-backend.ts";

/** A log in memory, seen by a worker; the test's other wishes go to the main process. */
async function open(options: LogOptions): Promise<Retaining> {
  const log = openMemoryLog(options);
  const backend = {
    ...{ log, store: new FakeStore(log) },
    append: log.append.bind(log),
    takes: async () => {},
    close: () => log.close(),
  };
  const places = new Places(() => true, { refuse: () => undefined, settle: () => {} });
  const shared = new SharedBackend(backend, places, new AbortController().signal);
  const remote = joinBackend(backend, shared).backend.log;
  return Object.assign(remote, {
    retain: async () => {
      await log.retain();
      await remote.catchUp?.();
    },
    know: async (series: readonly string[]) => {
      await log.know(series);
      await remote.catchUp?.();
    },
  });
}

testLog("remote log", open);

test("remote log: all that is appended in a turn is one message, and so are the answers", async () => {
  const { join } = fakeShared();
  const { backend, line } = join();
  const block = blockOf([{ series: "a", time: 1, value: 1 }]);
  await Promise.all(Array.from({ length: 50 }, () => backend.append(block)));
  assert.equal(line.b.sent.length, 1);
  // The log commits the first by itself, since nothing was under way.
  assert.equal(line.a.sent.filter(({ name }) => name === "appended").length, 2);
});

test("remote log: columns are the caller's again at once", async () => {
  const { join, log } = fakeShared();
  const { backend } = join();
  const block = blockOf([{ series: "a", time: 1, value: 1 }]);
  const appended = backend.append(block);
  block.times.fill(99);
  await appended;
  const [batch] = await Array.fromAsync(log.read(0, 1));
  assert.deepEqual([...batch!.times], [1]);
});

test("remote log: what one worker appends, every worker hears once, in order, with its series", async (t) => {
  const { join } = fakeShared();
  const workers = [join(), join(), join()];
  const heard = workers.map(({ backend: { log } }) => {
    const own: string[] = [];
    log.follow(({ ids, values }) => {
      for (const [i, id] of ids.entries()) own.push(`${log.series.series(id)}=${values[i]}`);
    }, t.signal);
    return own;
  });
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      workers.map(({ backend }, index) =>
        backend.append(blockOf([{ series: `${index}.${round % 7}`, time: round, value: round }])),
      ),
    );
  }
  await Promise.all(workers.map(({ backend }) => backend.log.catchUp?.()));
  assert.equal(heard[0]!.length, 60);
  assert.deepEqual(heard[1], heard[0]);
  assert.deepEqual(heard[2], heard[0]);
});

test("remote log: a worker that joins late knows all series and hears only what is new", async (t) => {
  const { join, log } = fakeShared();
  await log.append(blockOf([{ series: "a", time: 1, value: 1 }]));
  const { backend } = join();
  const offsets: number[] = [];
  backend.log.follow(({ offset }) => offsets.push(offset), t.signal);
  assert.deepEqual([backend.log.head, backend.log.series.id("a")], [1, 1]);
  await log.append(blockOf([{ series: "b", time: 2, value: 2 }]));
  await backend.log.catchUp?.();
  assert.deepEqual([offsets, backend.log.series.id("b")], [[2], 2]);
});

test("remote log: after catching up nothing is missing that another worker has seen", async () => {
  const { join } = fakeShared();
  const [one, other] = [join(), join()];
  other.line.b.frozen = true;
  const offset = await one.backend.append(blockOf([{ series: "a", time: 1, value: 1 }]));
  assert.equal(other.backend.log.head, 0);
  other.line.b.frozen = false;
  await other.backend.log.catchUp?.();
  assert.equal(other.backend.log.head, offset);
});

test("remote log: a long stretch is read in pages, each when it is asked for", async () => {
  const { join, log } = fakeShared();
  const long = Array.from({ length: 120_000 }, (_, time) => ({ series: "a", time, value: 1 }));
  await log.append(blockOf(long));
  const { backend, line } = join();
  const sizes: number[] = [];
  for await (const { ids } of backend.log.read(0, log.head)) {
    sizes.push(line.a.sent.length);
    assert.equal(ids.length, 5_000);
  }
  assert.deepEqual(
    sizes.toSorted((a, b) => a - b),
    sizes,
  );
  assert.deepEqual(new Set(sizes), new Set([1, 2, 3]));
});

test("remote log: samples whose senders do not wait are bounded", async () => {
  const { join } = fakeShared();
  const { backend, line } = join();
  line.a.frozen = true;
  const large = blockOf(
    Array.from({ length: 400_000 }, (_, time) => ({ series: "a", time, value: 1 })),
  );
  const appended = [backend.append(large), backend.append(large)];
  await assert.rejects(backend.append(large), { code: "unavailable", message: /800000 wait/ });
  line.a.frozen = false;
  line.a.read();
  await Promise.all(appended);
  await backend.append(large);
});
