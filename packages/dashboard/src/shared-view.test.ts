import assert from "node:assert/strict";
import test from "node:test";
import { SharedView, type Viewed } from "./shared-view.ts";

const hash = "#view=2026-01-31T12:00:00.000Z..2026-01-31T12:15:00.000Z";
const stretch = { from: Date.UTC(2026, 0, 31, 12), to: Date.UTC(2026, 0, 31, 12, 15) };

function page(first = "") {
  const state = { hash: first, writes: 0 };
  const timers: (() => void)[] = [];
  const charts: Viewed[] = [{ view: undefined }, { view: undefined }];
  const shared = new SharedView({
    hash: () => state.hash,
    replaceHash: (hash) => {
      state.hash = hash;
      state.writes++;
    },
    charts: () => charts,
    later: (run) => timers.push(run),
  });
  const pass = () => {
    for (const run of timers.splice(0)) run();
  };
  return { state, charts, shared, pass };
}

test("shared view: charts of a page begin where its address says", () => {
  const { charts, shared } = page(hash);
  for (const chart of charts) shared.begin(chart);
  assert.deepEqual(charts, [{ view: stretch }, { view: stretch }]);
  assert.equal(shared.fragment, hash);
});

test("shared view: where a chart is held is in the address, written now and then", () => {
  const { state, shared, pass } = page();
  for (let i = 0; i < 500; i++) shared.changed({ from: stretch.from - i, to: stretch.to - i });
  shared.changed(stretch);
  assert.equal(state.writes, 0);
  pass();
  assert.deepEqual(state, { hash, writes: 1 });
  shared.changed(stretch);
  pass();
  assert.equal(state.writes, 1);
  shared.changed(undefined);
  pass();
  assert.deepEqual(state, { hash: "", writes: 2 });
});

test("shared view: another address is another view, for all charts", () => {
  const { state, charts, shared } = page();
  state.hash = hash;
  shared.navigated();
  assert.deepEqual(charts, [{ view: stretch }, { view: stretch }]);
  state.hash = "#main";
  shared.navigated();
  assert.deepEqual(charts[0]!.view, stretch);
  state.hash = "";
  shared.navigated();
  assert.deepEqual(charts, [{ view: undefined }, { view: undefined }]);
});

test("shared view: when all follow again, the address says so", () => {
  const { charts, shared } = page(hash);
  for (const chart of charts) shared.begin(chart);
  shared.follow();
  assert.deepEqual(charts, [{ view: undefined }, { view: undefined }]);
  assert.equal(shared.fragment, "");
});
