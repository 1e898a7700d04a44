import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as elapsed } from "node:timers/promises";
import { checkData } from "../../packages/server/src/check.ts";
import { pathOf } from "../../packages/server/src/sqlite/database.ts";
import { checkHistory } from "../../packages/server/src/store/check-history.ts";
import { Engine } from "../../packages/server/src/store/engine.ts";
import { bucketsOf } from "../../packages/server/src/store/fake-store.ts";
import { historyFile } from "../../packages/server/src/store/history-file.ts";
import type { Points } from "../../packages/server/src/store/points.ts";
import type { SeriesHistory, Store } from "../../packages/server/src/store/store.ts";
import { seededRandom } from "../random.ts";
import { type Activity, activities, readDoing } from "./doing.ts";
import { batchMs, Model, maxWaiting, type Plan, seriesNames } from "./history-batches.ts";
import type { ChildTask } from "./history-child.ts";
import { type FolderOptions, keepAll, openHistory } from "./history-folder.ts";

const kills = 200;
/** A folder is used for so many runs, and read back after every few of them. */
const runsPerFolder = 25;
const runsPerCheck = 9;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const aims: readonly Activity[] = ["append", "trim", "seal", "rollup", "retention", "commit"];
const counts = [1, 2, 3, 5, 8, 13];
const compared = [
  ...["counts", "sums", "mins", "minTimes", "maxs", "maxTimes"],
  ...["firsts", "firstTimes", "lasts", "lastTimes", "absentTimes"],
] as const;
/** Time of samples; what came late reaches some days further back. */
const begin = Math.floor(Date.now() / day) * day - 30 * day;
const everything = { from: begin - 30 * day, to: begin + 100 * day };

// Hundreds of threads start from the same source: parsing it once is enough.
const cache = mkdtempSync(join(tmpdir(), "plotcast-compiled-"));
enableCompileCache(cache);
after(() => rmSync(cache, { recursive: true }));

