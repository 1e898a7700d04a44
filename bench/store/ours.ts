import type { Log } from "../../packages/server/src/log/log.ts";
import type { SampleBlock } from "../../packages/server/src/log/sample-block.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import { openSqliteStore } from "../../packages/server/src/store/sqlite-store.ts";
import type { Store } from "../../packages/server/src/store/store.ts";
import { type Columns, type SetName, valuesOf } from "./data.ts";

export const day = 86_400_000;
const replayMs = 15 * 60_000;

/** A log and its store, as a server has them. */
export type Ours = {
  readonly log: Log;
  readonly store: Store;
  readonly close: () => Promise<void>;
};

/** Opens both in one folder. `now` is the log's clock, by which it drops what is 15 minutes old. */
export async function openOurs(dir: string, now: () => number = Date.now): Promise<Ours> {
  const log = await openSqliteLog(dir, { keepMs: replayMs, maxBytes: 1e9, now });
  const keep = { samplesMs: 100 * day, minutesMs: 400 * day, hoursMs: 4000 * day };
  const store = await openSqliteStore(log, { dir, keep, maxBytes: 100e9 });
  return {
    log,
    store,
    close: async () => {
      await log.close();
      await store.close();
    },
  };
}

// A full commit of the log.
const perCall = 5_000;
const callsUnderWay = 4;
// What a series repeats after a while: making values would cost more than storing them.
const tableLength = 2 ** 16;

/** What is fed: round by round one sample of each series. */
export type Feed = {
  readonly names: readonly string[];
  readonly timeAt: (round: number, index: number) => number;
  readonly valueAt: (round: number, index: number) => number;
};

/** A feed with an early part, of one sample a minute of each series, before what it has itself. */
export function withEarlyMinutes(feed: Feed, minutes: number): Feed {
  const start = feed.timeAt(0, 0) - 60_000 * minutes;
  return {
    ...feed,
    timeAt: (round, index) =>
      round < minutes ? start + 60_000 * round : feed.timeAt(round - minutes, index),
  };
}

/** One sample every `stepMs` for each of many series, values like those of a set. */
export function manySeries(
  set: SetName,
  names: readonly string[],
  start: number,
  stepMs = 1000,
): Feed {
  const table = valuesOf(set, 0, tableLength);
  return {
    names,
    timeAt: (round) => start + stepMs * round,
    valueAt: (round, index) => table[(round + 127 * index) % tableLength]!,
  };
}

/** Series as they are, all of the same length. */
export function theseSeries(columns: readonly Columns[]): Feed {
  return {
    names: columns.map(({ series }) => series),
    timeAt: (round, index) => columns[index]!.times[round]!,
    valueAt: (round, index) => columns[index]!.values[round]!,
  };
}

/**
 * Feeds samples in the order of time, and goes on where it stopped. Waits for room in the store
 * before each call, as whatever takes samples in does.
 */
export class Feeder {
  readonly #ours: Ours;
  readonly #what: Feed;
  // The log copies them before a call returns.
  readonly #refs = new Uint32Array(perCall);
  readonly #times = new Float64Array(perCall);
  readonly #values = new Float64Array(perCall);
  #fed = 0;

  constructor(ours: Ours, what: Feed) {
    this.#ours = ours;
    this.#what = what;
  }

  /** Time of the samples that come next. */
  get time(): number {
    const { names, timeAt } = this.#what;
    return timeAt(Math.floor(this.#fed / names.length), this.#fed % names.length);
  }

  /** Resolves when so many more are durable in the log. */
  async feed(samples: number): Promise<void> {
    const underWay: Promise<number>[] = [];
    for (let left = samples; left > 0; left -= perCall) {
      await this.#ours.store.room();
      const call = this.#ours.log.append(this.next(Math.min(left, perCall)));
      call.catch(() => {}); // reported to whoever waits for it
      underWay.push(call);
      if (underWay.length === callsUnderWay) await underWay.shift();
    }
    await Promise.all(underWay);
  }

  /** The next samples, at most 5,000; good until the next call. */
  next(count: number): SampleBlock {
    const { names, timeAt, valueAt } = this.#what;
    const first = this.#fed % names.length;
    let index = first;
    let round = Math.floor(this.#fed / names.length);
    for (let i = 0; i < count; i++) {
      this.#refs[i] = i % names.length;
      this.#times[i] = timeAt(round, index);
      this.#values[i] = valueAt(round, index);
      if (++index < names.length) continue;
      index = 0;
      round++;
    }
    this.#fed += count;
    // No more of them than are used: of many series these would cost more than storing the samples.
    const upToEnd = names.slice(first, first + count);
    return {
      length: count,
      names: upToEnd.concat(names.slice(0, Math.min(first, count - upToEnd.length))),
      refs: this.#refs.subarray(0, count),
      times: this.#times.subarray(0, count),
      values: this.#values.subarray(0, count),
    };
  }
}

/** Names as they are in the field, with a label. */
export function namesOf(count: number, what = "load"): string[] {
  return Array.from(
    { length: count },
    (_, i) => `host${i % 100}.${what}{core="${Math.floor(i / 100)}"}`,
  );
}

/** How many samples are in chunks, in how many, and how many are in none yet. */
export async function sealedIn({ store }: Ours) {
  const { tiers, unsealed } = await store.stats();
  const { samples, rows } = tiers.find(({ tier }) => tier === "samples")!;
  return { samples, chunks: rows, unsealed };
}
