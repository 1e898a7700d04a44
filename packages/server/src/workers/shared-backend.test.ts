import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PlotcastError } from "@plotcast/protocol";
import { blockOf } from "../log/sample-block.ts";
import { fakeShared } from "./fake-line.ts";

const samples = Array.from({ length: 40 }, (_, i) => ({
  series: i % 2 ? "a" : "b",
  time: i,
  value: i % 9 === 0 ? null : i,
}));

test("shared backend: a worker reads of the store what the main process does", async () => {
  const { store, log, join } = fakeShared({ samplesPerPage: 7 });
  const { backend } = join();
  const remote = backend.store;
  await backend.append(blockOf(samples));
  for (const px of [1, 3, 800]) {
    for (const as of ["values", "rates"] as const) {
      const request = { ids: [1, 2, 3], from: 0, to: 30, px, as, andLater: true };
      assert.deepEqual(await remote.history(request), await store.history(request));
    }
  }
  const range = { ids: [1, 2], from: 3, to: 33 };
  const copied = async (pages: AsyncIterable<object>) =>
    await Array.fromAsync(pages, (page) => structuredClone(page));
  assert.deepEqual(await copied(remote.samples(range)), await copied(store.samples(range)));
  assert.equal(await remote.version(0, 9), await store.version(0, 9));
  assert.equal(await remote.missedSince(0), 0);
  assert.equal(await remote.missedSince(log.head), Number.POSITIVE_INFINITY);
  assert.deepEqual(await remote.details([2, 1]), await store.details([2, 1]));
  assert.deepEqual(await remote.stats(), await store.stats());
  await remote.room();
});

test("shared backend: a history of many series comes in pages", async () => {
  const { join, store } = fakeShared();
  const { backend, line } = join();
  const many = Array.from({ length: 150_000 }, (_, i) => ({
    series: `s${i % 50}`,
    time: i,
    value: i,
  }));
  await backend.append(blockOf(many));
  const before = line.a.sent.length;
  const request = { ids: Array.from({ length: 50 }, (_, i) => i + 1), from: 0, to: 1e6, px: 1e5 };
  const history = await backend.store.history(request);
  assert.deepEqual(history, await store.history(request));
  assert.ok(line.a.sent.length - before > 2, `${line.a.sent.length - before} messages`);
});

test("shared backend: a description is known to every worker when it is durable", async () => {
  const { join } = fakeShared();
  const [one, other] = [join(), join()];
  await one.backend.append(blockOf(samples));
  await one.backend.store.describe(1, { unit: "°C" });
  assert.deepEqual(one.backend.store.about(1), { unit: "°C" });
  await other.backend.log.catchUp?.();
  assert.deepEqual(other.backend.store.about(1), { unit: "°C" });
  assert.deepEqual(join().backend.store.about(1), { unit: "°C" });
});

test("shared backend: what moves by itself is told with whatever is told next", async () => {
  const { join, store } = fakeShared();
  const { backend } = join();
  await backend.append(blockOf(samples));
  store.keepFrom(20);
  await backend.store.room();
  assert.equal(backend.store.keptFrom, 20);
});

test("shared backend: failures keep code and message, others are bugs", async () => {
  const { backend, join } = fakeShared();
  const remote = join().backend;
  const { store } = backend;
  store.room = async () => {
    throw new PlotcastError("storage-full", "cannot append: the disk is full");
  };
  store.stats = async () => {
    throw new TypeError("x is not a function");
  };
  await assert.rejects(remote.store.room(), {
    ...{ name: "PlotcastError", code: "storage-full" },
    message: "cannot append: the disk is full",
  });
  await assert.rejects(remote.store.stats(), /BUG: .*x is not a function/);
});

test("shared backend: an append that fails rejects, and the others of its message do not", async () => {
  const { backend, join } = fakeShared();
  const remote = join().backend;
  const { append } = backend;
  backend.append = (block) =>
    block.names[0] === "bad"
      ? Promise.reject(new PlotcastError("unavailable", "cannot append: no"))
      : append(block);
  const of = (series: string) => remote.append(blockOf([{ series, time: 1, value: 1 }]));
  const [a, b, c] = await Promise.allSettled([of("a"), of("bad"), of("c")]);
  assert.deepEqual([a?.status, b?.status, c?.status], ["fulfilled", "rejected", "fulfilled"]);
});

