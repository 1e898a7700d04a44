import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Rates } from "./rates.ts";
import { afterCut, afterSilence, Ring } from "./ring.ts";

const max = 2000;

function counted(...samples: (readonly [time: number, value: number | null])[]) {
  const ring = new Ring(max);
  for (const [time, value] of samples) ring.add(time, value);
  return { ring, rates: new Rates(ring, max) };
}

function rows({ times, values }: Ring): [number, number][] {
  return Array.from(times, (time, i) => [time, values[i]!]);
}

test("rates: a rate is what came since the sample before, per second, at the later one", () => {
  const { rates } = counted([1000, 5], [3000, 9], [3500, 9], [4000, 10]);
  assert.deepEqual(rows(rates.refreshed()), [
    [1000, Number.NaN],
    [3000, 2],
    [3500, 0],
    [4000, 2],
  ]);
});

test("rates: a counter that began anew has grown from zero", () => {
  const { rates } = counted([0, 100], [1000, 110], [2000, 4], [3000, 5]);
  assert.deepEqual([...rates.refreshed().values], [Number.NaN, 10, 4, 1]);
});

test("rates: what an absence hides has no rate, and the line is interrupted there", () => {
  const { rates } = counted([0, 1], [1000, 2], [2000, null], [3000, 9], [4000, 10]);
  assert.deepEqual([...rates.refreshed().values], [Number.NaN, 1, Number.NaN, Number.NaN, 1]);
});

test("rates: nothing is reckoned over a cut, and it stays one", () => {
  const { ring, rates } = counted([0, 1], [1000, 2]);
  ring.cut();
  ring.add(2000, 500);
  ring.add(3000, 501);
  const { values, starts } = rates.refreshed();
  assert.deepEqual([...values], [Number.NaN, 1, Number.NaN, 1]);
  assert.equal(starts[2], afterCut);
});

test("rates: over a silence there is their mean, at its end, joined to nothing before", () => {
  const { ring, rates } = counted();
  for (let i = 0; i <= 20; i++) ring.add(i * 1000, i);
  ring.add(120_000, 70);
  const { values, starts } = rates.refreshed();
  assert.deepEqual([values.at(-1), starts.at(-1)], [0.5, afterSilence]);
});

test("rates: the same ring is told each time, and what came late is put right in it", () => {
  const { ring, rates } = counted([0, 0], [1000, 10], [3000, 40], [4000, 40]);
  const first = rates.refreshed();
  ring.add(2000, 12);
  ring.add(4000, 42);
  ring.add(5000, 43);
  assert.equal(rates.refreshed(), first);
  assert.deepEqual([...first.values], [Number.NaN, 10, 2, 28, 2, 1]);
});

test("rates: between the samples that buckets have kept there is the mean, also over an absence", () => {
  const ring = new Ring(max);
  const rates = new Rates(ring, max);
  const kept: (readonly [time: number, value: number | null])[] = [
    [0, 0],
    [5000, null],
    [9000, 18],
    [10_000, 20],
    [19_000, 38],
    [29_000, null],
    [31_000, 70],
  ];
  for (const [time, value] of kept) ring.add(time, value, 10_000);
  assert.deepEqual(rows(rates.refreshed()), [
    [0, Number.NaN],
    [5000, Number.NaN],
    [9000, 2],
    [10_000, 2],
    [19_000, 2],
    [29_000, Number.NaN],
    [31_000, Number.NaN], // the absence is that of a whole bucket
  ]);
  assert.equal(rates.refreshed().bucketMsAt(15_000), 10_000);
});

test("rates: what was pruned unseen leaves no rate over the hole", () => {
  const { ring, rates } = counted([0, 0], [1000, 1]);
  rates.refreshed();
  for (let i = 2; i < 100; i++) ring.add(i * 1000, i * 2);
  ring.prune(90_000, 2);
  assert.deepEqual(rows(rates.refreshed()).slice(0, 2), [
    [89_000, Number.NaN],
    [90_000, 2],
  ]);
});

test("rates: a rate that is no number any more is absent", () => {
  const { rates } = counted([0, 0], [0.001, 1e308], [0.002, 1.5e308]);
  assert.deepEqual([...rates.refreshed().values], [Number.NaN, Number.NaN, Number.NaN]);
});

type Step = { add: [back: number, value: number | null, bucketed: boolean][]; next: string };
const step: fc.Arbitrary<Step> = fc.record({
  add: fc.array(
    fc.tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 30 })),
      fc.option(fc.integer({ min: 0, max: 50 }), { freq: 6 }),
      fc.boolean(),
    ),
    { maxLength: 30 },
  ),
  next: fc.constantFrom("look", "look", "look", "cut", "prune", "thin", "clear"),
});

test("rates: whatever happens to a counter, its rates are as if they were reckoned anew", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const ring = new Ring(200);
      const rates = new Rates(ring, 200);
      let now = 0;
      for (const { add, next } of steps) {
        for (const [back, value, bucketed] of add) {
          if (back === 0) now += 100;
          ring.add(now - back * 50, value, bucketed ? 400 : 0);
        }
        if (next === "cut") ring.cut();
        if (next === "prune") ring.prune(now - 1500, 2);
        if (next === "thin") ring.prune(now - 4096 * 500, 2);
        if (next === "clear") ring.clear();
        if (next !== "look") continue;
        const anew = rows(new Rates(ring, 200).refreshed());
        assert.ok(rates.refreshed().length <= ring.length + 1);
        const kept = rows(rates.refreshed()).filter(([time]) => time >= ring.times[0]!);
        // What the oldest samples have grown from may have been pruned since it was known.
        const isKnown = ([, value]: [number, number], i: number) => i > 8 || !Number.isNaN(value);
        const known = anew.filter(isKnown);
        assert.deepEqual(
          kept.filter((_, i) => isKnown(anew[i]!, i)),
          known,
        );
        assert.equal(kept.length, anew.length);
      }
    }),
    { numRuns: 300 },
  );
});
