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
import { openMemoryLog } from "../../packages/server/src/log/memory-log.ts";
import { openForReading, pathOf } from "../../packages/server/src/sqlite/database.ts";
import { checkHistory } from "../../packages/server/src/store/check-history.ts";
import { bucketsOf } from "../../packages/server/src/store/fake-store.ts";
import { historyFile } from "../../packages/server/src/store/history-file.ts";
import type { Points } from "../../packages/server/src/store/points.ts";
import { decodeBuckets } from "../../packages/server/src/store/rollup-codec.ts";
import { openSqliteStore } from "../../packages/server/src/store/sqlite-store.ts";
import type { SeriesHistory } from "../../packages/server/src/store/store.ts";
import { seededRandom } from "../random.ts";
import { type Activity, activities, readDoing } from "./doing.ts";
import { batchMs, Model, maxWaiting, type Plan } from "./history-batches.ts";
import type { ChildTask } from "./history-child.ts";
import {
  type FolderOptions,
  keepAll,
  type OpenHistory,
  openHistory,
  readSamples,
} from "./history-folder.ts";

const kills = 200;
/** A folder is used for so many runs, and read back after every few of them. */
const runsPerFolder = 25;
const runsPerCheck = 9;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const aims: readonly Activity[] = ["append", "trim", "seal", "rollup", "retention", "commit"];
/** What must have been hit. The log is trimmed in a moment only now and then. */
const wanted: readonly Activity[] = [
  ...aims.filter((aim) => aim !== "trim"),
  "checkpoint",
  "backup",
];
/** Which time. */
const counts = [1, 1, 1, 2, 3, 5, 8];
const compared = [
  ...["counts", "sums", "mins", "minTimes", "maxs", "maxTimes"],
  ...["firsts", "firstTimes", "lasts", "lastTimes", "absentTimes"],
] as const;
/** Time of samples; what came late reaches some days further back. */
const begin = Math.floor(Date.now() / day) * day - 30 * day;

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
    return new Folder(join(root, `${index}`), plan, [undefined, day, 1_000_000][index % 3]);
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
  const readBack = [sum(({ samples }) => samples), sum(({ buckets }) => buckets)];
  t.diagnostic(`${sum(({ acknowledged }) => acknowledged)} batches acknowledged`);
  t.diagnostic(`${readBack.join(" samples and ")} buckets compared`);
  t.diagnostic(`under way when killed: ${hits.map((hit) => hit.join(" ")).join(", ")}`);
  t.diagnostic(`while opening: ${sum(({ whileOpening }) => whileOpening)}`);
  t.diagnostic(`dropped by retention: ${sum(({ dropped }) => dropped)} samples`);
  assert.ok(readBack.every((count) => count > 0));
  t.diagnostic(`dropped by the log: ${sum(({ trimmed }) => trimmed)} batches`);
  for (const [word, count] of hits) {
    assert.ok(count > 0 || !wanted.includes(word), `never killed during: ${word}`);
  }
  for (const folder of folders)
    assert.ok(folder.trimmed > 0, `the log was never trimmed ${folder}`);
});

type BucketsHistory = Extract<SeriesHistory, { kind: "buckets" }>;

/** A folder, the children that fed it, and what they were told is safe. */
class Folder {
  readonly #dir: string;
  readonly #plan: Plan;
  readonly #model: Model;
  readonly #random: () => number;
  readonly #limit: number | undefined;
  readonly #doing: string;
  /** How many values each hour of each series has in the file. */
  readonly #counts = new Map<string, number>();
  readonly hits = new Map<Activity, number>();
  acknowledged = 0;
  #inBackup = 0;
  samples = 0;
  buckets = 0;
  dropped = 0;
  trimmed = 0;
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
      await this.#feedUntilKilled(run);
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

  async #feedUntilKilled(run: number): Promise<void> {
    writeFileSync(this.#doing, "");
    const seed = Math.floor(this.#random() * 2 ** 32);
    const task = { dir: this.#dir, plan: this.#plan, first: this.acknowledged + 1, seed };
    // Half of them where it may hurt; the others at any moment, in the middle of a statement too.
    const aim = aims[run % (2 * aims.length)];
    const killAt = aim ? `${aim} ${counts[Math.floor(this.#random() * counts.length)]}` : "";
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
      const found = await readSamples(history);
      const since = (await history.store.stats()).tiers[0]!.from;
      this.samples += this.#model.assertIs(found, { since, later: maxWaiting }, this);
      await this.#checkRollups(history, found, since);
      this.dropped += this.#model.drop(since);
      // Children live so short that some may never have come to it.
      await history.log.retain();
      this.trimmed = history.log.oldest - 1;
    } finally {
      await history.close();
    }
    await this.#isClean("when it was closed");
    this.#checkHours();
  }

  async #isClean(when: string): Promise<void> {
    const { problems } = await checkData(this.#dir);
    assert.deepEqual(problems, [], `${when} ${this}`);
  }

  /** Buckets of minutes and hours are what the samples amount to. */
  async #checkRollups({ log, store }: OpenHistory, found: Map<string, Points>, since: number) {
    for (const [series, points] of found) {
      const id = log.series.id(series);
      const to = points.times.at(-1);
      if (id === undefined || to === undefined) continue;
      for (const [widthMs, from] of [
        [minute, to - day] as const,
        [hour, begin - 5 * day] as const,
      ]) {
        const px = Math.ceil((to - from) / widthMs);
        const history = (await store.history({ ids: [id], from, to, px })).series.get(id);
        if (history?.kind !== "buckets" || history.bucketMs !== widthMs) continue;
        this.buckets += history.buckets.starts.length;
        this.#compareBuckets(history, points, Math.max(since, from), series);
      }
    }
  }

  #compareBuckets({ bucketMs, buckets }: BucketsHistory, points: Points, from: number, of: string) {
    const wanted = bucketsOf(points, bucketMs);
    const first = buckets.starts.findIndex((start) => start >= from);
    if (first < 0) return;
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

  /** An hour keeps what it has, also when its samples are gone. */
  #checkHours(): void {
    const db = openForReading(historyFile, this.#dir);
    for (const { series, data } of db.prepare("SELECT * FROM rollup WHERE level = 2").all()) {
      const { starts, counts } = decodeBuckets(data as Uint8Array);
      for (const [i, start] of starts.entries()) {
        const key = `series ${series} at ${new Date(start).toISOString()}`;
        const [before, now] = [this.#counts.get(key) ?? 0, counts[i]!];
        assert.ok(now >= before, `an hour of ${key} had ${before} values, and has ${now} ${this}`);
        this.#counts.set(key, now);
      }
    }
    db.close();
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
    // A log that knows nothing learns from the store which series there are.
    const log = openMemoryLog({ keepMs: 1e9, maxBytes: 1e9 });
    const store = await openSqliteStore(log, { dir, keep: keepAll.keep, maxBytes: 1e9 });
    const found = await readSamples({ log, store });
    const since = store.keptFrom;
    const later = this.acknowledged - this.#inBackup + maxWaiting;
    model.assertIs(found, { since, later }, this);
    await store.close();
    await log.close();
  }

  toString(): string {
    return `(seed ${this.#plan.seed}, batch ${this.acknowledged})`;
  }
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
