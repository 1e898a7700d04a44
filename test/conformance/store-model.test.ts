import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import type { Batch } from "../../packages/server/src/log/log.ts";
import { openMemoryLog } from "../../packages/server/src/log/memory-log.ts";
import type { Retaining } from "../../packages/server/src/log/retaining.ts";
import { blockOf } from "../../packages/server/src/log/sample-block.ts";
import { bucketColumnNames } from "../../packages/server/src/store/buckets.ts";
import { checkHistory } from "../../packages/server/src/store/check-history.ts";
import { Engine } from "../../packages/server/src/store/engine.ts";
import { FakeStore } from "../../packages/server/src/store/fake-store.ts";
import type { SeriesHistory } from "../../packages/server/src/store/store.ts";
import { seededRandom } from "../random.ts";

/* The store compared with one that keeps every sample in a map: see fake-store.ts. */

const root = mkdtempSync(join(tmpdir(), "plotcast-store-"));
after(() => rmSync(root, { recursive: true, force: true }));
const forever = { samplesMs: 1e15, minutesMs: 1e15, hoursMs: 1e15 };
const day = 86_400_000;
const noon = Date.UTC(2026, 0, 31, 12);

let folders = 0;

/** An engine that follows a log, with the store it is compared with beside it. */
class Pair {
  readonly log: Retaining = openMemoryLog({ keepMs: 1e15, maxBytes: 1e9 });
  readonly fake = new FakeStore(this.log);
  readonly dir = join(root, String(++folders));
  engine: Engine;
  now = 0;
  #named = 0;

  constructor(t: TestContext) {
    this.engine = this.#open();
    this.log.follow((batch) => this.#take(batch, false), t.signal);
    t.after(() => {
      this.engine.close();
      return this.log.close();
    });
  }

  /** As after a crash: what is in no chunk is read from the log again. */
  async reopen(): Promise<void> {
    this.engine.close();
    this.engine = this.#open();
    for await (const batch of this.log.read(this.engine.applied, this.log.head)) {
      this.#take(batch, true);
    }
  }

  async same(ids: readonly number[], range: { from: number; to: number; px: number }) {
    for (const as of ["values", "rates"] as const) {
      const { series } = await this.fake.history({ ids, ...range, as });
      this.engine.settle(ids.map((id) => this.engine.series.get(id)!));
      for (const id of ids) {
        const found = this.engine.reader.history(this.engine.series.get(id)!, { ...range, as });
        assertSame(found, series.get(id), `${as} of ${id} in ${JSON.stringify(range)}`);
      }
    }
  }

  #open(): Engine {
    mkdirSync(this.dir, { recursive: true });
    const clock = () => this.now;
    const engine = new Engine({ dir: this.dir, keep: forever, maxBytes: 1e9, clock });
    engine.begin(this.log.epoch, this.log.head);
    const { size } = this.log.series;
    engine.name(1, this.#names(0, size));
    this.#named = size;
    return engine;
  }

  #take(batch: Batch, replay: boolean): void {
    const { size } = this.log.series;
    this.engine.name(this.#named + 1, this.#names(this.#named, size));
    this.#named = size;
    this.engine.apply(batch, replay);
  }

  #names(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, i) => this.log.series.series(from + i + 1));
  }
}

test("store: whatever comes, in whatever order, it answers as one that keeps every sample", async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const random = seededRandom(seed);
    const pair = new Pair(t);
    const clocks = [noon, noon, noon];
    for (let step = 0; step < 60; step++) {
      await pair.log.append(blockOf(someSamples(random, clocks)));
      const act = random();
      if (act < 0.25) pair.engine.sealDue(random() * 3, true);
      else if (act < 0.35) await pair.reopen();
      else if (act < 0.6) {
        const from = noon - day + random() * 2 * day;
        const to = from + 10 ** (random() * 7 + 1);
        const ids = [1, 2, 3].slice(0, pair.log.series.size);
        await pair.same(ids, { from, to, px: Math.ceil(10 ** (random() * 3)) });
      }
    }
    while (pair.engine.sealDue(1000, true));
    assert.deepEqual((await checkHistory(pair.dir)).problems, []);
    const ids = [1, 2, 3].slice(0, pair.log.series.size);
    for (const span of [1e3, 1e5, 1e6, 1e7, 1e8, 1e9]) {
      await pair.same(ids, { from: noon - span / 2, to: noon + span, px: 100 });
    }
  }
});

/** In order mostly; some late, some twice, some absent; long runs that fill chunks, and single ones. */
function someSamples(random: () => number, clocks: number[]): Sample[] {
  const which = Math.floor(random() * clocks.length);
  const length = random() < 0.5 ? Math.ceil(random() * 5) : Math.ceil(random() * 1500);
  const step = [0.001, 10, 1000, 20_000][Math.floor(random() * 4)]!;
  const late = random() < 0.2;
  let time = late ? noon - random() * day * 0.5 : clocks[which]!;
  const samples = Array.from({ length }, () => {
    if (random() > 0.02) time += step * (random() < 0.9 ? 1 : random() * 3);
    else time -= step * Math.floor(random() * 20);
    return { series: `s${which}`, time, value: someValue(random, which) };
  });
  if (!late) clocks[which] = time;
  return samples;
}

function someValue(random: () => number, which: number): number | null {
  if (random() < 0.01) return null;
  if (which === 0) return Math.round(random() * 1000) / 100;
  return which === 1 ? random() : Math.floor(random() * 1e6);
}

function assertSame(
  found: SeriesHistory | undefined,
  wanted: SeriesHistory | undefined,
  what: string,
): void {
  assert.equal(found?.kind, wanted?.kind, what);
  if (!found || !wanted) return;
  if (found.kind === "samples" && wanted.kind === "samples") {
    assert.deepEqual([...found.times], [...wanted.times], what);
    assert.deepEqual([...found.values], [...wanted.values], what);
    return;
  }
  if (found.kind === "rates" && wanted.kind === "rates") {
    assert.equal(found.bucketMs, wanted.bucketMs, what);
    assert.deepEqual([...found.times], [...wanted.times], what);
    assertNear(found.values, wanted.values, what);
    return;
  }
  assert.ok(found.kind === "buckets" && wanted.kind === "buckets");
  assert.equal(found.bucketMs, wanted.bucketMs, what);
  for (const name of bucketColumnNames) {
    const a: Float64Array = found.buckets[name];
    const b: Float64Array = wanted.buckets[name];
    // Where there are many they need not be told: it depends on how the bucket was put together.
    if (name === "drops") continue;
    if (name === "sums") assertNear(a, b, `sums, ${what}`);
    else assert.deepEqual([...a], [...b], `${name}, ${what}`);
  }
}

function assertNear(found: Float64Array, wanted: Float64Array, what: string): void {
  assert.equal(found.length, wanted.length, what);
  for (const [i, value] of found.entries()) {
    const other = wanted[i]!;
    const near = Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other));
    assert.ok(near || (Number.isNaN(value) && Number.isNaN(other)), `${value} ${other}, ${what}`);
  }
}
