import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader, BitWriter } from "./bits.ts";
import { decodeIntegers, encodeIntegers, withinReach } from "./integers.ts";

const writer = new BitWriter();
const reader = new BitReader();

function encode(integers: readonly number[]): Uint8Array {
  writer.start();
  encodeIntegers(writer, Float64Array.from(integers), integers.length);
  return writer.finish(1);
}

function decode(blob: Uint8Array, n: number): number[] {
  const found = new Float64Array(n);
  reader.open(blob, 1, "list");
  decodeIntegers(reader, found, n, 1);
  reader.close();
  return Array.from(found);
}

function comesBack(integers: readonly number[]) {
  assert.deepEqual(decode(encode(integers), integers.length), integers);
}

/** Bits per integer, for 1,024 of them, without the frame of the blob. */
function cost(integerAt: (i: number) => number): number {
  const integers = Array.from({ length: 1024 }, (_, i) => integerAt(i));
  comesBack(integers);
  console.log(((encode(integers).length - 5) * 8) / 1024);
  return ((encode(integers).length - 5) * 8) / 1024;
}

/** 0 to n - 1, as if by chance, but always the same. */
function chance(i: number, n: number): number {
  const bits = Math.imul(i + 1, 0x9e3779b1);
  return Math.floor(((Math.imul(bits ^ (bits >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32) * n);
}

test("integers: all that are within reach of the first come back", () => {
  const reach = 2 ** 46;
  const around = fc
    .tuple(fc.integer({ min: 0, max: 46 }), fc.integer({ min: -reach, max: reach }))
    .map(([bits, distance]) => distance % 2 ** bits);
  const first = fc.integer({ min: -(2 ** 53) + 2 * reach, max: 2 ** 53 - 2 * reach });
  fc.assert(
    fc.property(first, fc.array(around, { maxLength: 300 }), (first, distances) => {
      const integers = [first, ...distances.map((distance) => first + distance)];
      assert.ok(withinReach(Float64Array.from(integers), integers.length));
      comesBack(integers);
    }),
  );
});

test("integers: the farthest apart come back, and those farther are told", () => {
  const reach = 2 ** 46;
  for (const first of [0, 2 ** 53 - reach, -(2 ** 53) + reach]) {
    comesBack([first, first + reach, first - reach, first + reach - 1, first - reach, first]);
  }
  comesBack(Array.from({ length: 500 }, (_, i) => (i % 2 ? reach : -reach)).with(0, 0));
  assert.equal(withinReach(Float64Array.of(0, reach), 2), true);
  assert.equal(withinReach(Float64Array.of(0, reach + 1), 2), false);
  assert.equal(withinReach(Float64Array.of(0, 1, -reach - 1), 3), false);
});

test("integers: a single one, equal ones and regular ones take nearly nothing", () => {
  comesBack([2 ** 53]);
  comesBack([-(2 ** 53)]);
  assert.ok(cost(() => 60) < 0.05);
  assert.ok(cost((i) => 1_764_000_000_000 + 1000 * i) < 0.1);
  assert.ok(cost((i) => 100 - i) < 0.08);
});

test("integers: a common unit costs nothing", () => {
  const plain = cost((i) => chance(i, 60));
  assert.ok(cost((i) => 625 * chance(i, 60) - 7) < plain + 0.2);
});

test("integers: noise around a level or a slope costs its own bits", () => {
  assert.ok(cost((i) => chance(i, 64)) < 6.7);
  assert.ok(cost((i) => 1000 * i + chance(i, 64)) < 6.7);
});

test("integers: a pause or a reset costs only itself", () => {
  const jitter = cost((i) => 1000 * i + chance(i, 16));
  assert.ok(cost((i) => 1000 * i + chance(i, 16) + (i > 500 ? 3_600_000 : 0)) < jitter + 0.3);
  const counter = cost((i) => 1000 * i + chance(i, 900));
  assert.ok(cost((i) => 1000 * (i % 700) + chance(i, 900)) < counter + 0.3);
});

test("integers: smooth curves cost less than their steps", () => {
  // A step takes up to 14 bits, and the change from one to the next up to 7, and a sign.
  assert.ok(cost((i) => Math.round(1e6 * Math.sin(i / 100))) < 9);
});

test("integers: they are divided at last", () => {
  const found = new Float64Array(3);
  reader.open(encode([1, 2, 4]), 1, "list");
  decodeIntegers(reader, found, 3, 10);
  assert.deepEqual(Array.from(found), [0.1, 0.2, 0.4]);
});
