import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

/** Turns on a clock and an event loop that the test moves. */
function staged() {
  let now = 0;
  const callbacks: (() => void)[] = [];
  const turns = new Turns({
    clock: () => now,
    nextTurn: (callback) => callbacks.push(callback),
  });
  return {
    turns,
    pass: (ms: number) => {
      now += ms;
    },
    turn: async () => {
      for (const callback of callbacks.splice(0)) callback();
      await Promise.resolve();
    },
  };
}

test("turns: a turn is over after a few milliseconds, and the next begins anew", async () => {
  const { turns, pass, turn } = staged();
  assert.equal(turns.taken, false);
  pass(3);
  assert.equal(turns.over, false);
  pass(1);
  assert.equal(turns.over, true);
  assert.equal(turns.taken, true);
  await turn();
  assert.equal(turns.taken, false);
});

test("turns: those who wait come one after the other, each in a turn of its own", async () => {
  const { turns, pass, turn } = staged();
  const heard: string[] = [];
  const read = async (name: string) => {
    for (let times = 0; times < 2; times++) {
      await turns.next();
      heard.push(name);
      pass(4);
    }
  };
  void read("a");
  void read("b");
  assert.equal(turns.taken, true);
  for (let i = 0; i < 5; i++) {
    await turn();
    heard.push("-");
  }
  assert.deepEqual(heard, ["a", "-", "b", "-", "a", "-", "b", "-", "-"]);
  assert.equal(turns.taken, false);
});

test("turns: who comes while others wait is not before them", async () => {
  const { turns, turn } = staged();
  let resumed = false;
  void turns.next().then(() => {
    resumed = true;
  });
  void turns.next();
  await turn();
  assert.equal(resumed, true);
  assert.equal(turns.taken, true);
});
