import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsIn, sampleBytes } from "../thread/sample-columns.ts";
import { decodeBatch, encodeBatch } from "./batch-codec.ts";
import { bytesOf, packBatches } from "./batches.ts";
import { maxBatchSamples } from "./columns.ts";

function batch(n: number): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(n * sampleBytes);
  const { ids, times, values } = columnsIn(buffer);
  for (let at = 0; at < n; at++) {
    ids[at] = at;
    times[at] = 1_700_000_000_000 + at;
    values[at] = Math.random();
  }
  return new Uint8Array(buffer);
}

test("batch codec: every bit comes back", () => {
  const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(fc.array(fc.tuple(bits, bits, fc.nat()), { minLength: 1 }), (samples) => {
      const times = new Float64Array(BigUint64Array.from(samples, ([time]) => time).buffer);
      const values = new Float64Array(BigUint64Array.from(samples, ([, value]) => value).buffer);
      const ids = Uint32Array.from(samples, ([, , id]) => id);
      const [bytes] = bytesOf(packBatches([[{ ids, times, values }]]));
      assert.deepEqual(decodeBatch(encodeBatch(bytes!)), Buffer.from(bytes!));
    }),
  );
});

test("batch codec: a full batch comes back", () => {
  const bytes = batch(maxBatchSamples);
  assert.deepEqual(decodeBatch(encodeBatch(bytes)), Buffer.from(bytes));
});

test("batch codec: samples at regular times take less than half of their bytes", () => {
  const n = 4_000;
  const constant = new ArrayBuffer(n * sampleBytes);
  columnsIn(constant).times.set(columnsIn(batch(n).buffer).times);
  assert.ok(encodeBatch(new Uint8Array(constant)).length < (n * sampleBytes) / 2);
});

test("batch codec: any flipped bit is noticed", () => {
  const blob = encodeBatch(batch(20));
  for (let bit = 0; bit < blob.length * 8; bit++) {
    const flipped = Uint8Array.from(blob);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    let found: Uint8Array | undefined;
    try {
      found = decodeBatch(flipped);
    } catch {}
    // Some bits of zstd's frame carry nothing; what must never happen is another number.
    if (found) assert.deepEqual(found, decodeBatch(blob));
  }
});

test("batch codec: what is no batch is refused", () => {
  const blob = encodeBatch(batch(3));
  assert.throws(() => decodeBatch(new Uint8Array(2)), /expected a batch, found 2 bytes/);
  assert.throws(() => decodeBatch(Uint8Array.of(9, ...blob.subarray(1))), /version 1, found 9/);
  assert.throws(() => decodeBatch(Uint8Array.of(1, 4, ...blob.subarray(2))), /4 samples.*found 3/);
  assert.throws(() => decodeBatch(Uint8Array.of(1, 2, ...blob.subarray(2))), /larger than/);
  assert.throws(() => decodeBatch(blob.subarray(0, -3)));
  assert.throws(() => decodeBatch(encodeBatch(batch(maxBatchSamples + 1))), /found 5001/);
});
