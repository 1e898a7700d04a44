import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget, Weight } from "./budget.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Reads that end when the test says so. */
function start(maxBytes: number) {
  const budget = new Budget(maxBytes);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const read = (name: string) =>
    void budget.read(async () => {
      began.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await settle();
  };
  return { budget, began, read, end };
}

test("budget: a few read at a time, the others in the order in which they asked", async () => {
  const { began, read, end } = start(100);
  for (const name of "abcdef") read(name);
  await settle();
  assert.equal(began.join(""), "abcd");
  await end("c");
  assert.equal(began.join(""), "abcde");
  await end("a");
  assert.equal(began.join(""), "abcdef");
});

test("budget: who comes when it is spent waits until enough was given back", async () => {
  const { budget, began, read, end } = start(100);
  const weight = new Weight(budget);
  weight.add(150);
  read("a");
  read("b");
  await settle();
  assert.deepEqual(began, []);
  weight.add(-40);
  await settle();
  assert.deepEqual(began, []);
  weight.release();
  await settle();
  assert.deepEqual(began, ["a", "b"]);
  assert.equal(budget.bytes, 0);
  await end("a");
});

test("budget: a read that fails makes room", async () => {
  const budget = new Budget(100);
  const failing = Array.from({ length: 9 }, () =>
    budget.read(() => Promise.reject(new Error("x"))),
  );
  const results = await Promise.allSettled(failing);
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(await budget.read(async () => 7), 7);
});
