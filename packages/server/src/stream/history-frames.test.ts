import assert from "node:assert/strict";
import { test } from "node:test";
import type { History as HistoryFrame } from "@plotcast/protocol";
import { bucketsOf, pointsOf } from "../store/fake-store.ts";
import type { SeriesHistory } from "../store/store.ts";
import { historyFrames } from "./history-frames.ts";

const range = { from: 0, to: 1e6 };

function samples(count: number, first = 0): SeriesHistory {
  const rows = Array.from({ length: count }, (_, i) => [first + i, i % 7] as const);
  return { kind: "samples", ...pointsOf(rows) };
}

function buckets(count: number, bucketMs: number): SeriesHistory {
  const rows = Array.from({ length: 6 * count }, (_, i) => [(i * bucketMs) / 6, i % 5] as const);
  return { kind: "buckets", bucketMs, buckets: bucketsOf(pointsOf(rows), bucketMs) };
}

function frames(...history: SeriesHistory[]): HistoryFrame[] {
  const byId = new Map(history.map((series, i) => [i + 1, series]));
  return [...historyFrames(byId, range, () => [])];
}

/** All that the frames tell of a series. */
function timesOf(all: HistoryFrame[], id: number): number[] {
  return all.flatMap(({ columns }) => columns.get(id)?.times ?? []);
}

test("history frames: nothing is one empty frame, and that is all", () => {
  assert.deepEqual(frames(), [
    { type: "history", ...range, bucketMs: 0, done: true, series: [], columns: new Map() },
  ]);
});

test("history frames: a series larger than a frame goes on in the next, and only the last is done", () => {
  const all = frames(samples(10), samples(9000), samples(5));
  assert.deepEqual(
    all.map(({ done }) => done),
    [false, false, false, true],
  );
  assert.deepEqual(
    timesOf(all, 2),
    Array.from({ length: 9000 }, (_, i) => i),
  );
  assert.equal(timesOf(all, 1).length + timesOf(all, 3).length, 15);
  for (const { columns } of all) {
    const points = columns.values().reduce((sum, { times }) => sum + times.length, 0);
    assert.ok(points <= 2500, String(points));
  }
});

test("history frames: many short series share frames, but not too many of them", () => {
  const all = frames(...Array.from({ length: 3000 }, () => samples(1)));
  assert.equal(all.length, 5);
  assert.equal(
    all.reduce((sum, { columns }) => sum + columns.size, 0),
    3000,
  );
});

test("history frames: samples and buckets of each width are told apart", () => {
  const all = frames(samples(3), buckets(3, 60), samples(2), buckets(1000, 600));
  assert.deepEqual(
    all.map(({ bucketMs, columns }) => [bucketMs, ...columns.keys()]),
    [
      [0, 1, 3],
      [60, 2],
      [600, 4],
      [600, 4],
    ],
  );
  const times = timesOf(all, 4);
  assert.deepEqual(
    times,
    [...new Set(times)].sort((a, b) => a - b),
  );
  // Of 0 to 4 and the one after, in each bucket: first, least, greatest, last are 3 or 4 samples.
  const starts = new Set(times.map((time) => Math.floor(time / 600)));
  assert.equal(starts.size, 1000);
  assert.equal(times.at(-1), 600 * 999 + 500);
});

test("history frames: each is made only when it is asked for", () => {
  const asked: number[] = [];
  const history = new Map([1, 2, 3].map((id) => [id, samples(4000)]));
  const lazy = historyFrames(history, range, (ids) => {
    asked.push(...ids);
    return [];
  });
  lazy.next();
  assert.deepEqual(asked, [1]);
});