test(`history: ${kills} times kill -9 lose and double nothing, in samples and in rollups`, async (t) => {
  const seed = Number(process.env.PLOTCAST_TEST_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed} (set PLOTCAST_TEST_SEED to repeat it)`);
  const root = mkdtempSync(join(tmpdir(), "plotcast-history-"));
  t.after(() => rmSync(root, { recursive: true }));
  const folders = Array.from({ length: kills / runsPerFolder }, (_, index) => {
    const plan = { seed: seed * 100 + index, begin };
    return new Folder(join(root, `${index}`), plan, [undefined, day, 2_000_000][index % 3]);
  });
  const waiting = [...folders];
  // Two at a time: a child being killed and a history being read back hardly need the same core.
  const lane = async () => {
    try {
      for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
        await folder.killAndCheck();
      }
    } finally {
      waiting.length = 0;
    }
  };
  for (const end of await Promise.allSettled([lane(), lane()])) {
    if (end.status === "rejected") throw end.reason;
  }

  const sum = (value: (folder: Folder) => number) =>
    folders.reduce((total, folder) => total + value(folder), 0);
  const hits = activities.map((word) => [word, sum(({ hits }) => hits.get(word) ?? 0)] as const);
  t.diagnostic(
    `${sum(({ acknowledged }) => acknowledged)} batches, ${sum(({ samples }) => samples)} samples read back`,
  );
  t.diagnostic(`under way when killed: ${hits.map((hit) => hit.join(" ")).join(", ")}`);
  t.diagnostic(`while opening: ${sum(({ whileOpening }) => whileOpening)}`);
  t.diagnostic(`dropped by retention: ${sum(({ dropped }) => dropped)} samples`);
  for (const [word, count] of hits) assert.ok(count > 0, `never killed during: ${word}`);
});

type BucketsHistory = Extract<SeriesHistory, { kind: "buckets" }>;
/** Of the log, by name; undefined before a series has its first sample. */
type Ids = ReadonlyMap<string, number | undefined>;

/** A folder, the children that fed it, and what they were told is safe. */
class Folder {
  readonly #dir: string;
  readonly #plan: Plan;
  readonly #model: Model;
  readonly #random: () => number;
  readonly #limit: number | undefined;
  readonly #doing: string;
  /** How many values each hour of each series had. */
  readonly #counts = new Map<string, number>();
  readonly hits = new Map<Activity, number>();
  acknowledged = 0;
  #inBackup = 0;
  samples = 0;
  dropped = 0;
  whileOpening = 0;

  /** `limit`: bytes, or how long samples are kept; undefined keeps all. */
  constructor(dir: string, plan: Plan, limit: number | undefined) {
    mkdirSync(dir);
    this.#dir = dir;
    this.#plan = plan;
    this.#model = new Model(plan);
    this.#random = seededRandom(plan.seed);
    this.#limit = limit;
    this.#doing = `${dir}.doing`;
  }

  async killAndCheck(): Promise<void> {
    for (let run = 1; run <= runsPerFolder; run++) {
      await this.#feedUntilKilled();
      if (run % runsPerCheck === 0 || run === runsPerFolder) await this.#check();
    }
    await this.#checkBackup();
    rmSync(this.#dir, { recursive: true });
  }

  /** By age the past moves on with the samples, as though days passed between two runs. */
  #options(): FolderOptions {
    const limit = this.#limit;
    if (limit === undefined) return { ...keepAll, replayMs: 100 };
    if (limit < day) return { ...keepAll, replayMs: 100, storeBytes: limit };
    const samplesMs = Date.now() - (begin + this.acknowledged * batchMs) + limit;
    const keep = { samplesMs, minutesMs: samplesMs + limit, hoursMs: samplesMs + 3 * limit };
    return { keep, replayMs: 100, storeBytes: 1e9 };
  }

  async #feedUntilKilled(): Promise<void> {
    writeFileSync(this.#doing, "");
    const seed = Math.floor(this.#random() * 2 ** 32);
    const task = { dir: this.#dir, plan: this.#plan, first: this.acknowledged + 1, seed };
    // Half of them where it may hurt; the others at any moment, in the middle of a statement too.
    const killAt =
      this.#random() < 0.5 ? "" : `${pick(aims, this.#random)} ${pick(counts, this.#random)}`;
    const child = startChild({ ...task, options: this.#options() }, this.#doing, killAt);
    const closed = once(child, "close");
    const kill = () => child.kill("SIGKILL");
    let opening = true;
    // Some before it is open: in the middle of reading the log again.
    if (this.#random() < 0.1) void elapsed(150 + this.#random() * 300).then(kill);
    const momentMs = 20 + this.#random() * 400;
    for await (const line of createInterface(child.stdout)) {
      const [word = "", last] = line.split(" ");
      if (word === "open") {
        opening = false;
        void elapsed(momentMs).then(kill);
      } else if (word === "backup") this.#inBackup = Number(last);
      else {
        assert.equal(Number(word), this.acknowledged + 1, "acknowledged in order");
        this.acknowledged++;
      }
    }
    const [, signal] = await closed;
    assert.equal(signal, "SIGKILL", "the child ended by itself");
    if (opening) this.whileOpening++;
    for (const activity of new Set(readDoing(this.#doing))) {
      this.hits.set(activity, (this.hits.get(activity) ?? 0) + 1);
    }
  }

  async #check(): Promise<void> {
    await this.#isClean("as it was left");
    const history = await openHistory(this.#dir, this.#options());
    try {
      this.#model.advance(this.acknowledged);
      const ids = new Map(seriesNames.map((name) => [name, history.log.series.id(name)]));
      const found = await samplesIn(history.store, ids);
      const since = (await history.store.stats()).tiers[0]!.from;
      this.samples += this.#compare(found, this.#model, since, maxWaiting);
      await this.#checkRollups(history.store, ids, found, since);
      this.dropped += this.#model.drop(since);
    } finally {
      await history.close();
    }
    await this.#isClean("when it was closed");
  }

  async #isClean(when: string): Promise<void> {
    const { problems } = await checkData(this.#dir);
    assert.deepEqual(problems, [], `${when} ${this}`);
  }

  /** What was acknowledged is there, and nothing else but what was sent after it. */
  #compare(found: Map<string, Points>, model: Model, since: number, later: number): number {
    const allowed = model.unacknowledged(later);
    let samples = 0;
    for (const [series, { times, values }] of found) {
      const wanted = model.samples(series);
      let known = 0;
      for (const [i, time] of times.entries()) {
        const where = `${series} at ${new Date(time).toISOString()} ${this}`;
        if (i > 0 && !(time > times[i - 1]!)) assert.fail(`there twice: ${where}`);
        if (time >= since && wanted.has(time)) known++;
        if (Object.is(wanted.get(time), values[i])) continue;
        if (
          allowed
            .get(series)!
            .get(time)
            ?.some((value) => Object.is(value, values[i]))
        )
          continue;
        assert.fail(`expected ${wanted.get(time)}, found ${values[i]}: ${where}`);
      }
      const kept = wanted.keys().reduce((count, time) => count + Number(time >= since), 0);
      assert.equal(known, kept, `samples of ${series} ${this}`);
      samples += known;
    }
    return samples;
  }

  /** Buckets of minutes and hours are what the samples amount to. */
  async #checkRollups(store: Store, ids: Ids, found: Map<string, Points>, since: number) {
    let total = 0;
    for (const [series, points] of found) {
      const id = ids.get(series);
      const to = points.times.at(-1);
      if (id === undefined || to === undefined) continue;
      for (const [widthMs, from] of [
        [minute, to - day] as const,
        [hour, begin - 5 * day] as const,
      ]) {
        const px = Math.ceil((to - from) / widthMs);
        const history = (await store.history({ ids: [id], from, to, px })).series.get(id);
        if (history?.kind !== "buckets" || history.bucketMs !== widthMs) continue;
        total += history.buckets.starts.length;
        this.#compareBuckets(history, points, Math.max(since, from), series);
        if (widthMs === hour) this.#checkCounts(history, series);
      }
    }
    assert.ok(total > 0, "no bucket was compared");
  }

  #compareBuckets({ bucketMs, buckets }: BucketsHistory, points: Points, from: number, of: string) {
    const wanted = bucketsOf(points, bucketMs);
    const first = buckets.starts.findIndex((start) => start >= from);
    const same = wanted.starts.indexOf(buckets.starts[first]!);
    for (let i = 0; first + i < buckets.starts.length; i++) {
      const where = `${of} at ${new Date(buckets.starts[first + i]!).toISOString()} ${this}`;
      for (const name of compared) {
        const [a, b] = [buckets[name][first + i]!, wanted[name][same + i]!];
        const near = name === "sums" && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
        if (!near) assert.equal(a, b, `${name} of ${where}`);
      }
    }
  }

  /** Where the samples are gone, an hour still has all that it had. */
  #checkCounts({ buckets }: BucketsHistory, series: string): void {
    for (const [i, start] of buckets.starts.entries()) {
      const key = `${series} at ${new Date(start).toISOString()}`;
      const [before, now] = [this.#counts.get(key) ?? 0, buckets.counts[i]!];
      assert.ok(now >= before, `the hour of ${key} had ${before} values, and has ${now} ${this}`);
      this.#counts.set(key, now);
    }
  }

  /** The last backup that was made has all that had been acknowledged before it. */
  async #checkBackup(): Promise<void> {
    const file = join(this.#dir, "backup.db");
    if (!existsSync(file)) return;
    const dir = join(this.#dir, "restored");
    mkdirSync(dir);
    copyFileSync(file, pathOf(historyFile, dir));
    assert.deepEqual((await checkHistory(dir)).problems, [], `the backup ${this}`);
    const model = new Model(this.#plan);
    model.advance(this.#inBackup);
    const engine = new Engine({ dir, keep: keepAll.keep, maxBytes: 1e9 });
    engine.begin("another", 0);
    engine.name(1, seriesNames);
    const { from, to } = everything;
    const found = seriesNames.map(
      (name, i) => [name, engine.reader.samples(engine.get(i + 1)!, from, to)] as const,
    );
    const later = this.acknowledged - this.#inBackup + maxWaiting;
    this.#compare(new Map(found), model, engine.keptFrom, later);
    engine.close();
  }

  toString(): string {
    return `(seed ${this.#plan.seed}, batch ${this.acknowledged})`;
  }
}

function pick<T>(some: readonly T[], random: () => number): T {
  return some[Math.floor(random() * some.length)]!;
}

function startChild(task: ChildTask, doing: string, killAt: string) {
  const flags = ["-C", "@plotcast/source", "--import", join(import.meta.dirname, "doing-child.ts")];
  const file = join(import.meta.dirname, "history-child.ts");
  return spawn(process.execPath, [...flags, file, JSON.stringify(task)], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: cache,
      PLOTCAST_TEST_DOING: doing,
      PLOTCAST_TEST_KILL_AT: killAt,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function samplesIn(store: Store, ids: Ids): Promise<Map<string, Points>> {
  const all = new Map<string, Points>();
  for (const [series, id] of ids) {
    const times: number[] = [];
    const values: number[] = [];
    if (id !== undefined) {
      for await (const page of store.samples({ ...everything, ids: [id] })) {
        for (const time of page.times) times.push(time);
        for (const value of page.values) values.push(value);
      }
    }
    all.set(series, { times: Float64Array.from(times), values: Float64Array.from(values) });
  }
  return all;
}
