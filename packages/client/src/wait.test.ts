import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "./fake-world.ts";
import { pause, type Waiter, watch } from "./wait.ts";

function setUp() {
  const world = new FakeWorld();
  const off = new AbortController();
  const waiter: Waiter = { environment: world.environment, signal: off.signal, wake: {} };
  return { world, off, waiter };
}

/** What became of a promise so far. */
function follows(promise: Promise<unknown>): { outcome: unknown } {
  const state: { outcome: unknown } = { outcome: "pending" };
  promise.then(
    (value) => {
      state.outcome = value ?? "done";
    },
    (error) => {
      state.outcome = error.message;
    },
  );
  return state;
}

test("pause: ends in time and leaves no timer behind", async () => {
  const { world, waiter } = setUp();
  const state = follows(pause(waiter, 1000, 0));
  await world.pass(999);
  assert.equal(state.outcome, "pending");
  await world.pass(1);
  assert.equal(state.outcome, "done");
  assert.equal(world.timers, 0);
});

test("pause: a waking page waits no longer than it must", async () => {
  const { world, waiter } = setUp();
  const state = follows(pause(waiter, 10_000, 4000));
  await world.pass(1000);
  waiter.wake.listener?.(false);
  await world.pass(2999);
  assert.equal(state.outcome, "pending");
  await world.pass(1);
  assert.equal(state.outcome, "done");
  assert.equal(world.timers, 0);
});

test("pause: the signal ends it, also if it came before", async () => {
  const { world, off, waiter } = setUp();
  const state = follows(pause(waiter, 1000, 1000));
  off.abort();
  await world.settle();
  assert.equal(state.outcome, "done");
  await pause(waiter, 1000, 1000);
  assert.equal(world.timers, 0);
});

test("watch: settles as what it watches", async () => {
  const { world, waiter } = setUp();
  assert.equal(await watch(waiter, Promise.resolve(7), 1000, "x"), 7);
  await assert.rejects(watch(waiter, Promise.reject(new Error("no")), 1000, "x"), /no/);
  assert.equal(world.timers, 0);
});

test("watch: silence beyond the limit is cut, with a sentence", async () => {
  const { world, waiter } = setUp();
  const state = follows(watch(waiter, new Promise(() => {}), 37_500, "nothing came"));
  await world.pass(37_499);
  assert.equal(state.outcome, "pending");
  await world.pass(1);
  assert.equal(state.outcome, "nothing came for 38 s");
  assert.equal(world.timers, 0);
});

test("watch: without a limit only sleep is cut", async () => {
  const { world, waiter } = setUp();
  const state = follows(watch(waiter, new Promise(() => {}), undefined, "x"));
  await world.pass(86_400_000);
  waiter.wake.listener?.(false);
  await world.settle();
  assert.equal(state.outcome, "pending");
  await world.sleep(60_000);
  assert.equal(state.outcome, "pending", "a hidden tab gets its timers once a minute");
  await world.sleep(3_600_000);
  await world.pass(500);
  assert.equal(state.outcome, "this machine was asleep");
  assert.equal(world.timers, 0);
});

test("watch: a page that wakes after the limit does not wait for the timer", async () => {
  const { world, waiter } = setUp();
  const state = follows(watch(waiter, new Promise(() => {}), 1000, "nothing came"));
  waiter.wake.listener?.(false);
  await world.settle();
  assert.equal(state.outcome, "pending");
  world.time += 900_000;
  waiter.wake.listener?.(false);
  await world.pass(500);
  assert.equal(state.outcome, "nothing came since the page was left");
});

test("watch: what came while a page was frozen is taken, however long that was", async () => {
  const { world, waiter } = setUp();
  const { promise, resolve } = Promise.withResolvers<string>();
  const state = follows(watch(waiter, promise, 30_000, "nothing came"));
  await world.sleep(600_000);
  waiter.wake.listener?.(false);
  await world.pass(499);
  resolve("came meanwhile");
  await world.settle();
  assert.equal(state.outcome, "came meanwhile");
  assert.equal(world.timers, 0);
});

test("watch: a restored page trusts no connection", async () => {
  const { world, waiter } = setUp();
  const state = follows(watch(waiter, new Promise(() => {}), undefined, "x"));
  waiter.wake.listener?.(true);
  await world.settle();
  assert.equal(state.outcome, "the page or its network was away");
});
