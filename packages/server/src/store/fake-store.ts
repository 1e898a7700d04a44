import { writeFile } from "node:fs/promises";
import { bucketWidth } from "@plotcast/protocol";
import type { Batch, Log } from "../log/log.ts";
import type { Buckets } from "./buckets.ts";
import type { Points } from "./points.ts";
import type {
  History,
  HistoryRequest,
  SamplesPage,
  SamplesRequest,
  SeriesAbout,
  SeriesDetails,
  SeriesHistory,
  Store,
  StoreStats,
} from "./store.ts";

export type FakeStoreOptions = {
  /** Samples from before are dropped; may be moved later, see `FakeStore.keepFrom`. */
  readonly keptFrom?: number;
  /** What was missed after an older offset than this is not known any more. */
  readonly knowsSince?: number;
  readonly samplesPerPage?: number;
};

type Series = { readonly samples: Map<number, number>; about: SeriesAbout };

/**
 * What a store is, in as few thoughts as possible: every sample in a map, every answer computed from
 * all of them. For tests; `Store` implementations are compared with it.
 */
export class FakeStore implements Store {
  applied = 0;
  keptFrom: number;
  readonly #log: Log;
  readonly #knowsSince: number;
  readonly #samplesPerPage: number;
  readonly #series = new Map<number, Series>();
  /** Of each batch: offset and times of what was taken from it. */
  readonly #arrivals: { readonly offset: number; readonly times: readonly number[] }[] = [];
  #outside = 0;
  /** Batches that came while the past of the log is still being read. */
  #waiting: Batch[] | undefined = [];
  readonly #past: Promise<void>;
  readonly #off = new AbortController();

