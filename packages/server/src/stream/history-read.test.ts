import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryLog } from "../log/memory-log.ts";
import { blockOf } from "../log/sample-block.ts";
import { FakeStore } from "../store/fake-store.ts";
import { idsWithin, readWhole } from "./history-read.ts";

const range = { from: 0, to: 100 };

async function source() {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  const store = new FakeStore(log, { samplesPerPage: 3 });
  const rows = (series: string, ...times: number[]) =>
    log.append(blockOf(times.map((time) => ({ series, time, value: time }))));
  await rows("a", 1, 2, 3, 4, 5, 6, 7);
  await rows("b", 200);
  await rows("c", -5, 300);
  await rows("d", -5);
  return { log, store, ids: [1, 2, 3, 4], signal: new AbortController().signal };
}

test("history read: every sample of a series is one part, whatever the pages", async () => {
  const parts = await Array.fromAsync(readWhole(range, await source()));
  assert.equal(parts.length, 1);
  const [a] = parts[0]!.series.values();
  assert.ok(a?.kind === "samples");
  assert.deepEqual([...a.times], [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...a.values], [1, 2, 3, 4, 5, 6, 7]);
});

test("history read: a series too large for memory is refused, and says what to do instead", async () => {
  const read = Array.fromAsync(readWhole(range, await source(), 5));
  await assert.rejects(read, { code: "too-large", message: /5 samples of "a" .*csv or ndjson/ });
});

test("history read: only what lies wholly before or after a range is sure to have nothing in it", async () => {
  assert.deepEqual(await idsWithin(range, await source()), [1, 3]);
});
