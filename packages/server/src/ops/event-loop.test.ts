import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLoopDelay } from "./event-loop.ts";

/** Node's monitor, with what it has seen, in milliseconds, put there by the test. */
function monitored() {
  const seen: number[] = [];
  const calls: string[] = [];
  const loop = new EventLoopDelay(({ resolution }) => {
    calls.push(`every ${resolution}`);
    return {
      get count() {
        return seen.length;
      },
      enable: () => calls.push("enable"),
      disable: () => calls.push("disable"),
      reset: () => void seen.splice(0),
      percentile: (percentile) => seen[Math.ceil((seen.length * percentile) / 100) - 1]! * 1e6,
    };
  });
  const told = () =>
    Object.fromEntries(loop.metric().values.map(({ labels, value }) => [labels.at, value]));
  return { loop, seen, calls, told };
}

test("event loop: tells how late it was, without the pause between two looks", () => {
  const { seen, told } = monitored();
  assert.deepEqual(told(), { p50: 0, p99: 0, max: 0 });
  seen.push(20, 30, 2020);
  const { p50 = 0, p99, max } = told();
  assert.ok(Math.abs(p50 - 0.01) < 1e-9);
  assert.deepEqual([p99, max], [2, 2]);
});

test("event loop: a look that came early is no negative delay", () => {
  const { seen, told } = monitored();
  told();
  seen.push(19.5);
  assert.deepEqual(told(), { p50: 0, p99: 0, max: 0 });
});

test("event loop: each answer begins after the last one", () => {
  const { seen, told } = monitored();
  seen.push(520);
  assert.equal(told().max, 0.5);
  assert.equal(told().max, 0);
});

test("event loop: nothing is measured before the first question, nor after the end", () => {
  const { loop, calls, told } = monitored();
  loop.close();
  assert.deepEqual(calls, []);
  told();
  told();
  loop.close();
  assert.deepEqual(calls, ["every 20", "enable", "disable"]);
});

test("event loop: Node's own monitor answers", (t) => {
  const loop = new EventLoopDelay();
  t.after(() => loop.close());
  for (const { value } of loop.metric().values) assert.ok(value >= 0);
});
