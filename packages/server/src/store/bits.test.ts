import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { BitReader, BitWriter, bitsOf, windowAt } from "./bits.ts";

const writer = new BitWriter();
const reader = new BitReader();

function blobOf(...integers: number[]): Uint8Array {
  writer.start();
  for (const integer of integers) writer.putNumber(integer);
  return writer.finish(1);
}

test("bits: integers of any width come back in their order", () => {
  const sized = fc.integer({ min: 0, max: 53 }).chain((bits) =>
    fc.record({
      bits: fc.constant(bits),
      integer: fc.maxSafeNat().map((integer) => integer % 2 ** bits),
    }),
  );
  fc.assert(
    fc.property(fc.array(sized), (all) => {
      writer.start();
      writer.reserve(8 * all.length + 1);
      writer.put(1, 1);
      for (const { integer, bits } of all) writer.putWide(integer, bits);
      reader.open(writer.finish(1), 1, "list");
      assert.equal(reader.get(1), 1);
      for (const { integer, bits } of all) assert.equal(reader.getWide(bits), integer);
      reader.close();
    }),
  );
});

test("bits: numbers come back with their own lengths", () => {
  const numbers = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 62];
  assert.deepEqual(numbers.map(bitsOf), [0, 1, 31, 32, 32, 33, 53, 54, 63]);
  reader.open(blobOf(...numbers), 1, "list");
  assert.deepEqual(
    numbers.map(() => reader.getNumber()),
    numbers,
  );
  reader.close();
});

test("bits: a window begins at any bit", () => {
  const words = Int32Array.of(0x76543210, -0x01234568, 0);
  assert.equal(windowAt(words, 0), 0x76543210);
  assert.equal(windowAt(words, 4), 0x87654321 | 0);
  assert.equal(windowAt(words, 32), 0xfedcba98 | 0);
});

test("bits: the bytes are these", () => {
  // 3 | 5 << 6 | 0 << 9 | 9 << 15 | 300 << 21, little-endian, and the checksum.
  assert.equal(Buffer.from(blobOf(5, 0, 300)).toString("hex"), "0143818425c1d1ff86");
});

test("bits: room grows, and what was put into too little of it is not handed out", () => {
  writer.start();
  writer.reserve(400_000);
  for (let i = 0; i < 100_000; i++) writer.put(i, 32);
  reader.open(writer.finish(1), 1, "list");
  for (let i = 0; i < 100_000; i++) assert.equal(reader.get(32), i);
  reader.close();

  const careless = new BitWriter();
  careless.start();
  for (let i = 0; i < 20_000; i++) careless.put(i, 32);
  assert.throws(() => careless.finish(1), /BUG: more was put/);
});

test("bits: any flipped bit is noticed", () => {
  const blob = blobOf(1, 22, 333, 4_444);
  for (let bit = 0; bit < blob.length * 8; bit++) {
    const flipped = Uint8Array.from(blob);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => reader.open(flipped, 1, "list"), /expected a list/, `bit ${bit}`);
  }
});

test("bits: what is no blob of this kind is refused", () => {
  const refuses = (blob: Uint8Array, why: RegExp) =>
    assert.throws(() => reader.open(blob, 1, "list"), why);
  refuses(new Uint8Array(0), /expected a list, found 0 bytes/);
  refuses(new Uint8Array(5), /found 5 bytes/);
  refuses(new Uint8Array(2 ** 22 + 1), /found 4194305 bytes/);
  refuses(blobOf(1, 2, 3).subarray(0, -1), /found a damaged one/);
  writer.start();
  writer.putNumber(1);
  refuses(writer.finish(2), /version 2 instead of 1/);
});

test("bits: reading too much or too little is an error", () => {
  reader.open(blobOf(1, 2 ** 20), 1, "list");
  reader.getNumber();
  assert.throws(() => reader.close(), /expected a list, found more than one/);
  reader.getNumber();
  reader.close();
  reader.get(8);
  assert.throws(() => reader.close(), /expected a list, found only a part of one/);
});

test("bits: a blob may lie anywhere in the memory of another", () => {
  const blob = blobOf(7);
  const memory = new Uint8Array(blob.length + 3);
  memory.set(blob, 3);
  assert.equal(
    crc32(blob.subarray(0, -4)),
    new DataView(blob.buffer).getUint32(blob.length - 4, true),
  );
  reader.open(memory.subarray(3), 1, "list");
  assert.equal(reader.getNumber(), 7);
});
