import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import {
  blockOf,
  recycle,
  type SampleBlock,
  SampleBlockBuilder,
  samplesOf,
} from "./sample-block.ts";

function build(builder: SampleBlockBuilder, samples: readonly Sample[]): SampleBlock {
  for (const { series, time, value } of samples) {
    builder.add(builder.place(series), time, value ?? Number.NaN);
  }
  return builder.take();
}

function samples(series: readonly string[], count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    series: series[i % series.length]!,
    time: i / 8,
    value: i % 7 === 3 ? null : -i,
  }));
}

test("sample block: samples come out as they went in, however many they are", () => {
  for (const count of [0, 1, 16, 17, 512, 513, 8_192, 8_193, 40_000]) {
    const given = samples(["b", "a", "c"], count);
    assert.deepEqual(samplesOf(build(new SampleBlockBuilder(), given)), given);
    assert.deepEqual(samplesOf(blockOf(given)), given);
  }
});

test("sample block: names are there once, in the order in which they first come", () => {
  for (const block of [
    blockOf(samples(["b", "a", "b", "c"], 9)),
    build(new SampleBlockBuilder(), samples(["b", "a", "b", "c"], 9)),
  ]) {
    assert.deepEqual(block.names, ["b", "a", "c"]);
    assert.deepEqual([...block.refs], [0, 1, 0, 2, 0, 1, 0, 2, 0]);
    assert.equal(block.length, 9);
  }
});

test("sample block: what was taken does not change, and the next begins without names", () => {
  const builder = new SampleBlockBuilder();
  const first = samples(["a", "b"], 9_000);
  const block = build(builder, first);
  assert.equal(builder.length, 0);
  assert.deepEqual(build(builder, samples(["c"], 2)).names, ["c"]);
  assert.deepEqual(samplesOf(block), first);
});

test("sample block: columns that were given back are used again, each by one block", () => {
  const given = samples(["a"], 6_000);
  const used = build(new SampleBlockBuilder(), given);
  recycle(used);
  const blocks = [1, 2].map(() => build(new SampleBlockBuilder(), given));
  assert.ok(blocks.some(({ times }) => times.buffer === used.times.buffer));
  assert.notEqual(blocks[0]!.times.buffer, blocks[1]!.times.buffer);
  for (const block of blocks) assert.deepEqual(samplesOf(block), given);
});

test("sample block: columns of any other size are not kept", () => {
  for (const count of [5, 9_000]) {
    const used = build(new SampleBlockBuilder(), samples(["a"], count));
    recycle(used);
    const next = build(new SampleBlockBuilder(), samples(["a"], count));
    assert.notEqual(next.times.buffer, used.times.buffer);
  }
});
