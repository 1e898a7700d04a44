import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import type { Points } from "./points.ts";

function comesBack(points: Points) {
  const found = decodeChunk(encodeChunk(points).data);
  // Tells -0 from 0, and takes NaN for NaN.
  assert.deepEqual(found.times, points.times);
  assert.deepEqual(found.values, points.values);
}

function pointsOf(samples: readonly (readonly [time: number, value: number])[]): Points {
  return {
    times: Float64Array.from(samples, ([time]) => time),
    values: Float64Array.from(samples, ([, value]) => value),
  };
}

/** A second apart, with something added to each time. */
function everySecond(valueAt: (i: number) => number, jitterAt = (_: number) => 0): Points {
  return pointsOf(
    Array.from({ length: 1024 }, (_, i) => [
      1_764_000_000_000 + 1000 * i + jitterAt(i),
      valueAt(i),
    ]),
  );
}

/** Steps as if by chance, but always the same: -most to most. */
function stepsOf(most: number): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((seed / 2 ** 32 - 0.5) * 2 * most);
  };
}

/** A walk by such steps, divided by a scale. */
function walkOf(most: number, scale: number): () => number {
  const step = stepsOf(most);
  let level = 0;
  return () => {
    level += step();
    return level / scale;
  };
}

function bytesPerSample(points: Points): number {
  comesBack(points);
  return encodeChunk(points).data.length / points.times.length;
}

/** Milliseconds, microseconds, any; from one to the next, or wherever. */
const anyTimes = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 1.7e12, max: 1.8e12 }),
  fc.integer({ min: 1.7e15, max: 1.8e15 }).map((us) => us / 1000),
  fc.integer({ min: 1_764_000_000_000, max: 1_764_000_000_999 }),
);
const anyValues = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, 5e-324, 2 ** 53, 2 ** 53 - 1, 2 ** 53 + 2),
  fc.integer(),
  fc.integer().map((q) => q / 100),
);

test("chunk codec: any times and values come back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyTimes, anyValues), { minLength: 1 }), (samples) =>
      comesBack(pointsOf(samples)),
    ),
  );
});

test("chunk codec: times of one kind with values of one kind come back", () => {
  const oneKind = (times: fc.Arbitrary<number>, values: fc.Arbitrary<number>) =>
    fc.assert(
      fc.property(fc.array(fc.tuple(times, values), { minLength: 1, maxLength: 300 }), (samples) =>
        comesBack(pointsOf(samples)),
      ),
      { numRuns: 30 },
    );
  for (const times of [fc.integer({ min: 1.7e12, max: 1.8e12 }), fc.double({ noNaN: true })]) {
    oneKind(times, fc.integer());
    oneKind(times, fc.double());
    oneKind(
      times,
      fc.integer({ min: -1e6, max: 1e6 }).map((q) => q / 100),
    );
  }
});

test("chunk codec: walks, counters and constants come back at any times", () => {
  const walk = walkOf(20, 100);
  const jitter = stepsOf(30);
  comesBack(everySecond(walk));
  comesBack(
    everySecond(
      (i) => (i * 37) % 9_000,
      (i) => jitter() / 10 + i,
    ),
  );
  comesBack(
    everySecond(
      () => 21.5,
      (i) => -1000 * i,
    ),
  );
  comesBack(
    everySecond(
      () => Number.NaN,
      (i) => -2000 * i + jitter() / 1000,
    ),
  );
  comesBack(
    everySecond(
      (i) => 2 ** 53 - i,
      () => Math.PI,
    ),
  );
});

test("chunk codec: one sample and the most samples come back", () => {
  comesBack(pointsOf([[1_764_000_000_000, 21.5]]));
  comesBack(pointsOf([[0.1, Number.NaN]]));
  const n = 65_536;
  const times = Float64Array.from({ length: n }, (_, i) => 1.7e12 + i / 8);
  comesBack({ times, values: times.map((time) => Math.sin(time)) });
  comesBack({ times, values: new Float64Array(n) });
});

