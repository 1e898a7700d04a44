import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader, BitWriter } from "./bits.ts";
import { decodeDoubles, encodeDoubles } from "./doubles.ts";

const writer = new BitWriter();
const reader = new BitReader();

function encode(doubles: Float64Array): Uint8Array {
  writer.start();
  encodeDoubles(writer, doubles, doubles.length);
  return writer.finish(1);
}

function decode(blob: Uint8Array, n: number): Float64Array {
  const found = new Float64Array(n);
  reader.open(blob, 1, "list");
  decodeDoubles(reader, found, n);
  reader.close();
  return found;
}

/** Bytes per number, for 1,024 of them. */
function cost(doubleAt: (i: number) => number): number {
  const doubles = Float64Array.from({ length: 1024 }, (_, i) => doubleAt(i));
  const blob = encode(doubles);
  assert.deepEqual(decode(blob, 1024), doubles);
  return blob.length / 1024;
}

test("doubles: every bit comes back", () => {
  const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(fc.array(bits, { minLength: 1 }), (all) => {
      const bits = BigUint64Array.from(all);
      const found = decode(encode(new Float64Array(bits.buffer)), bits.length);
      assert.deepEqual(new BigUint64Array(found.buffer), bits);
    }),
  );
});

test("doubles: what is alike takes less", () => {
  assert.ok(cost((i) => Math.sin(i * i)) < 7.2, "noise around 0");
  assert.ok(cost((i) => 50 + Math.sin(i * i)) < 6.5, "noise around 50");
  assert.ok(cost((i) => Math.sin(i / 50)) < 6.6, "a curve");
  assert.ok(cost((i) => Math.fround(20 + Math.sin(i * i))) < 3, "what once were float32");
  assert.ok(cost((i) => (i % 2 ? 1 : -1)) < 0.3, "signs");
});

test("doubles: more zeros than a word has bits are refused", () => {
  writer.start();
  writer.put(33, 6);
  assert.throws(() => decode(writer.finish(1), 1), /expected a list, found a word with 33 zeros/);
});

test("doubles: numbers that are missing are noticed", () => {
  const blob = encode(Float64Array.of(0.1, 1 / 3, Math.PI));
  assert.throws(() => decode(blob, 4), /expected a list, found only a part of one/);
  assert.throws(() => decode(blob, 65_536), /expected a list, found only a part of one/);
});