test("shared backend: all workers together add no more series than the limit", async () => {
  const { log, join } = fakeShared({ maxSeries: 10 });
  const workers = [join(), join(), join(), join()];
  const appends = Array.from({ length: 24 }, (_, i) =>
    workers[i % 4]!.backend.append(blockOf([{ series: `s${i % 12}`, time: i, value: i }])),
  );
  const settled = await Promise.allSettled(appends);
  assert.equal(log.series.size, 10);
  const refused = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  assert.equal(refused.length, 4);
  assert.ok(refused.every(({ code, message }) => code === "too-many" && message === "no room"));
});

test("shared backend: a refused call takes no place of another that is on its way", async () => {
  const { log, join } = fakeShared({ maxSeries: 2 });
  const [one, other] = [join(), join()];
  const block = (...series: string[]) =>
    blockOf(series.map((each) => ({ series: each, time: 1, value: 1 })));
  const first = one.backend.append(block("a"));
  await assert.rejects(other.backend.append(block("a", "b", "c")), { code: "too-many" });
  await Promise.all([first, other.backend.append(block("b"))]);
  await assert.rejects(one.backend.append(block("c")), { code: "too-many" });
  assert.equal(log.series.size, 2);
});

test("shared backend: a read can be given up, which is told to the main process", async () => {
  const { backend, join } = fakeShared();
  const { backend: remote, line } = join();
  let given: AbortSignal | undefined;
  backend.store.history = ({ signal }) => {
    given = signal;
    return new Promise(() => {});
  };
  const off = new AbortController();
  const read = remote.store.history({ ids: [], from: 0, to: 1, px: 1, signal: off.signal });
  while (!given) await nextTurn();
  off.abort();
  await assert.rejects(read, { name: "AbortError" });
  while (!given.aborted) await nextTurn();
  assert.equal(line.b.sent.at(-1)?.kind, "cancel");
});

test("shared backend: pages nobody asks for any more are not made", async () => {
  const { backend, join } = fakeShared();
  const remote = join().backend;
  let made = 0;
  let ended = false;
  backend.store.samples = async function* () {
    try {
      for (;;) {
        made++;
        yield { ids: Uint32Array.of(1), times: Float64Array.of(1), values: Float64Array.of(1) };
      }
    } finally {
      ended = true;
    }
  };
  for await (const _ of remote.store.samples({ ids: [1], from: 0, to: 1 })) if (made >= 3) break;
  while (!ended) await nextTurn();
  assert.equal(made, 3);
});

test("shared backend: two backups at a time are refused, whoever makes them", async (t) => {
  const dir = await mkdtemp(path.join(tmpdir(), "plotcast-"));
  t.after(() => rm(dir, { recursive: true }));
  const { join } = fakeShared();
  const [one, other] = [join().backend.store, join().backend.store];
  const file = path.join(dir, "backup");
  const [first, second] = await Promise.allSettled([one.backup(file), other.backup(`${file}2`)]);
  assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
  assert.ok((await stat(file)).isFile());
  await other.backup(`${file}2`);
});

test("shared backend: a worker that does not read is told of before it fills memory", async () => {
  const { log, join } = fakeShared();
  const { line, stuck } = join();
  const { backend: healthy } = join();
  line.b.frozen = true;
  const block = blockOf(
    Array.from({ length: 100_000 }, (_, time) => ({ series: "a", time, value: 1 })),
  );
  for (let sent = 0; sent < 60e6; sent += 2e6) await log.append(block);
  assert.deepEqual(stuck, []);
  for (let sent = 0; sent < 8e6; sent += 2e6) await log.append(block);
  assert.ok(stuck.length > 0);
  await healthy.log.catchUp?.();
  assert.equal(healthy.log.head, log.head);
});

test("shared backend: without the main process every call fails, and nothing waits for ever", async () => {
  const { join } = fakeShared();
  const { backend, line } = join();
  line.a.frozen = true;
  const waiting = [
    backend.store.stats(),
    backend.store.history({ ids: [], from: 0, to: 1, px: 1 }),
  ];
  line.b.close();
  for (const each of waiting) await assert.rejects(each, { code: "unavailable" });
  await assert.rejects(backend.store.room(), { code: "unavailable" });
});
