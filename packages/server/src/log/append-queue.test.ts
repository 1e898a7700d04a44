import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { AppendQueue, maxCommitBatches, maxWaitingSamples } from "./append-queue.ts";
import { columnsOf } from "./batches.ts";
import { maxBatchSamples } from "./columns.ts";
import { blockOf, type SampleBlock } from "./sample-block.ts";
import { SeriesIds } from "./series-ids.ts";

/** A queue whose commits end when the test says so, on a clock that the test moves. */
function staged(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1000;
  let head = 0;
  type Commit = { times: number[]; lengths: number[]; end(): Promise<void>; fail(): Promise<void> };
  const commits: Commit[] = [];
  const queue = new AppendQueue({
    commit: (batches) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const columns = columnsOf(batches);
      head += columns.length;
      const offset = head;
      const number = commits.length + 1;
      commits.push({
        times: columns.flatMap(({ times }) => [...times]),
        lengths: columns.map(({ times }) => times.length),
        end: () => settled(() => resolve(offset)),
        fail: () => settled(() => reject(new Error(`commit ${number} failed`))),
      });
      return promise;
    },
    series: new SeriesIds(),
    intervalMs: 5,
    clock: () => now,
  });
  const tick = (ms: number) => {
    now += ms;
    t.mock.timers.tick(ms);
  };
  return { queue, commits, tick };
}

async function settled(act: () => void): Promise<void> {
  act();
  await new Promise((resolve) => setImmediate(resolve));
}

function at(time: number, count = 1): SampleBlock {
  return blockOf(Array.from({ length: count }, () => ({ series: "a", time, value: 1 })));
}

test("append queue: the first call is committed at once", (t) => {
  const { queue, commits } = staged(t);
  void queue.append(at(1));
  assert.deepEqual(commits[0]?.times, [1]);
});

test("append queue: calls that come during a commit share the next, 5 ms after the first began", async (t) => {
  const { queue, commits, tick } = staged(t);
  for (const time of [1, 2, 3]) void queue.append(at(time));
  await commits[0]?.end();
  tick(4);
  assert.equal(commits.length, 1);
  tick(1);
  assert.deepEqual(commits[1]?.times, [2, 3]);
});

test("append queue: a commit longer than 5 ms is followed by the next at once", async (t) => {
  const { queue, commits, tick } = staged(t);
  for (const time of [1, 2]) void queue.append(at(time));
  tick(6);
  assert.equal(commits.length, 1, "one batch in flight at a time");
  await commits[0]?.end();
  assert.equal(commits.length, 2);
});

test("append queue: a full batch does not wait for the 5 ms", async (t) => {
  const { queue, commits } = staged(t);
  void queue.append(at(1));
  await commits[0]?.end();
  void queue.append(at(2, maxBatchSamples - 1));
  assert.equal(commits.length, 1);
  void queue.append(at(3));
  assert.equal(commits[1]?.times.length, maxBatchSamples);
});

test("append queue: a commit that fails fails its calls only", async (t) => {
  const { queue, commits, tick } = staged(t);
  const [first, second] = [queue.append(at(1)), queue.append(at(2))];
  const failed = assert.rejects(first, /commit 1 failed/);
  await commits[0]?.fail();
  await failed;
  tick(5);
  await commits[1]?.end();
  assert.equal(await second, 2);
});

test("append queue: what is left of a spread call is dropped when a part of it fails", async (t) => {
  const { queue, commits } = staged(t);
  const spread = queue.append(at(1, maxBatchSamples * (2 * maxCommitBatches + 1)));
  const next = queue.append(at(2, maxBatchSamples));
  await commits[0]?.end();
  const failed = assert.rejects(spread, /commit 2 failed/);
  await commits[1]?.fail();
  await failed;
  assert.equal(commits[2]?.times[0], 2);
  await commits[2]?.end();
  assert.equal(await next, 2 * maxCommitBatches + 1);
  assert.equal(commits.length, 3);
});

test("append queue: refuses more than it may hold, until the disk has taken some", async (t) => {
  const { queue, commits, tick } = staged(t);
  void queue.append(at(1));
  void queue.append(at(2, maxWaitingSamples - 1));
  void queue.append(at(3));
  await assert.rejects(queue.append(at(4)), {
    code: "unavailable",
    message: `cannot append 1 samples: ${maxWaitingSamples} wait for the disk already; send again later`,
  });
  await commits[0]?.end();
  tick(5);
  void queue.append(at(5));
});

test("append queue: a call beyond the limit is taken when nothing else waits", (t) => {
  const { queue, commits } = staged(t);
  void queue.append(at(1, maxWaitingSamples + 1));
  assert.deepEqual(commits[0]?.lengths, Array(maxCommitBatches).fill(maxBatchSamples));
});

test("append queue: one commit takes several batches, and each call learns its own", async (t) => {
  const { queue, commits, tick } = staged(t);
  const sizes = [1, maxBatchSamples - 1, 2, maxBatchSamples + 3, 4_000, 2_000];
  const offsets = sizes.map((size, i) => queue.append(at(i, size)));
  await commits[0]?.end();
  // A call that fits in a batch is whole in it; what is larger than one begins a batch.
  assert.deepEqual(commits[1]?.lengths, [4_999, 2, 5_000, 4_003]);
  await commits[1]?.end();
  tick(5);
  await commits[2]?.end();
  assert.deepEqual(await Promise.all(offsets), [1, 2, 3, 5, 5, 6]);
});

test("append queue: drain waits for the last commit", async (t) => {
  const { queue, commits, tick } = staged(t);
  for (const time of [1, 2]) void queue.append(at(time));
  let drained = false;
  void queue.drain().then(() => {
    drained = true;
  });
  await commits[0]?.end();
  tick(5);
  assert.equal(drained, false);
  await commits[1]?.end();
  assert.equal(drained, true);
});
