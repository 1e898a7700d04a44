import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { BitWriter } from "./bits.ts";
import { type Buckets, bucketColumnNames } from "./buckets.ts";
import { decodeBuckets, encodeBuckets } from "./rollup-codec.ts";

const minute = 60_000;

function bucketsOf(n: number, columnOf: (name: keyof Buckets) => Iterable<number>): Buckets {
  return Object.fromEntries(
    bucketColumnNames.map((name) => {
      const column = Float64Array.from(columnOf(name));
      assert.equal(column.length, n);
      return [name, column];
    }),
  ) as Buckets;
}

function comesBack(buckets: Buckets) {
  const found = decodeBuckets(encodeBuckets(buckets));
  for (const name of bucketColumnNames) assert.deepEqual(found[name], buckets[name], name);
}

/** Minutes of samples at 1 Hz: a walk by hundredths, 60 in each, `jitterAt` added to their times. */
function minutesOfWalk(n: number, jitterAt = (_: number) => 0): Buckets {
  const rows: Record<keyof Buckets, number>[] = [];
  let value = 10_000;
  let seed = 1;
  for (let at = 0; at < n; at++) {
    const start = 1_764_028_800_000 + at * minute;
    const samples = Array.from({ length: 60 }, (_, second) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      value += Math.round((seed / 2 ** 32 - 0.5) * 20);
      return { value, time: start + 1000 * second + jitterAt(second) };
    });
    const least = samples.reduce((a, b) => (b.value < a.value ? b : a));
    const most = samples.reduce((a, b) => (b.value > a.value ? b : a));
    rows.push({
      starts: start,
      counts: 60,
      sums: samples.reduce((sum, sample) => sum + sample.value, 0) / 100,
      ...{ mins: least.value / 100, minTimes: least.time },
      ...{ maxs: most.value / 100, maxTimes: most.time },
      ...{ firsts: samples[0]!.value / 100, firstTimes: samples[0]!.time },
      ...{ lasts: value / 100, lastTimes: samples[59]!.time },
      drops: Number.NaN,
      absentTimes: Number.NaN,
    });
  }
  return bucketsOf(n, (name) => rows.map((row) => row[name]));
}

test("rollup codec: columns of any float64 come back", () => {
  const n = fc.integer({ min: 1, max: 40 });
  const columns = n.chain((n) =>
    fc.tuple(...bucketColumnNames.map(() => fc.array(fc.double(), { minLength: n, maxLength: n }))),
  );
  fc.assert(
    fc.property(columns, (columns) =>
      comesBack(bucketsOf(columns[0]!.length, (name) => columns[bucketColumnNames.indexOf(name)]!)),
    ),
  );
});

test("rollup codec: times inside of their buckets come back, whole, fractional or missing", () => {
  const offset = fc.oneof(
    fc.integer({ min: 0, max: minute - 1 }),
    fc.integer({ min: 0, max: minute * 1000 - 1 }).map((us) => us / 1000),
    fc.double({ min: 0, max: minute, noNaN: true }),
    fc.constant(Number.NaN),
  );
  const row = fc.array(fc.tuple(fc.nat(1000), offset), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(row, (row) =>
      comesBack(
        bucketsOf(row.length, (name) =>
          row.map(([at, offset]) => minute * (29_400_000 + at) + (name === "starts" ? 0 : offset)),
        ),
      ),
    ),
  );
});

test("rollup codec: a row of minutes comes back", () => {
  comesBack(minutesOfWalk(1));
  comesBack(minutesOfWalk(360));
  comesBack(minutesOfWalk(1_440));
  comesBack(minutesOfWalk(360, (second) => Math.round(Math.sin(second) * 3000) / 1000 + 4));
});

test("rollup codec: what equals the firsts but for the sign of 0 comes back", () => {
  const columnOf = (name: keyof Buckets) => [name === "lasts" || name === "maxTimes" ? -0 : 0, 0];
  comesBack(bucketsOf(2, columnOf));
});

