import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { afterCut, afterSilence, joined, Ring } from "./ring.ts";

function filled(times: number[], max = 1000): Ring {
  const ring = new Ring(max);
  for (const time of times) ring.add(time, time);
  return ring;
}

const seconds = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => (from + i) * 1000);

test("ring: samples in any order are held ascending, and at one time the later wins", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.double())), (samples) => {
      const ring = new Ring(1000);
      const expected = new Map<number, number>();
      for (const [time, value] of samples) {
        ring.add(time, value);
        expected.set(time, value);
      }
      const sorted = [...expected].sort(([a], [b]) => a - b);
      assert.deepEqual(
        [...ring.times],
        sorted.map(([time]) => time),
      );
      assert.deepEqual(
        [...ring.values],
        sorted.map(([, value]) => value),
      );
    }),
  );
});

test("ring: appending, inserting and pruning in any order loses nothing that is to be kept", () => {
  const step = fc.tuple(fc.constantFrom("add", "prune"), fc.integer({ min: 0, max: 500 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const ring = new Ring(10_000);
      let expected: number[] = [];
      for (const [what, time] of steps) {
        if (what === "add") {
          ring.add(time, time);
          expected = [...new Set([...expected, time])].sort((a, b) => a - b);
        } else {
          ring.prune(time, 0);
          const older = expected.filter((held) => held < time).length;
          expected = expected.slice(Math.max(0, older - 1));
        }
        assert.deepEqual([...ring.times], expected);
        assert.deepEqual([...ring.values], expected);
      }
    }),
  );
});

test("ring: absence is held as NaN, at its time", () => {
  const ring = new Ring(10);
  ring.add(1, 5);
  ring.add(2, null);
  assert.deepEqual([...ring.values], [5, Number.NaN]);
});

test("ring: never holds more than it may, and drops the oldest", () => {
  const ring = filled(seconds(1, 200), 100);
  assert.equal(ring.length, 100);
  assert.equal(ring.times[0], 101_000);
  ring.add(150_500, 1);
  assert.equal(ring.length, 100);
  assert.equal(ring.times[0], 102_000);
});

test("ring: pruning keeps the last sample before the edge, from which the line enters", () => {
  const ring = filled(seconds(1, 10));
  ring.prune(5500, 0);
  assert.deepEqual([...ring.times], seconds(5, 10));
});

test("ring: pruning by time keeps the number of samples asked for", () => {
  const ring = filled(seconds(1, 10));
  ring.prune(100_000, 4);
  assert.deepEqual([...ring.times], seconds(6, 10));
});

test("ring: a silence of more than three usual intervals is not bridged", () => {
  const ring = filled([...seconds(1, 20), 23_000, 27_000]);
  assert.equal(ring.starts[20], joined);
  assert.equal(ring.starts[21], afterSilence);
});

test("ring: a silence among the very first samples is found as soon as the cadence is known", () => {
  const ring = filled([0, 60_000, 61_000, 62_000, 63_000]);
  assert.equal(ring.starts[1], joined);
  ring.add(64_000, 1);
  assert.equal(ring.starts[1], afterSilence);
});

test("ring: silences shorter than a second are jitter, however fast the series", () => {
  const ring = filled([...seconds(0, 50).map((time) => time / 100), 1400, 2500]);
  assert.equal(ring.starts.at(-2), joined);
  assert.equal(ring.starts.at(-1), afterSilence);
});

test("ring: a late sample in a silence is joined to its neighbour, and the rest stays open", () => {
  const ring = filled([...seconds(1, 20), 30_000]);
  ring.add(21_000, 1);
  assert.deepEqual([...ring.starts.subarray(-2)], [joined, afterSilence]);
  for (const time of seconds(22, 29)) ring.add(time, 1);
  assert.deepEqual(new Set(ring.starts), new Set([joined]));
});

test("ring: after a cut the next newer sample starts anew, also without a silence", () => {
  const ring = filled(seconds(1, 10));
  ring.cut();
  ring.add(5500, 1); // late: it belongs to what was held
  ring.add(11_000, 1);
  ring.add(12_000, 1);
  assert.deepEqual([...ring.starts.subarray(-3)], [joined, afterCut, joined]);
});

/** First, least, greatest and last of each of some buckets of a series with a sample a second. */
function bucketed(buckets: number[], bucketMs: number): Ring {
  const ring = new Ring(1000);
  for (const bucket of buckets) {
    const [start, end] = [bucket * bucketMs, (bucket + 1) * bucketMs - 1000];
    for (const time of [start, start + 7000, end - 9000, end]) ring.add(time, 1, bucketMs);
  }
  return ring;
}

test("ring: what buckets have kept is joined, and interrupted where a whole bucket is missing", () => {
  const ring = bucketed([0, 1, 2, 3, 5, 6], 43_200_000);
  assert.deepEqual([...ring.starts], [...Array(16).fill(0), afterSilence, ...Array(7).fill(0)]);
});

test("ring: the cadence is that of the samples behind the buckets, so live goes on with it", () => {
  const ring = bucketed([0, 1, 2, 3, 4, 5, 6, 7], 60_000);
  assert.equal(ring.cadence.medianMs, 1000);
  ring.add(480_000, 1);
  ring.add(484_000, 1);
  assert.deepEqual([...ring.starts.subarray(-2)], [joined, afterSilence]);
});

