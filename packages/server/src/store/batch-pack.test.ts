import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch } from "../log/log.ts";
import { BatchPack, batchesIn, packOf } from "./batch-pack.ts";

function batch(offset: number, length: number): Batch {
  return {
    ...{ offset, at: 100 + offset, ids: new Uint32Array(length).fill(offset) },
    times: Float64Array.from({ length }, (_, i) => 1000 * offset + i),
    values: new Float64Array(length).fill(offset / 2),
  };
}

test("batch pack: what is added comes out as it was", () => {
  const pack = new BatchPack(10);
  const batches = [batch(7, 3), batch(8, 1), batch(11, 6)];
  for (const each of batches) assert.equal(pack.add(each), true);
  assert.equal(pack.length, 10);
  assert.deepEqual([...batchesIn(pack.take())], batches);
  assert.deepEqual([...batchesIn(packOf(batch(3, 5)).take())], [batch(3, 5)]);
});

test("batch pack: what has no room in it is not taken, not even in part", () => {
  const pack = new BatchPack(10);
  assert.equal(pack.add(batch(1, 8)), true);
  assert.equal(pack.add(batch(2, 3)), false);
  assert.equal(pack.add(batch(3, 2)), true);
  assert.deepEqual([...batchesIn(pack.take())], [batch(1, 8), batch(3, 2)]);
});
