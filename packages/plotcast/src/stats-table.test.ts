import assert from "node:assert/strict";
import { test } from "node:test";
import { formatStats, readStats, type Stats } from "./stats-table.ts";

const at = (text: string) => new Date(text).getTime();

const stats: Stats = {
  series: 1200,
  unsealed: 1024,
  tiers: [
    {
      tier: "samples",
      rows: 3400,
      samples: 3_480_576,
      bytes: 5_220_864,
      from: at("2026-01-31T12:00"),
    },
    { tier: "minutes", rows: 200, samples: 3_000_000, bytes: 300_000, from: -8.64e15 },
    { tier: "hours", rows: 0, samples: 0, bytes: 0, from: null },
  ],
  bytes: 12_300_000,
  oldest: at("2026-01-31T12:34"),
  outside: 1,
  log: { epoch: "k3x9", head: 3099, oldest: 1042 },
};

test("stats table: facts, then a row for each tier, numbers below each other", () => {
  assert.equal(
    formatStats(stats),
    `Series   1,200
Samples  3,481,600, 1,024 of them not in a chunk yet
Oldest   2026-01-31 12:34
File     12.3 MB
Log      offsets 1,042 to 3,099 of k3x9
Dropped  1 sample from before what is kept

Tier      Rows    Samples     Size  Bytes/sample  Since
samples  3,400  3,480,576  5.22 MB          1.50  2026-01-31 12:00
minutes    200  3,000,000   300 KB          0.10  the beginning
hours        0          0  0 bytes             -  the beginning
`,
  );
});

test("stats table: with nothing kept it says so", () => {
  const { oldest, ...rest } = stats;
  for (const empty of [rest, { ...rest, oldest: null }])
    assert.match(formatStats({ ...empty, outside: 0 }), /^Oldest {3}none\nFile/m);
  assert.doesNotMatch(formatStats({ ...rest, outside: 0 }), /Dropped/);
});

test("stats table: is read only from what has all it needs", () => {
  assert.deepEqual(readStats(JSON.stringify(stats)), stats);
  const without = (key: string) => JSON.stringify({ ...stats, [key]: undefined });
  for (const key of ["series", "unsealed", "tiers", "bytes", "outside", "log"])
    assert.equal(readStats(without(key)), undefined, key);
  assert.equal(readStats(JSON.stringify({ ...stats, tiers: [{}] })), undefined);
  assert.equal(readStats("no JSON"), undefined);
});
