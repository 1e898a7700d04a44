import assert from "node:assert/strict";
import { test } from "node:test";
import { Revisions } from "./revisions.ts";

function since(revisions: Revisions, count: number): [number, number][] {
  const told: [number, number][] = [];
  revisions.since(count, (from, until) => told.push([from, until]));
  return told;
}

test("revisions: each reader is told what is new to them", () => {
  const revisions = new Revisions();
  revisions.add(1, 2);
  const seen = revisions.count;
  revisions.add(5, 7);
  revisions.add(3, 3);
  assert.deepEqual(since(revisions, 0), [
    [1, 2],
    [5, 7],
    [3, 3],
  ]);
  assert.deepEqual(since(revisions, seen), [
    [5, 7],
    [3, 3],
  ]);
  assert.deepEqual(since(revisions, revisions.count), []);
});

test("revisions: of very many none is forgotten, and the list does not grow", () => {
  const revisions = new Revisions();
  for (let i = 0; i < 10_000; i++) revisions.add(i * 10, i * 10 + 5);
  for (const seen of [0, 5000, 9900]) {
    const told = since(revisions, seen);
    assert.ok(told.length <= 256);
    for (let i = seen; i < 10_000; i++) {
      assert.ok(
        told.some(([from, until]) => from <= i * 10 && i * 10 + 5 <= until),
        `${i}`,
      );
    }
  }
});
