import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds } from "./seconds.ts";

/** Seconds told by a clock that begins at `start`; `oversleep` changes how long each sleep takes. */
async function told(start: number, amount: number, oversleep: (n: number) => number = () => 0) {
  let now = start;
  let sleeps = 0;
  const stop = new AbortController();
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      assert.ok(ms > 0 && ms <= 2000, `slept ${ms}`);
      now += ms + oversleep(sleeps++);
    },
  };
  const times: number[] = [];
  for await (const time of seconds(stop.signal, clock)) {
    times.push(time);
    if (times.length === amount) stop.abort();
  }
  return times;
}

test("seconds: are whole seconds of the wall clock, one after another", async () => {
  assert.deepEqual(await told(1500, 3), [2000, 3000, 4000]);
  assert.deepEqual(await told(1000, 2), [2000, 3000]);
});

test("seconds: a timer that fires early or late changes nothing", async () => {
  assert.deepEqual(await told(1500, 4, () => -0.4), [2000, 3000, 4000, 5000]);
  assert.deepEqual(await told(1500, 4, () => 300), [2000, 3000, 4000, 5000]);
});

test("seconds: those slept through are left out", async () => {
  assert.deepEqual(await told(1500, 3, (n) => (n === 1 ? 60_000 : 0)), [2000, 3000, 64_000]);
});

test("seconds: a clock set back is followed, without telling a second twice", async () => {
  assert.deepEqual(await told(10_500, 3, (n) => (n === 0 ? -500 : 0)), [11_000, 12_000, 13_000]);
  assert.deepEqual(await told(10_500, 3, (n) => (n === 0 ? -5000 : 0)), [11_000, 7000, 8000]);
});

test("seconds: end with the signal, in the middle of a sleep too", async () => {
  const stop = new AbortController();
  const next = seconds(stop.signal).next();
  stop.abort();
  assert.equal((await next).done, true);
});
