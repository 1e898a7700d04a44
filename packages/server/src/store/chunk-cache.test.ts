import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkCache } from "./chunk-cache.ts";

function pointsOf(length: number) {
  return { times: new Float64Array(length), values: new Float64Array(length) };
}

test("chunk cache: beyond its samples the one goes that was not used for longest", () => {
  const cache = new ChunkCache();
  for (const id of [1, 2, 3]) cache.set(id, pointsOf(270_000));
  assert.equal(cache.get(1), undefined);
  assert.ok(cache.get(2));
  cache.set(4, pointsOf(270_000));
  assert.equal(cache.get(3), undefined);
  assert.ok(cache.get(2) && cache.get(4));
});

test("chunk cache: what was deleted is gone, and leaves its room", () => {
  const cache = new ChunkCache();
  cache.set(1, pointsOf(450_000));
  cache.delete(1);
  cache.delete(1);
  assert.equal(cache.get(1), undefined);
  cache.set(2, pointsOf(450_000));
  assert.ok(cache.get(2));
  cache.clear();
  assert.equal(cache.get(2), undefined);
});
