import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultOptions, dividedBytes } from "./config.ts";

function divided(maxDiskBytes: number, dataDir: string | undefined = "/data") {
  return dividedBytes({ maxDiskBytes, dataDir });
}

test("config: the log gets a quarter of the disk, at most 1 GB, and the store the rest", () => {
  assert.deepEqual(divided(2e9), { log: 0.5e9, store: 1.5e9 });
  assert.deepEqual(divided(1e10), { log: 1e9, store: 9e9 });
  assert.deepEqual(divided(10), { log: 2, store: 8 });
});

test("config: in memory both together have at most 256 MB", () => {
  const inMemory = (maxDiskBytes: number) => dividedBytes({ maxDiskBytes, dataDir: undefined });
  assert.deepEqual(inMemory(1e10), { log: 64e6, store: 192e6 });
  assert.deepEqual(inMemory(1e8), { log: 25e6, store: 75e6 });
});

test("config: by default a coarser tier is kept at least as long as a finer one", () => {
  const { samplesMs, minutesMs, hoursMs } = defaultOptions.keep;
  assert.ok(samplesMs <= minutesMs && minutesMs <= hoursMs);
});
