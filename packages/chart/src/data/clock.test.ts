import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceClock } from "./clock.ts";

const hour = 3_600_000;

function observed(...leads: number[]): number {
  const clock = new SourceClock();
  for (const lead of leads) clock.observe(1e12 + lead, 1e12);
  return clock.offsetMs;
}

test("clock: whole seconds and slow lines are not taken for skew", () => {
  assert.equal(observed(-400, -900, -1999), 0);
});

test("clock: a source an hour behind or ahead is followed", () => {
  assert.equal(observed(-hour, -hour, -hour), -hour);
  assert.equal(observed(hour, hour, hour), hour);
});

test("clock: samples that are a little ahead are not hidden until their time comes", () => {
  assert.equal(observed(700, 700, 700), 700);
});

test("clock: one absurd time among good ones moves nothing", () => {
  assert.equal(observed(-300, 1e15, -300), 0);
});

test("clock: a source that begins with what was before is not taken to be behind", () => {
  const before = Array.from({ length: 20 }, (_, i) => (i - 19) * 5000 - 300);
  assert.equal(observed(...before), 0);
  assert.equal(observed(...before.map((lead) => lead + 320)), 20);
  assert.equal(observed(...before.map((lead) => lead - hour)), -hour - 300);
  const clock = new SourceClock();
  for (const lead of [-8000, -4000, -300]) clock.observe(1e12 + lead, 1e12);
  assert.equal(clock.offsetAt(1e12), 0, "at once, so that none of it is hidden");
});

test("clock: one of several senders whose clock is an hour ahead does not hide the others", () => {
  assert.equal(observed(-300, -300, hour, -300, -300, -300, hour, -300), 0);
});

test("clock: what the server says is believed, and old samples do not contradict it", () => {
  const clock = new SourceClock();
  clock.know(5000);
  for (let i = 0; i < 20; i++) clock.observe(1e12 - 30 * hour, 1e12);
  assert.equal(clock.offsetMs, 5000);
  for (let i = 0; i < 20; i++) clock.observe(1e12 + 6000, 1e12);
  assert.equal(clock.offsetMs, 6000);
});

/** A clock that was told of samples that were this late, one each `everyMs`. */
function late(lateness: readonly number[], everyMs = 1000, offsetMs?: number) {
  const clock = new SourceClock();
  let now = 1e12 + 0.5;
  if (offsetMs !== undefined) clock.know(offsetMs, now);
  for (const ms of lateness) {
    now += everyMs;
    clock.observe(now + (offsetMs ?? 0) - ms, now);
  }
  return { clock, now };
}

test("clock: skew is what the server told, or what was learnt; a lead of samples is none", () => {
  assert.equal(late([5, 5, 5], 1000, -7000).clock.skewMs, -7000);
  assert.equal(late([hour, hour, hour]).clock.skewMs, -hour);
  assert.equal(late([300, 300, 300]).clock.skewMs, 0);
  const { clock } = late([-3000, -3000, -3000], 1000, 100);
  assert.deepEqual([clock.skewMs, clock.offsetMs], [100, 3100]);
});

test("clock: latency is how late samples usually are, by the server's clock", () => {
  assert.equal(late([80, 90, 4000, 85, 88], 1000, 50_000).clock.latencyMs, 88);
  assert.equal(late([80, 90, 85]).clock.latencyMs, 85);
  assert.equal(late([-20, -20, -20], 1000, 0).clock.latencyMs, 0);
});

