import assert from "node:assert/strict";
import { test } from "node:test";
import { type Life, watchSleep } from "./sleep.ts";

/** A page whose time passes and who is put away as the test says. */
function page(visible = true, hidden = false) {
  let time = 0;
  let timer: { at: number; callback: () => void } | undefined;
  let away = (_: boolean) => {};
  let see = (_: boolean) => {};
  const stretches: [number, number][] = [];
  const life: Life = {
    now: () => time,
    after: (ms, callback) => {
      timer = { at: time + ms, callback };
      return () => {
        timer = undefined;
      };
    },
    onAway: (listener) => {
      away = listener;
    },
    onSight: (listener) => {
      see = listener;
      return visible;
    },
  };
  const off = new AbortController();
  watchSleep(life, (from, to) => stretches.push([from, to]), off.signal, hidden);
  return {
    stretches,
    off,
    away: (is: boolean) => away(is),
    see: (is: boolean) => see(is),
    timer: () => timer,
    /** Timers come as they are due, at most `late` after that. */
    pass(ms: number, late = 0) {
      const until = time + ms;
      while (timer && timer.at + late <= until) {
        time = timer.at + late;
        timer.callback();
      }
      time = until;
    },
    sleep(ms: number) {
      time += ms;
      if (timer && timer.at <= time) timer.callback();
    },
  };
}

test("sleep: a page that runs has not slept, also with timers that are a little late", () => {
  const { pass, stretches } = page();
  pass(600_000);
  pass(600_000, 9000);
  assert.deepEqual(stretches, []);
});

test("sleep: a timer that comes much too late tells of it, once", () => {
  const it = page();
  it.pass(20_000);
  it.sleep(3_600_000);
  assert.deepEqual(it.stretches, [[15_000, 3_620_000]]);
  it.pass(600_000);
  assert.equal(it.stretches.length, 1);
});

test("sleep: of a hidden page timers come once a minute, which is no sleep; two minutes are", () => {
  const it = page();
  it.see(false);
  it.pass(600_000, 60_000);
  assert.deepEqual(it.stretches, []);
  it.see(true);
  it.sleep(100_000);
  assert.deepEqual(it.stretches, [], "it was hidden when that timer was set");
  it.pass(20_000);
  it.sleep(100_000);
  assert.equal(it.stretches.length, 1);
  it.see(false);
  it.sleep(200_000);
  assert.equal(it.stretches.length, 2);
});

test("sleep: a page that is frozen or put away tells when it is back", () => {
  const it = page();
  it.pass(1000);
  it.away(true);
  it.pass(4000);
  it.away(true);
  it.away(false);
  it.away(false);
  assert.deepEqual(it.stretches, [[1000, 5000]]);
});

test("sleep: being hidden counts only where nothing is asked for meanwhile", () => {
  const streamed = page();
  streamed.see(false);
  streamed.pass(50_000);
  streamed.see(true);
  assert.deepEqual(streamed.stretches, []);
  const polled = page(false, true);
  polled.pass(50_000);
  polled.see(true);
  polled.see(true);
  assert.deepEqual(polled.stretches, [[0, 50_000]]);
});

test("sleep: the signal ends it, and leaves no timer behind", () => {
  const it = page();
  it.pass(20_000);
  it.off.abort();
  assert.equal(it.timer(), undefined);
});
