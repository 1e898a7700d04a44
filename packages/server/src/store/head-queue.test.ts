import assert from "node:assert/strict";
import { test } from "node:test";
import { behindWithin, HeadQueue } from "./head-queue.ts";
import { Heads } from "./heads.ts";
import { StoredSeries } from "./stored-series.ts";

/** Adds a sample to each series, round by round, and seals what is due; returns how many each round. */
function sealedEach(rounds: number, series: readonly StoredSeries[]) {
  const heads = new Heads();
  const queue = new HeadQueue(heads, () => 0, Number.POSITIVE_INFINITY, 24_000_000);
  for (const { id } of series) heads.open(id, 1024);
  const sealed: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    let count = 0;
    for (const each of series) {
      const { id } = each;
      if (heads.add(id, round, 0, round) === 1) queue.begin(each);
      queue.count(1);
      for (let next = queue.next(false); next; next = queue.next(false)) {
        queue.remove(next);
        heads.clear(next.id);
        count++;
      }
    }
    sealed.push(count);
  }
  return { sealed, heads, queue };
}

test("head queue: of more series than may be full, a few are sealed at any time, and never all", () => {
  const series = Array.from({ length: 100_000 }, (_, i) => new StoredSeries(i + 1, `s${i}`));
  const { sealed, heads, queue } = sealedEach(240, series);
  // Eighty samples of each are 8 million; as many go as come from there on, in ever longer heads.
  assert.equal(sealed.findIndex((count) => count > 0) + 1, 81);
  assert.ok(Math.max(...sealed) < 1500, `${Math.max(...sealed)} in one round`);
  assert.ok(Math.min(...sealed.slice(-80)) > 400, `${Math.min(...sealed.slice(-80))} in one round`);
  assert.ok(heads.total <= 8_000_000 && heads.total > 7_990_000, `${heads.total} in heads`);
  assert.equal(queue.excess, 0);
});

test("head queue: a slow series among fast ones is sealed before the log has to hold more than its share", () => {
  const heads = new Heads();
  const behind = behindWithin(64_000_000);
  assert.equal(behind, 3_200_000);
  const queue = new HeadQueue(heads, () => 0, Number.POSITIVE_INFINITY, behind);
  const slow = new StoredSeries(1, "slow");
  heads.open(1, 1024);
  heads.add(1, 0, 0, 1);
  queue.begin(slow);
  queue.count(1);
  // What comes of others is in chunks at once.
  queue.count(behind - 1);
  assert.equal(queue.next(false), undefined);
  queue.count(1);
  assert.equal(queue.next(false), slow);
  assert.equal(queue.excess, 1);
});