test("chunk codec: no sample, too many, and columns of unequal length are refused", () => {
  const refuses = (times: number, values: number) =>
    assert.throws(
      () => encodeChunk({ times: new Float64Array(times), values: new Float64Array(values) }),
      /BUG: a chunk of/,
    );
  refuses(0, 0);
  refuses(65_537, 65_537);
  refuses(3, 2);
});

test("chunk codec: tells the decimals of the values", () => {
  assert.equal(encodeChunk(everySecond((i) => i / 100)).decimals, 2);
  assert.equal(encodeChunk(everySecond((i) => i / 3)).decimals, -1);
  assert.equal(encodeChunk(everySecond(() => Number.NaN)).decimals, 0);
});

test("chunk codec: what is regular is small", () => {
  const walk = walkOf(10, 100);
  const jitter = stepsOf(6);
  assert.ok(bytesPerSample(everySecond(() => 21.5)) < 0.03);
  assert.ok(bytesPerSample(everySecond((i) => 1e9 + 1024 * i)) < 0.04);
  assert.ok(bytesPerSample(everySecond(walk)) < 0.64);
  assert.ok(bytesPerSample(everySecond(() => 21.5, jitter)) < 0.56);
  assert.ok(bytesPerSample(everySecond((i) => Math.sin(i * i))) < 7.2);
});

test("chunk codec: the bytes are these", () => {
  const hex = (points: Points) => Buffer.from(encodeChunk(points).data).toString("hex");
  const start = 1_764_000_000_000;
  const decimals = pointsOf([
    [start, 20.5],
    [start + 1000, 20.6],
    [start + 2000, Number.NaN],
    [start + 3003, -0],
  ]);
  assert.equal(
    hex(decimals),
    "010300005200f44b5bcd41652001a45f7812008020100200100420cd413df9009a1fe89c00a552b313",
  );
  const doubles = pointsOf([
    [start + 0.125, 0.1 + 0.2],
    [start + 0.25, 1 / 3],
  ]);
  assert.equal(
    hex(doubles),
    "0101000ce63e20b1a02c221f7d009000c4033e3333d3ff4444440090004433333353555555059ea682d1",
  );
});

test("chunk codec: any flipped bit is noticed", () => {
  const { data } = encodeChunk(everySecond((i) => (i % 7) / 10));
  for (let bit = 0; bit < data.length * 8; bit++) {
    const flipped = Uint8Array.from(data);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => decodeChunk(flipped), /^Error: expected a chunk, found/);
  }
});

test("chunk codec: bytes that are missing or left over are noticed", () => {
  const { data } = encodeChunk(everySecond((i) => (i % 7) / 10));
  const withBody = (body: Uint8Array) => {
    const blob = new Uint8Array(body.length + 4);
    blob.set(body);
    new DataView(blob.buffer).setUint32(body.length, crc32(body), true);
    return blob;
  };
  const body = data.subarray(0, -4);
  assert.deepEqual(withBody(body), data);
  assert.throws(() => decodeChunk(withBody(body.subarray(0, -1))), /found only a part of one/);
  assert.throws(() => decodeChunk(withBody(Uint8Array.of(...body, 0))), /found more than one/);
});

test("chunk codec: damage with a correct checksum is an error or as many samples as said", () => {
  const blobs = [
    encodeChunk(everySecond((i) => (i % 7 ? i / 10 : Number.NaN))).data,
    encodeChunk(everySecond((i) => (i % 7 ? Math.sin(i) : -0))).data,
    encodeChunk(everySecond((i) => (i % 7 ? i : -0))).data,
  ];
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...blobs),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (blob, changes, part) => {
        const end = Math.max(4, Math.floor((blob.length - 4) * part));
        const forged = blob.slice(0, end + 4);
        // Most of it in the first bytes, where counts and lengths are.
        for (const [at, byte] of changes) forged[1 + (at % Math.min(40, end - 1))] = byte;
        new DataView(forged.buffer).setUint32(end, crc32(forged.subarray(0, end)), true);
        const said = forged[1]! + forged[2]! * 256 + 1;
        try {
          const { times, values } = decodeChunk(forged);
          assert.deepEqual([times.length, values.length], [said, said]);
        } catch (error) {
          assert.match(String(error), /^Error: expected a chunk, found/);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