test("ring: live is joined to the bucket before it, however long ago its last sample was", () => {
  const ring = bucketed([0, 1, 2, 3, 4, 5, 6, 7], 60_000);
  ring.add(8 * 60_000 + 30_000, 1);
  assert.equal(ring.starts.at(-1), joined);
});

test("ring: a series with fewer samples than buckets has gaps by its own cadence", () => {
  const ring = new Ring(1000);
  for (const hour of [0, 1, 2, 3, 4, 5, 6, 10]) ring.add(hour * 3_600_000, 1, 60_000);
  assert.deepEqual([...ring.starts], [0, 0, 0, 0, 0, 0, 0, afterSilence]);
});

test("ring: how coarse it is, is known of each stretch, until that is dropped", () => {
  const ring = bucketed([0, 1, 2], 60_000);
  for (const time of seconds(181, 190)) ring.add(time, 1);
  ring.add(200_000, 1, 10_000);
  ring.add(209_000, 1, 10_000);
  const widths = () => [0, 100_000, 179_000, 185_000, 205_000].map((at) => ring.bucketMsAt(at));
  assert.deepEqual(widths(), [60_000, 60_000, 60_000, 0, 10_000]);
  ring.prune(186_000, 0);
  assert.deepEqual(widths(), [0, 0, 0, 0, 10_000]);
});

test("ring: a million samples and more are held as they came", () => {
  const ring = new Ring(2 ** 21);
  for (let i = 0; i < 2 ** 20; i++) ring.add(i, 1);
  ring.prune(0, 2);
  assert.equal(ring.length, 2 ** 20);
  assert.equal(ring.isExact(0, 2 ** 20), true);
});

test("ring: full, it takes a late sample in the place of the oldest, and none that is older still", () => {
  const ring = filled(seconds(1, 250), 100);
  for (let i = 1; i < 60; i++) ring.add(160_000 + i, 1);
  assert.equal(ring.length, 100);
  const held = [...ring.times];
  ring.add(5, 1);
  assert.deepEqual([...ring.times], held);
});

test("ring: arrays that a burst has made long are given back", () => {
  const ring = new Ring(100_000);
  for (let i = 0; i < 50_000; i++) ring.add(i, 1);
  const long = ring.times.buffer.byteLength;
  for (let i = 50_000; i < 400_000; i++) {
    ring.add(i, 1);
    ring.prune(i - 100, 2);
  }
  assert.ok(ring.times.buffer.byteLength < long / 50, `${ring.times.buffer.byteLength}`);
  assert.equal(ring.times[0], 399_898);
});

function revised(ring: Ring, change: () => void): [number, number][] {
  const told: [number, number][] = [];
  const { count } = ring.revisions;
  change();
  ring.revisions.since(count, (from, until) => told.push([from, until]));
  return told;
}

test("ring: late and replaced samples are told as revisions, new and repeated ones are not", () => {
  const ring = filled(seconds(1, 10));
  assert.deepEqual(
    revised(ring, () => ring.add(11_000, 1)),
    [],
  );
  assert.deepEqual(
    revised(ring, () => ring.add(10_000, 10_000)),
    [],
  );
  assert.deepEqual(
    revised(ring, () => ring.add(10_000, 7)),
    [[10_000, 10_000]],
  );
  // The one after it may be joined now.
  assert.deepEqual(
    revised(ring, () => ring.add(3500, 7)),
    [[3500, 4000]],
  );
});

test("ring: the first silences, which are found late, are a revision", () => {
  const ring = filled([0, 60_000, 61_000, 62_000, 63_000]);
  assert.deepEqual(
    revised(ring, () => ring.add(64_000, 1)),
    [[0, 64_000]],
  );
});

test("ring: a new epoch begins when samples go that are not the oldest", () => {
  const ring = new Ring(1000);
  for (let i = 0; i < 900; i++) ring.add(i, 1);
  const { epoch } = ring;
  ring.prune(100, 2);
  assert.ok(ring.length > 500 && ring.epoch === epoch);
  ring.prune(-1e6, 2); // thins
  assert.ok(ring.length < 500 && ring.epoch > epoch);
  const { epoch: thinned } = ring;
  ring.clear();
  assert.ok(ring.epoch > thinned);
});

test("ring: what stands for buckets is known to do so, also after very many outages", () => {
  const ring = new Ring(10_000);
  for (let i = 0; i < 200; i++) {
    ring.add(i * 10_000, 1);
    ring.add(i * 10_000 + 1000, 1, 1000 + i);
    ring.add(i * 10_000 + 2000, 1, 1000 + i);
  }
  for (let i = 0; i < 200; i++) {
    assert.ok(ring.bucketMsAt(i * 10_000 + 1500) >= 1000 + i);
    assert.equal(ring.isExact(i * 10_000 + 1000, i * 10_000 + 1100), false);
  }
  assert.equal(ring.isExact(1_990_000, 1_990_000), true);
  assert.equal(ring.isExact(0, 0), true);
});