test("rollup codec: a row of minutes takes less than 8 bytes for each", () => {
  assert.ok(encodeBuckets(minutesOfWalk(360)).length < 8 * 360);
});

test("rollup codec: constant and missing columns take a few bytes, not a few for each", () => {
  const constant = bucketsOf(360, (name) =>
    Array.from({ length: 360 }, (_, at) => {
      const start = 1_764_028_800_000 + at * minute;
      if (name === "counts") return 60;
      if (name === "absentTimes" || name === "drops") return Number.NaN;
      if (name === "starts" || name === "firstTimes") return start;
      return name.endsWith("Times") ? start + 59_000 : 21.5;
    }),
  );
  comesBack(constant);
  assert.ok(encodeBuckets(constant).length <= 50);
});

test("rollup codec: one sample for each bucket is written once", () => {
  const single = bucketsOf(360, (name) =>
    Array.from({ length: 360 }, (_, at) => {
      const start = 1_764_028_800_000 + at * minute;
      if (name === "counts") return 1;
      if (name === "absentTimes" || name === "drops") return Number.NaN;
      if (name === "starts") return start;
      return name.endsWith("Times") ? start + ((at * 7_919) % minute) : Math.sin(at * at);
    }),
  );
  comesBack(single);
  assert.ok(encodeBuckets(single).length < 360 * (7.3 + 2.1));
});

test("rollup codec: no bucket and too many are refused", () => {
  assert.throws(() => encodeBuckets(minutesOfWalk(0)), /BUG: a row of 0 buckets/);
  assert.throws(() => encodeBuckets(minutesOfWalk(1_441)), /BUG: a row of 1441 buckets/);
});

test("rollup codec: the bytes are these", () => {
  assert.equal(
    Buffer.from(encodeBuckets(minutesOfWalk(3))).toString("hex"),
    "0102009002703de16a86c0d40140021000830710380b67503f3080bbc04a1038f6a6b05e580099a0" +
      "060287dd0cea8305e0030c8113720675c102d84121a0004a32a82b2200d5134a8c29000010008467" +
      "0e08e0016b2be8eb07063017d84900100aa882be3e6400718007942fb09c",
  );
});

test("rollup codec: more buckets than a row has, and bytes left over, are refused", () => {
  const forged = (n: number, bytes: number) => {
    const writer = new BitWriter();
    writer.start();
    writer.put(n - 1, 11);
    for (let i = 0; i < bytes; i++) writer.put(0x11, 8);
    return writer.finish(1);
  };
  assert.throws(
    () => decodeBuckets(forged(1_441, 9)),
    /expected a row of buckets, found one of 1441/,
  );
  assert.throws(() => decodeBuckets(forged(3, 3)), /expected a row of buckets, found/);
  const { buffer } = encodeBuckets(minutesOfWalk(3));
  const body = new Uint8Array(buffer, 0, buffer.byteLength - 4);
  const longer = new Uint8Array(body.length + 5);
  longer.set(body);
  new DataView(longer.buffer).setUint32(longer.length - 4, crc32(longer.subarray(0, -4)), true);
  assert.throws(() => decodeBuckets(longer), /expected a row of buckets, found more than one/);
});

test("rollup codec: any flipped bit is noticed", () => {
  const data = encodeBuckets(minutesOfWalk(20));
  for (let bit = 0; bit < data.length * 8; bit++) {
    const flipped = Uint8Array.from(data);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => decodeBuckets(flipped), /^Error: expected a row of buckets, found/);
  }
});

test("rollup codec: a row of the same length is read into the same place", () => {
  const rows = [minutesOfWalk(360), minutesOfWalk(7), minutesOfWalk(7)];
  const seen = rows.map((row) => {
    const found = decodeBuckets(encodeBuckets(row));
    assert.deepEqual(found, row);
    return found;
  });
  assert.equal(seen[1], seen[2]);
  assert.notEqual(seen[0], seen[1]);
});
