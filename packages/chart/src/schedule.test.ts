import assert from "node:assert/strict";
import { test } from "node:test";
import { type Drawable, Scheduler } from "./schedule.ts";

/** A browser whose frames and timers run when the test says so. */
function browser() {
  const frames: (() => void)[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const state = { now: 1000 };
  const scheduler = new Scheduler({
    now: () => state.now,
    precise: () => state.now,
    requestFrame: (run) => frames.push(run),
    setTimer: (run, ms) => {
      const timer = { run, ms };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => {
      const at = timers.indexOf(timer as (typeof timers)[number]);
      if (at >= 0) timers.splice(at, 1);
    },
  });
  const frame = () => frames.shift()!();
  /** Also the idle frames in which it sees what its drawings have cost. */
  const settle = () => {
    while (frames.length > 0) frame();
  };
  return { frames, timers, state, scheduler, frame, settle };
}

function drawable(state: { now: number }, costMs = 0): Drawable & { due: number; drawn: number } {
  return {
    due: 0,
    drawn: 0,
    dueAt() {
      return this.due;
    },
    draw() {
      this.drawn++;
      this.due = Number.POSITIVE_INFINITY;
      state.now += costMs;
    },
  };
}

const forever = new AbortController().signal;

test("schedule: however often it is woken, there is one frame, and it draws what is due", () => {
  const { frames, state, scheduler, frame, settle } = browser();
  const [due, idle] = [drawable(state), drawable(state)];
  idle.due = Number.POSITIVE_INFINITY;
  scheduler.add(due, forever);
  scheduler.add(idle, forever);
  for (let i = 0; i < 100; i++) scheduler.wake();
  assert.equal(frames.length, 1);
  frame();
  assert.deepEqual([due.drawn, idle.drawn], [1, 0]);
  settle();
  assert.deepEqual([due.drawn, idle.drawn], [1, 0]);
});

test("schedule: with nothing due it asks for no frames, and sleeps until something is", () => {
  const { frames, timers, state, scheduler, frame } = browser();
  const one = drawable(state);
  one.due = state.now + 500;
  scheduler.add(one, forever);
  frame();
  assert.deepEqual([one.drawn, frames.length, timers.length], [0, 0, 1]);
  assert.ok(timers[0]!.ms < 500 && timers[0]!.ms > 400);
  state.now += 500;
  timers.pop()!.run();
  frame();
  assert.equal(one.drawn, 1);
});

test("schedule: news wake it before its timer, and leave no second one behind", () => {
  const { timers, state, scheduler, frame } = browser();
  const one = drawable(state);
  one.due = state.now + 500;
  scheduler.add(one, forever);
  frame();
  one.due = state.now;
  scheduler.wake();
  frame();
  assert.deepEqual([one.drawn, timers.length], [1, 0]);
});

test("schedule: a burst is spread over frames, and everyone has a turn before anyone has two", () => {
  const { state, scheduler, frame } = browser();
  const many = Array.from({ length: 10 }, () => drawable(state, 2));
  for (const one of many) scheduler.add(one, forever);
  frame();
  assert.equal(many.filter(({ drawn }) => drawn === 1).length, 5);
  for (const one of many) one.due = 0;
  for (let i = 0; i < 3; i++) frame();
  assert.ok(many.every(({ drawn }) => drawn >= 1 && drawn <= 2));
});

test("schedule: the page is changed when all of a frame have been drawn, and not by the others", () => {
  const { state, scheduler, frame } = browser();
  const order: string[] = [];
  for (const name of ["a", "b", "idle"]) {
    const one = drawable(state);
    if (name === "idle") one.due = Number.POSITIVE_INFINITY;
    const draw = () => {
      order.push(`draw ${name}`);
      one.draw(0);
    };
    scheduler.add(
      { dueAt: () => one.dueAt(0), draw, tell: () => order.push(`tell ${name}`) },
      forever,
    );
  }
  frame();
  assert.deepEqual(order, ["draw a", "draw b", "tell a", "tell b"]);
});

test("schedule: who has left is not drawn again", () => {
  const { state, scheduler, frame } = browser();
  const off = new AbortController();
  const one = drawable(state);
  scheduler.add(one, off.signal);
  off.abort();
  frame();
  assert.equal(one.drawn, 0);
});

test("schedule: a chart that fails is reported, and the others are drawn", (t) => {
  const reported: unknown[] = [];
  const global = globalThis as { reportError?: (error: unknown) => void };
  const before = global.reportError;
  global.reportError = (error) => reported.push(error);
  t.after(() => {
    if (before) global.reportError = before;
    else delete global.reportError;
  });
  const { state, scheduler, frame } = browser();
  const [bad, good] = [drawable(state), drawable(state)];
  bad.draw = () => {
    bad.due = Number.POSITIVE_INFINITY;
    throw new Error("out of ink");
  };
  scheduler.add(bad, forever);
  scheduler.add(good, forever);
  frame();
  assert.equal(good.drawn, 1);
  assert.equal(reported.length, 1);
});