test("clock: no latency is told where times are coarse or of arrival, or the offset is learnt", () => {
  assert.equal(new SourceClock().latencyMs, undefined);
  assert.equal(late([hour, hour, hour]).clock.latencyMs, undefined);
  for (const stepMs of [1000, Number.POSITIVE_INFINITY]) {
    const clock = new SourceClock();
    for (let i = 1; i < 30; i++) clock.observe(1e12 + i * 1001, 1e12 + i * 1001 + 90, stepMs);
    assert.deepEqual([clock.latencyMs, clock.delayAt(2e12)], [undefined, 0]);
  }
  const whole = new SourceClock();
  for (let i = 1; i < 60; i++) whole.observe(1e12 + i * 1000, 1e12 + i * 1000 + (i % 2) * 800);
  assert.deepEqual([whole.latencyMs, whole.delayAt(2e12)], [undefined, 0]);
  whole.observe(1e12 + 60_250, 1e12 + 60_300);
  assert.equal(whole.latencyMs, 50);
});

test("clock: a window waits as long as samples are late beyond the usual, at most 5 s", () => {
  const uneven = (most: number) => Array.from({ length: 60 }, (_, i) => 100 + (i % 10 ? 0 : most));
  assert.equal(late(uneven(0)).clock.delayAt(2e12), 0);
  assert.equal(late(uneven(15)).clock.delayAt(2e12), 0, "less than can be seen");
  assert.equal(late(uneven(220)).clock.delayAt(2e12), 250);
  assert.equal(late(uneven(9000)).clock.delayAt(2e12), 5000);
  assert.equal(late(uneven(3600e3)).clock.delayAt(2e12), 0, "told afterwards");
});

test("clock: the delay grows at once and shrinks after it was calm for long", () => {
  const wild = Array.from({ length: 60 }, (_, i) => (i % 5 ? 100 : 700));
  const { clock, now } = late(wild, 100);
  assert.equal(clock.delayAt(2e12), 600);
  let at = now;
  const quiet = (count: number) => {
    for (let i = 0; i < count; i++) {
      at += 100;
      clock.observe(at - 100, at);
    }
    return clock.delayAt(2e12);
  };
  assert.equal(quiet(300), 600, "half a minute, of which some was looked back upon");
  assert.equal(quiet(150), 0);
});

test("clock: how unevenly samples arrived is forgotten once their times are coarse", () => {
  const { clock, now } = late(Array.from({ length: 60 }, (_, i) => (i % 5 ? 100 : 700)));
  assert.equal(clock.delayAt(2e12), 600);
  clock.observe(now + 1000, now + 1000, 1000);
  assert.equal(clock.delayAt(2e12), 0);
  clock.observe(now + 2000, now + 2100);
  assert.equal(clock.delayAt(2e12), 0);
});

test("clock: on the screen time never runs backwards, nor faster than a little", () => {
  const { clock, now } = late(Array.from({ length: 60 }, (_, i) => (i % 5 ? 100 : 900)));
  clock.know(-3000, now);
  clock.know(-1000, now + 500);
  clock.know(-5000, now + 3000);
  let before = Number.NaN;
  for (let at = now; at < now + 40_000; at += 16) {
    const shown = at + clock.offsetAt(at) - clock.delayAt(at);
    if (!Number.isNaN(before)) {
      const passed = (shown - before) / 16;
      assert.ok(passed >= 0.49 && passed <= 1.51, `${passed} at ${at - now}`);
    }
    before = shown;
  }
  assert.equal(clock.offsetAt(now + 40_000), -5000);
});

test("clock: what is told first is at once, and so is what is far away", () => {
  const clock = new SourceClock();
  clock.know(4000, 1e12);
  assert.equal(clock.offsetAt(1e12), 4000);
  clock.know(hour, 1e12 + 1);
  assert.equal(clock.offsetAt(1e12 + 1), hour);
});

test("clock: samples that vary a little do not make the window go to and fro", () => {
  const clock = new SourceClock();
  const offsets = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const lead = 700 + 100 * Math.sin(i / 10);
    clock.observe(1e12 + i * 1000 + lead, 1e12 + i * 1000);
    if (i > 70) offsets.add(clock.offsetAt(1e12 + i * 1000));
  }
  assert.ok(offsets.size <= 3, `${offsets.size}`);
});
