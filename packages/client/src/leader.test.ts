import assert from "node:assert/strict";
import { test } from "node:test";
import { type Announcement, Leader } from "./leader.ts";
import type { Plan, Wish } from "./plan.ts";
import type { Told } from "./told.ts";

/** A leader whose connection tells what the test says. */
function start() {
  const asked: Plan[] = [];
  const announced: Announcement[] = [];
  const began: (string | undefined)[] = [];
  const waiting: Told[] = [];
  let wake = () => {};
  const leader = new Leader({
    connect: (plan, position) => {
      asked.push(plan);
      began.push(position);
      return {
        get asked() {
          return asked.at(-1)!;
        },
        ask: (other) => asked.push(other),
        wake: () => {},
        async *told(signal) {
          while (!signal.aborted) {
            const next = waiting.shift();
            if (next) {
              yield next;
              continue;
            }
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
      };
    },
    announce: (told) => announced.push(told),
    environment: { after: () => () => {} },
  });
  const tell = async (...told: Told[]) => {
    waiting.push(...told);
    wake();
    await new Promise(setImmediate);
  };
  return { leader, asked, announced, began, tell };
}

function wish(key: string, more: Partial<Wish> = {}): Wish {
  const rest = { span: "9s", spanMs: 9000, px: undefined, joined: false };
  return { key, series: [key], ...rest, ...more };
}

function wants(tab: string, wishes: readonly Wish[], position?: string) {
  return { tab, position, rate: 30, wishes };
}

const whole: Told = { type: "open", recovery: "whole" };
const history = { type: "history", from: 0, to: 9, bucketMs: 0, columns: new Map() } as const;

test("leader: it begins where the one has been that is the furthest back, of those who go on", async () => {
  const { leader, began } = start();
  leader.hear(wants("new", [wish("a")], "e-1"));
  leader.hear(wants("far", [wish("b", { joined: true })], "e-20"));
  leader.hear(wants("near", [wish("c", { joined: true })], "e-10"));
  leader.start();
  assert.deepEqual(began, ["e-10"]);
  leader.close();
});

test("leader: nothing is asked for while history is on its way", async () => {
  const { leader, asked, tell } = start();
  leader.hear(wants("x", [wish("a")]));
  leader.start();
  await tell(whole, { ...history, done: false });
  leader.hear(wants("y", [wish("b")]));
  assert.equal(asked.length, 1);
  await tell({ ...history, done: true, position: "e-1" });
  assert.deepEqual(asked[1]!.history, ["b"]);
  leader.close();
});

test("leader: what a page says of itself too late does not count", async () => {
  const { leader, asked, tell } = start();
  leader.hear(wants("x", [wish("a", { joined: true })], "e-1"));
  leader.start();
  // All begins anew, and the page has not heard of it when it says once more what it wants.
  await tell(whole);
  leader.hear(wants("x", [wish("a", { joined: true })], "e-1"));
  await tell({ type: "status", status: { state: "waiting", reason: "cut", retryAt: 0 } });
  assert.deepEqual(asked.at(-1)!.history, ["a"]);
  assert.ok(asked.at(-1)!.takers.has("a"));
  leader.close();
});
