import assert from "node:assert/strict";
import test from "node:test";
import type { Change } from "@plotcast/client";
import { advance, ageOf, newSession } from "./session.ts";

const history: Change = {
  type: "history",
  from: 0,
  to: 1,
  bucketMs: 0,
  done: true,
  columns: new Map(),
};
const introduce = (...names: string[]): Change => ({
  type: "series",
  series: names.map((series, id) => ({ id, series })),
});

/** What is known after these, one second apart. */
function after(...changes: Change[]) {
  return changes.reduce((session, change, i) => advance(session, change, i * 1000), newSession);
}

test("session: no series is a fact only when all history has been told", () => {
  assert.equal(after({ type: "status", status: { state: "live" } }).told, false);
  assert.equal(after({ ...history, done: false }).told, false);
  assert.equal(after(history).told, true);
  assert.equal(after({ type: "samples", columns: new Map() }).told, true);
});

test("session: series add up, and the set is another one only if there is another series", () => {
  const first = after(introduce("a", "b"));
  assert.equal(advance(first, introduce("b"), 0).series, first.series);
  assert.deepEqual([...advance(first, introduce("b", "c"), 0).series], ["a", "b", "c"]);
  assert.deepEqual([...first.series], ["a", "b"]);
});

test("session: after a reset nothing is known any more", () => {
  const reset: Change = { type: "reset", after: "x-1", reason: "another log" };
  const session = after(introduce("a"), history, reset);
  assert.equal(session.series.size, 0);
  assert.equal(session.told, false);
});

test("session: a failing connection is not heard", () => {
  const waiting = { state: "waiting", reason: "gone", retryAt: 9000 } as const;
  const session = after(
    { type: "status", status: { state: "live" } },
    history,
    { type: "status", status: waiting },
    { type: "status", status: { state: "connecting", attempt: 2 } },
  );
  assert.equal(session.lastHeard, 1000);
});

test("session: trouble lasts from the first failure until the connection is live", () => {
  const failed: Change = {
    type: "status",
    status: { state: "waiting", reason: "gone", retryAt: 0 },
  };
  const connecting: Change = { type: "status", status: { state: "connecting", attempt: 2 } };
  const live: Change = { type: "status", status: { state: "live" } };
  const session = after(live, failed, connecting, failed);
  assert.deepEqual(session.trouble, { reason: "gone", since: 1000 });
  assert.equal(advance(session, live, 9000).trouble, undefined);
});

test("session: the age is that of the oldest sample of all, by the clock of the server", () => {
  const samples = (...times: number[]): Change => ({
    type: "samples",
    columns: new Map(times.map((time, i) => [`s${i}`, { times: [time, 9000], values: [1, 2] }])),
  });
  const live: Change = { type: "status", status: { state: "live", clockOffsetMs: 500 } };
  const session = after(live, samples(4000, 3000), samples(8000));
  assert.equal(ageOf(session, 10_000), 7500);
  assert.equal(ageOf(after(live), 10_000), undefined);
  const reset: Change = { type: "reset", after: "x-1", reason: "another log" };
  assert.equal(ageOf(advance(session, reset, 0), 10_000), undefined);
});