  constructor(log: Log, options: FakeStoreOptions = {}) {
    this.#log = log;
    this.keptFrom = options.keptFrom ?? Number.NEGATIVE_INFINITY;
    this.#knowsSince = options.knowsSince ?? 0;
    this.#samplesPerPage = options.samplesPerPage ?? 100_000;
    log.follow((batch) => this.#follow(batch), this.#off.signal);
    if (log.head === 0) this.#waiting = undefined;
    this.#past = log.head === 0 ? Promise.resolve() : this.#readPast(log.head);
  }

  /** Drops what is older, as retention does. */
  keepFrom(time: number): void {
    this.keptFrom = time;
    for (const { samples } of this.#series.values()) {
      for (const at of samples.keys()) if (at < time) samples.delete(at);
    }
  }

  async history(request: HistoryRequest): Promise<History> {
    if (this.#waiting) await this.#past;
    request.signal?.throwIfAborted();
    const series = new Map<number, SeriesHistory>();
    for (const id of request.ids) {
      const history = this.#historyOf(id, request);
      if (history) series.set(id, history);
    }
    return { offset: this.applied, series };
  }

  async *samples({ ids, from, to, signal }: SamplesRequest): AsyncGenerator<SamplesPage, void> {
    await this.#past;
    const rows = [...ids].flatMap((id) => {
      const { times, values } = within(this.#points(id), from, to);
      return Array.from(times, (time, i) => ({ id, time, value: values[i]! }));
    });
    rows.sort((a, b) => a.time - b.time || a.id - b.id);
    for (let at = 0; at < rows.length; at += this.#samplesPerPage) {
      signal?.throwIfAborted();
      const some = rows.slice(at, at + this.#samplesPerPage);
      const page = {
        ids: Uint32Array.from(some, ({ id }) => id),
        times: Float64Array.from(some, ({ time }) => time),
        values: Float64Array.from(some, ({ value }) => value),
      };
      yield page;
      for (const { buffer } of [page.ids, page.times, page.values]) buffer.transfer();
    }
  }

  async version(from: number, to: number): Promise<string> {
    await this.#past;
    const last = this.#arrivals.findLast(({ times }) => times.some((time) => time <= to));
    return `${last?.offset ?? 0}-${Math.max(from, this.keptFrom)}`;
  }

  async missedSince(offset: number): Promise<number | undefined> {
    await this.#past;
    if (offset < this.#knowsSince) return undefined;
    const times = this.#arrivals.filter((a) => a.offset > offset).flatMap((a) => a.times);
    return times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }

  about(id: number): SeriesAbout | undefined {
    return this.#series.get(id)?.about;
  }

  async details(ids: Iterable<number>): Promise<SeriesDetails[]> {
    await this.#past;
    return Array.from(ids, (id) => {
      const { times } = this.#points(id);
      const ends = times.length === 0 ? {} : { first: times[0]!, last: times.at(-1)! };
      return { ...this.about(id), ...ends };
    });
  }

  async describe(id: number, about: SeriesAbout): Promise<void> {
    const series = this.#seriesOf(id);
    series.about = { ...series.about, ...about };
  }

  async room(): Promise<void> {
    await this.#past;
  }

  async stats(): Promise<StoreStats> {
    await this.#past;
    const times = this.#series.values().flatMap(({ samples }) => samples.keys());
    const sorted = [...times].sort((a, b) => a - b);
    const bytes = 16 * sorted.length;
    const from = this.keptFrom;
    return {
      series: this.#series.size,
      unsealed: 0,
      tiers: [
        { tier: "samples", rows: this.#series.size, samples: sorted.length, bytes, from },
        { tier: "minutes", rows: 0, samples: 0, bytes: 0, from },
        { tier: "hours", rows: 0, samples: 0, bytes: 0, from },
      ],
      bytes,
      oldest: sorted[0],
      outside: this.#outside,
    };
  }

  async backup(file: string): Promise<void> {
    await this.#past;
    const lines = [...this.#series].map(([id, { samples, about }]) =>
      JSON.stringify({ series: this.#log.series.series(id), about, samples: [...samples] }),
    );
    await writeFile(file, `${lines.join("\n")}\n`, { flag: "wx" });
  }

  async close(): Promise<void> {
    this.#off.abort();
  }

  async #readPast(head: number): Promise<void> {
    for await (const batch of this.#log.read(0, head)) this.#take(batch);
    for (const batch of this.#waiting ?? []) this.#take(batch);
    this.#waiting = undefined;
  }

  #follow(batch: Batch): void {
    if (this.#waiting) this.#waiting.push(structuredClone(batch));
    else this.#take(batch);
  }

  #take({ offset, ids, times, values }: Batch): void {
    const taken: number[] = [];
    for (const [i, id] of ids.entries()) {
      const { samples } = this.#seriesOf(id);
      if (times[i]! < this.keptFrom) {
        this.#outside++;
        continue;
      }
      samples.set(times[i]!, values[i]!);
      taken.push(times[i]!);
    }
    this.#arrivals.push({ offset, times: taken });
    this.applied = offset;
  }

  #seriesOf(id: number): Series {
    const series = this.#series.get(id) ?? { samples: new Map(), about: {} };
    this.#series.set(id, series);
    return series;
  }

  #points(id: number): Points {
    const sorted = [...(this.#series.get(id)?.samples ?? [])].sort(([a], [b]) => a - b);
    return pointsOf(sorted);
  }

  #historyOf(id: number, request: HistoryRequest): SeriesHistory | undefined {
    const { from, to, andLater = false, px, as = "values" } = request;
    const all = this.#points(id);
    const points = within(all, from, andLater ? Number.POSITIVE_INFINITY : to);
    const count = points.times.length;
    if (count === 0) return undefined;
    const bucketMs = count <= 4 * px ? 0 : bucketWidth(Math.max(1, to - from), px);
    // Buckets at both ends are told whole: the same ones to everyone, whatever the range.
    const start = Math.floor(from / bucketMs) * bucketMs;
    const end = andLater
      ? Number.POSITIVE_INFINITY
      : Math.floor(to / bucketMs) * bucketMs + bucketMs;
    const whole = within(all, start, end, false);
    if (as === "rates") {
      const [inside, first] = bucketMs === 0 ? [points, from] : [whole, start];
      const before = lastValue(within(all, Number.NEGATIVE_INFINITY, first, false));
      const rates = ratesOf(inside, before, bucketMs);
      return rates.times.length === 0 ? undefined : { kind: "rates", bucketMs, ...rates };
    }
    if (bucketMs === 0) return { kind: "samples", ...points };
    return {
      kind: "buckets",
      bucketMs,
      buckets: bucketsOf(whole, bucketMs, decimalsOf(all.values)),
    };
  }
}

/** Points in columns, from rows of time and value. */
export function pointsOf(rows: readonly (readonly [number, number])[]): Points {
  return {
    times: Float64Array.from(rows, ([time]) => time),
    values: Float64Array.from(rows, ([, value]) => value),
  };
}

/** Those from `from` to `to`, both ends included unless `andTo` is false. */
function within({ times, values }: Points, from: number, to: number, andTo = true): Points {
  const inside = (_: number, i: number) =>
    times[i]! >= from && (times[i]! < to || (andTo && times[i] === to));
  return { times: times.filter(inside), values: values.filter(inside) };
}

/** The latest that is not null. */
function lastValue({ times, values }: Points): { time: number; value: number } | undefined {
  const i = values.findLastIndex((value) => !Number.isNaN(value));
  return i < 0 ? undefined : { time: times[i]!, value: values[i]! };
}

/**
 * Every bucket with a sample in it. `decimals`: sums are rounded to so many digits, as is exact where
 * all values are such decimals; -1 leaves them as they come out.
 */
export function bucketsOf(points: Points, widthMs: number, decimals = -1): Buckets {
  const rows = Array.from(points.times, (time, i) => ({ time, value: points.values[i]! }));
  const groups = [...Map.groupBy(rows, ({ time }) => Math.floor(time / widthMs) * widthMs)];
  const column = (cell: (inside: typeof rows, start: number) => number | undefined) =>
    Float64Array.from(groups, ([start, inside]) => cell(inside, start) ?? Number.NaN);
  const values = (inside: typeof rows) => inside.filter(({ value }) => !Number.isNaN(value));
  // The first of equals stays, which is the earliest.
  const least = (inside: typeof rows) =>
    values(inside).reduce<(typeof rows)[0] | undefined>(
      (a, b) => (a && a.value <= b.value ? a : b),
      undefined,
    );
  const most = (inside: typeof rows) =>
    values(inside).reduce<(typeof rows)[0] | undefined>(
      (a, b) => (a && a.value >= b.value ? a : b),
      undefined,
    );
  return {
    starts: column((_, start) => start),
    counts: column((inside) => values(inside).length),
    sums: column((inside) => sumOf(values(inside), decimals)),
    mins: column((inside) => least(inside)?.value),
    minTimes: column((inside) => least(inside)?.time),
    maxs: column((inside) => most(inside)?.value),
    maxTimes: column((inside) => most(inside)?.time),
    firsts: column((inside) => values(inside)[0]?.value),
    firstTimes: column((inside) => values(inside)[0]?.time),
    lasts: column((inside) => values(inside).at(-1)?.value),
    lastTimes: column((inside) => values(inside).at(-1)?.time),
    drops: column((inside) => dropsOf(values(inside).map(({ value }) => value))),
    absentTimes: column((inside) => inside.findLast(({ value }) => Number.isNaN(value))?.time),
  };
}

/** NaN where there are many, or nothing is. */
function dropsOf(values: readonly number[]): number {
  const drops = values.filter((value, i) => values[i + 1]! < value);
  return values.length === 0 || drops.length > 2 ? Number.NaN : drops.reduce((a, b) => a + b, 0);
}

/** NaN of nothing. */
function sumOf(rows: readonly { readonly value: number }[], decimals: number): number {
  if (rows.length === 0) return Number.NaN;
  const sum = rows.reduce((total, { value }) => total + value, 0);
  const scaled = Math.round(sum * 10 ** decimals);
  return decimals < 0 || Math.abs(scaled) > 2 ** 53 ? sum : scaled / 10 ** decimals;
}

/** The smallest number of digits, at most 9, that writes every value exactly; -1 if none does. */
export function decimalsOf(values: Float64Array): number {
  for (let e = 0; e <= 9; e++) {
    const exact = (v: number) => Number.isNaN(v) || Math.round(v * 10 ** e) / 10 ** e === v;
    if (values.every(exact)) return e;
  }
  return -1;
}

/**
 * Increase per second: since the value before, by the time of a value; with `bucketMs` of all values in
 * a bucket, by its start. `before` is the value before the first of `points`; without one the first
 * has no increase, and no rate. A value that is less than the one before has grown from 0.
 */
export function ratesOf(
  { times, values }: Points,
  before: { readonly time: number; readonly value: number } | undefined,
  bucketMs: number,
): Points {
  const rates = new Map<number, { increase: number; ms: number }>();
  let last = before;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const time = times[i]!;
    if (last) {
      const at = bucketMs === 0 ? time : Math.floor(time / bucketMs) * bucketMs;
      const rate = rates.get(at) ?? { increase: 0, ms: bucketMs || time - last.time };
      rate.increase += value < last.value ? value : value - last.value;
      rates.set(at, rate);
    }
    last = { time, value };
  }
  return pointsOf(Array.from(rates, ([at, { increase, ms }]) => [at, increase / (ms / 1000)]));
}
