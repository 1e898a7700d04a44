import assert from "node:assert/strict";
import { test } from "node:test";
import { Damage } from "./damage.ts";

const broken = () => {
  throw new Error("expected a chunk, found none");
};

test("damage: what cannot be read is told once, however often it is tried", () => {
  const damage = new Damage();
  assert.equal(
    damage.read("chunk 1", () => 7),
    7,
  );
  for (const what of ["chunk 1", "chunk 2", "chunk 1"]) {
    assert.equal(damage.read(what, broken), undefined);
  }
  assert.deepEqual(damage.take(), [
    "chunk 1 of the history is damaged and left out: expected a chunk, found none",
    "chunk 2 of the history is damaged and left out: expected a chunk, found none",
  ]);
  damage.read("chunk 2", broken);
  assert.deepEqual(damage.take(), []);
});

test("damage: of a file in ruins only so much is told", () => {
  const damage = new Damage();
  for (let id = 0; id < 1000; id++) damage.read(`chunk ${id}`, broken);
  const told = damage.take();
  assert.equal(told.length, 101);
  assert.match(told.at(-1)!, /^more of the history may be damaged/);
  damage.read("chunk 1000", broken);
  assert.deepEqual(damage.take(), []);
});
