import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader, BitWriter } from "./bits.ts";
import { fold, maxCodeBytes, readCodes, writeCodes } from "./rice.ts";

const writer = new BitWriter();
const reader = new BitReader();

function encode(integers: readonly number[]): Uint8Array {
  writer.start();
  writer.reserve(integers.length * maxCodeBytes + 8);
  writer.put(0, 1);
  writeCodes(writer, Float64Array.from(integers, fold), 0, integers.length);
  return writer.finish(1);
}

function decode(blob: Uint8Array, n: number): number[] {
  const found = new Float64Array(n);
  reader.open(blob, 1, "list");
  reader.get(1);
  readCodes(reader, found, 0, n);
  reader.close();
  return Array.from(found);
}

function comesBack(integers: readonly number[]) {
  assert.deepEqual(decode(encode(integers), integers.length), integers);
}

test("rice: folding puts the signs in turns", () => {
  assert.deepEqual([0, -1, 1, -2, 2, 2 ** 51 - 1].map(fold), [0, 1, 2, 3, 4, 2 ** 52 - 2]);
});

test("rice: integers of every size come back", () => {
  const sized = fc
    .tuple(fc.integer({ min: 0, max: 51 }), fc.maxSafeInteger())
    .map(([bits, integer]) => (integer % 2 ** bits) + 0);
  fc.assert(fc.property(fc.array(sized, { minLength: 1, maxLength: 400 }), comesBack));
});

test("rice: a far one among small ones and small ones among far ones come back", () => {
  const small = Array.from({ length: 300 }, (_, i) => (i % 7) - 3);
  comesBack(small.with(200, 2 ** 51 - 1));
  comesBack(small.with(0, -(2 ** 51) + 1));
  comesBack(small.map((integer, i) => (i % 3 ? integer : integer * 2 ** 40)));
});

test("rice: a code takes at most what is said", () => {
  for (let bits = 0; bits <= 51; bits++) {
    const integers = Array.from({ length: 256 }, (_, i) => (i % 2 ? 2 ** bits - 1 : 0));
    const blob = encode(integers.with(0, 2 ** 51 - 1));
    assert.ok(blob.length < 256 * maxCodeBytes, `${bits} bits`);
  }
});

test("rice: a block of zeros takes 6 bits", () => {
  assert.equal(encode(new Array(128 * 8).fill(0)).length, 5 + (1 + 6 * 8 + 7) / 8);
});

test("rice: small integers of both signs take little more than their entropy", () => {
  const integers = Array.from({ length: 1024 }, (_, i) => ((i * 197) % 31) - 15);
  assert.ok(encode(integers).length < (1024 * (Math.log2(31) + 0.6)) / 8);
});

test("rice: codes that are missing are noticed", () => {
  assert.throws(() => decode(encode([1, 2, 3]), 90), /found only a part of one/);
  assert.throws(() => decode(encode([1, 2, 3]), 65_536), /found only a part of one/);
});
