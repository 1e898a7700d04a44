import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader, BitWriter } from "./bits.ts";
import { decodeColumn, encodeColumn, maxColumnLength } from "./column.ts";

const writer = new BitWriter();
const reader = new BitReader();

function encode(values: Float64Array): { blob: Uint8Array; decimals: number } {
  writer.start();
  const decimals = encodeColumn(writer, values);
  return { blob: writer.finish(1), decimals };
}

function decode(blob: Uint8Array, n: number): Float64Array {
  const found = new Float64Array(n);
  reader.open(blob, 1, "column");
  decodeColumn(reader, found);
  reader.close();
  return found;
}

/** Returns the decimals. */
function comesBack(values: Iterable<number>): number {
  const column = Float64Array.from(values);
  const { blob, decimals } = encode(column);
  const found = decode(blob, column.length);
  for (const [i, value] of column.entries()) {
    if (!Object.is(found[i], value)) assert.fail(`${i} of ${column.length}: ${value}, ${found[i]}`);
  }
  return decimals;
}

/** Decimals, with each of the others now and then. */
function decimalsWith(others: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
  return fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 2 ** 31 }))
    .chain(([decimals, most]) => {
      const value = fc.integer({ min: -most, max: most }).map((q) => q / 10 ** decimals);
      const any = fc.oneof({ weight: 9, arbitrary: value }, others);
      return fc.array(any, { minLength: 1, maxLength: 300 });
    });
}

test("column: any float64 comes back", () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 1 }), (values) => void comesBack(values)),
  );
  comesBack([5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE, -Number.MAX_VALUE]);
  comesBack([Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY]);
});

test("column: decimals come back, with nulls and -0 among them", () => {
  fc.assert(
    fc.property(
      decimalsWith(fc.constantFrom(0, -0, Number.NaN)),
      (values) => void comesBack(values),
    ),
  );
});

test("column: decimals with anything among them come back", () => {
  fc.assert(fc.property(decimalsWith(fc.double()), (values) => void comesBack(values)));
});

test("column: nulls and -0 come back wherever they are", () => {
  comesBack([Number.NaN]);
  comesBack([-0]);
  comesBack([-0, -0, Number.NaN]);
  comesBack([Number.NaN, 1.5, 2.5, Number.NaN, Number.NaN, -0, 0, Number.NaN]);
  comesBack(new Array(1000).fill(Number.NaN));
  comesBack(Array.from({ length: 1000 }, (_, i) => (i % 2 ? i : Number.NaN)));
  comesBack(Array.from({ length: 1000 }, (_, i) => (i % 2 ? Math.sqrt(i) : Number.NaN)));
});

test("column: the largest integers come back", () => {
  for (const big of [2 ** 46, 2 ** 52, 2 ** 53]) {
    comesBack([big - 1, big, big + 1, big + 2]);
    comesBack([-big, 0, big, -big - 1]);
    comesBack([0, big - 1]);
  }
});

test("column: the longest comes back", () => {
  comesBack(new Float64Array(maxColumnLength));
  comesBack(Float64Array.from({ length: maxColumnLength }, (_, i) => Math.sin(i)));
  comesBack(Float64Array.from({ length: maxColumnLength }, (_, i) => (i === 9 ? i : Number.NaN)));
});

test("column: tells how many decimals there are", () => {
  assert.equal(comesBack([3, 4, -5]), 0);
  assert.equal(comesBack([3, 4.5]), 1);
  assert.equal(comesBack([0.1 + 0.2, 3]), -1);
  assert.equal(comesBack([1.123456789, 1]), 9);
  assert.equal(comesBack([0.0625]), 4);
  assert.equal(comesBack([1 / 4096]), -1);
  assert.equal(comesBack([2 ** 53 - 1, 1]), 0);
  assert.equal(comesBack([0.01, 2 ** 53 - 1]), -1);
  assert.equal(comesBack([Number.NaN, Number.NaN]), 0);
  assert.equal(comesBack([Number.NaN, -0, 0.5]), 1);
  assert.equal(comesBack([Number.POSITIVE_INFINITY]), -1);
});

test("column: a value with more decimals counts for those before it", () => {
  // 2^50 + 1/8 is no integer over 1,000 below 2^53, though 0.125 is one.
  assert.equal(comesBack([2 ** 50, 0.5]), -1);
  assert.equal(comesBack([2 ** 49, 0.5]), 1);
});

test("column: one value alone and nulls alone take a few bytes", () => {
  const bytes = (value: number) => encode(new Float64Array(360).fill(value)).blob.length - 5;
  assert.equal(bytes(Number.NaN), 1);
  assert.equal(bytes(0), 3);
  assert.equal(bytes(60), 4);
  assert.equal(bytes(21.5), 4);
});

/** A blob with a correct checksum, but of bits that were never put so. */
function forged(put: (writer: BitWriter) => void): Uint8Array {
  writer.start();
  put(writer);
  return writer.finish(1);
}

test("column: bits that cannot have been written are refused", () => {
  const scale = forged((writer) => writer.put(11 << 2, 6));
  assert.throws(() => decode(scale, 3), /expected a column, found the scale 11/);
  const tooManyNulls = forged((writer) => {
    writer.put(2, 2);
    writer.put(65_535, 16);
  });
  assert.throws(() => decode(tooManyNulls, 3), /expected a column, found 65536 places in 3/);
  const noPlaces = forged((writer) => writer.put(3, 2));
  assert.throws(() => decode(noPlaces, 3), /expected a column, found places of kind 3/);
  const nullNowhere = encode(Float64Array.of(1, 2, 3, 4, Number.NaN)).blob;
  assert.throws(() => decode(nullNowhere, 4), /expected a column, found/);
});
