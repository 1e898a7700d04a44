import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "./announcer.ts";

function start() {
  const said: string[] = [];
  const calls: { at: number; call: () => void }[] = [];
  let now = 1000;
  const timing = {
    now: () => now,
    later: (call: () => void, ms: number) => void calls.push({ at: now + ms, call }),
  };
  const announcer = new Announcer((text) => said.push(text), 250, timing);
  const pass = (ms: number) => {
    now += ms;
    for (const due of calls.filter(({ at }) => at <= now)) {
      calls.splice(calls.indexOf(due), 1);
      due.call();
    }
  };
  return { announcer, said, pass };
}

test("announcer: what is alone is said at once", () => {
  const { announcer, said, pass } = start();
  announcer.say("one");
  pass(250);
  announcer.say("two");
  assert.deepEqual(said, ["one", "two"]);
});

test("announcer: of what comes too fast the last is said, in time", () => {
  const { announcer, said, pass } = start();
  for (const text of ["one", "two", "three", "four"]) {
    announcer.say(text);
    pass(60);
  }
  assert.deepEqual(said, ["one"]);
  pass(60);
  assert.deepEqual(said, ["one", "four"]);
});

test("announcer: who is hushed says nothing more of what waits", () => {
  const { announcer, said, pass } = start();
  announcer.say("one");
  announcer.say("two");
  announcer.hush();
  pass(1000);
  assert.deepEqual(said, ["one"]);
});
