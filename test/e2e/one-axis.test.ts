import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Change, follow, type SeriesColumns } from "@plotcast/client";
import { defaultOptions, type Server, startServer } from "@plotcast/server";
import { temporaryFolder } from "../plotcast-process.ts";
import { seededRandom } from "../random.ts";

/*
 * The promise: what a viewer is told of the past, and what it is told from then on, are one axis. No
 * sample is missing where they meet, and none is told live that history had.
 *
 * Samples have values that count up, so each can be found again in the order of the log.
 */
const loadMs = 20_000;
const senderCount = 4;
const viewerCount = 56;
const spans = ["10s", "1m", "15m", "1h", "1d", "30d", "1y"];
const shared = ["s2", "s3", "s4", "s5"];
const names = ["s0", "s1", ...shared];
const second = 1000;
const minute = 60 * second;
const day = 1440 * minute;
const seed = Number(process.env.PLOTCAST_TEST_SEED ?? Date.now() % 2 ** 31);
const random = seededRandom(seed);

type Point = readonly [time: number, value: number];
/** By series. */
type Points = Map<string, Point[]>;

let next = 0;
/** Small and smaller, so that a new extreme may come at any time; each once. */
function nextValue(): number {
  const n = next++;
  return n % 2 === 0 ? n : -n;
}

function add(to: Points, columns: SeriesColumns): void {
  for (const [series, { times, values }] of columns) {
    const own = to.get(series) ?? [];
    for (const [i, time] of times.entries()) own.push([time, values[i]!]);
    to.set(series, own);
  }
}

/** Weeks of samples, more than the disk may hold: retention is at work from the beginning. */
async function fillPast(server: Server): Promise<Points> {
  const all: Points = new Map(names.map((name) => [name, []]));
  const now = Math.floor(Date.now() / second) * second;
  for (let ago = 25 * day; ago > 2 * day; ago -= 6 * 60 * minute) {
    const samples = names.flatMap((series) =>
      Array.from({ length: 1000 }, (_, i) => {
        return { series, time: now - ago + i * second, value: nextValue() + random() / 2 };
      }),
    );
    for (const { series, time, value } of samples) all.get(series)!.push([time, value]);
    await server.append(samples);
  }
  return all;
}

/**
 * Sends until stopped: most at the present, many late, some early, and many at times that are taken.
 * Only in its own series, if it has one, all is in order: there the newest samples wait for a chunk.
 */
async function send(server: Server, signal: AbortSignal, own: string | undefined): Promise<number> {
  let sent = 0;
  while (!signal.aborted) {
    const kind = random();
    const late = kind < 0.2 ? random() ** 6 * day : kind < 0.3 ? -2 * second : 0;
    const now = Date.now();
    const size = 1 + Math.floor(random() * 400);
    const lines = Array.from({ length: size }, (_, i) => {
      // Some have much to say, others little.
      const name = shared[Math.floor(random() ** 3 * shared.length)]!;
      return { time: Math.floor(now - late) - size + i, [name]: nextValue() };
    });
    for (let i = 0; own !== undefined && i < 15; i++) {
      lines.push({ time: now + i / 16, [own]: nextValue() });
    }
    const body = lines.map((line) => JSON.stringify(line)).join("\n");
    const response = await fetch(`${server.url}/v1/samples`, { method: "POST", body });
    assert.equal(response.status, 204, await response.text());
    sent += lines.length;
    await delay(1 + random() * 90);
  }
  return sent;
}

type Stats = {
  readonly tiers: readonly { readonly rows: number; readonly from: number }[];
  readonly log: { readonly epoch: string; readonly head: number };
};

async function statsOf(server: Server): Promise<Stats> {
  return (await (await fetch(`${server.url}/v1/stats`)).json()) as Stats;
}

/** Everything that the log gets from now on, in its order. */
async function observe(server: Server, signal: AbortSignal, all: Points): Promise<void> {
  const { epoch, head } = (await statsOf(server)).log;
  const url = `${server.url}/v1/stream`;
  for await (const change of follow({ url, position: `${epoch}-${head}`, signal })) {
    assert.ok(!["reset", "reduced", "gap", "history"].includes(change.type), change.type);
    if (change.type === "samples") add(all, change.columns);
  }
}

/** What a history told of a series. */
type Told = { readonly bucketMs: number; readonly points: Point[] };

/** One that joins, stays for a while, and remembers what it was told. */
class Viewer {
  readonly span: string;
  readonly px: number;
  readonly series: readonly string[];
  readonly history = new Map<string, Told>();
  readonly live: Points = new Map();
  from = 0;

  constructor(span: string) {
    this.span = span;
    this.px = [60, 500, 8000][Math.floor(random() * 3)]!;
    this.series = names.filter(() => random() < 0.4);
    if (this.series.length === 0) this.series = [names[0]!];
  }

  /** Leaves when it has stayed so long and been told something of each of its series. */
  async watch(server: Server, stayMs: number): Promise<void> {
    const off = new AbortController();
    const { span, px, series } = this;
    const until = Date.now() + stayMs;
    const url = `${server.url}/v1/stream`;
    for await (const change of follow({ url, series, span, px, signal: off.signal })) {
      this.#note(change);
      if (Date.now() > until && series.every((name) => this.live.has(name))) off.abort();
    }
  }

  #note(change: Change): void {
    assert.ok(!["reset", "reduced", "gap"].includes(change.type), `${change.type} ${this}`);
    if (change.type === "samples") add(this.live, change.columns);
    if (change.type !== "history") return;
    assert.equal(this.live.size, 0, `history after live ${this}`);
    const { bucketMs, columns } = change;
    this.from = change.from;
    for (const [name, { times, values }] of columns) {
      const own: Told = this.history.get(name) ?? { bucketMs, points: [] };
      assert.equal(own.bucketMs, bucketMs, `${name} in samples and in buckets ${this}`);
      for (const [i, time] of times.entries()) own.points.push([time, values[i]!]);
      this.history.set(name, own);
    }
  }

  /** Live is one stretch of the log, and history is all of the log before it. */
  check(all: Points): void {
    for (const name of this.series) {
      const order = all.get(name)!;
      const live = this.live.get(name)!;
      const join = order.findIndex(([, value]) => value === live[0]![1]);
      assert.deepEqual(live, order.slice(join, join + live.length), `live of ${name} ${this}`);
      const told: Told = this.history.get(name) ?? { bucketMs: 0, points: [] };
      const from = told.bucketMs
        ? Math.floor(this.from / told.bucketMs) * told.bucketMs
        : this.from;
      const before = inTime(order.slice(0, join), from);
      const wanted = told.bucketMs === 0 ? before : extremes(before, told.bucketMs);
      assertSame(told.points, wanted, `history of ${name} in ${told.bucketMs} ms ${this}`);
    }
  }

  toString(): string {
    return `(span ${this.span}, ${this.px} px, seed ${seed})`;
  }
}

/** By time, from a time on; of two at one time the later. */
function inTime(order: readonly Point[], from: number): Point[] {
  const last = new Map(order.filter(([time]) => time >= from));
  return [...last].sort(([a], [b]) => a - b);
}

/** The first, least, greatest and last of each bucket, by time; of equals the first. */
function extremes(points: readonly Point[], bucketMs: number): Point[] {
  const buckets = Map.groupBy(points, ([time]) => Math.floor(time / bucketMs));
  return [...buckets.values()].flatMap((inside) => {
    const least = inside.reduce((a, b) => (b[1] < a[1] ? b : a));
    const most = inside.reduce((a, b) => (b[1] > a[1] ? b : a));
    const some = new Set([inside[0]!, least, most, inside.at(-1)!]);
    return [...some].sort(([a], [b]) => a - b);
  });
}

/** As `deepEqual`, which would print a hundred thousand lines. */
function assertSame(found: readonly Point[], wanted: readonly Point[], what: string): void {
  const differs = found.findIndex(([time, value], i) => {
    return wanted[i]?.[0] !== time || wanted[i][1] !== value;
  });
  if (differs < 0 && found.length === wanted.length) return;
  const at = differs < 0 ? found.length : differs;
  const around = (points: readonly Point[]) => JSON.stringify(points.slice(at, at + 3));
  const counts = `${found.length} points instead of ${wanted.length}`;
  assert.fail(`${what}: ${counts}, at ${at} found ${around(found)}, expected ${around(wanted)}`);
}

test("one axis: history and live meet without a seam, at every span, while chunks are sealed and dropped", async (t) => {
  t.diagnostic(`seed ${seed}`);
  const dataDir = await temporaryFolder(t);
  const options = { ...defaultOptions, port: 0, logLevel: "silent", dataDir } as const;
  const server = await startServer({ ...options, maxDiskBytes: 6_000_000 });
  t.after(() => server.close());
  const all = await fillPast(server);
  const before = await statsOf(server);
  const off = new AbortController();
  const observed = observe(server, off.signal, all);

  const stop = new AbortController();
  const senders = Array.from({ length: senderCount }, (_, i) => {
    return send(server, stop.signal, i < 2 ? names[i] : undefined);
  });
  const viewers = Array.from(
    { length: viewerCount },
    (_, i) => new Viewer(spans[i % spans.length]!),
  );
  const watched = viewers.map(async (viewer) => {
    await delay(random() * (loadMs - 4 * second));
    await viewer.watch(server, random() * 3 * second);
  });
  await Promise.all(watched);
  stop.abort();
  const sent = (await Promise.all(senders)).reduce((sum, count) => sum + count, 0);
  const after = await statsOf(server);
  const end = names.map((series) => ({ series, time: Date.now(), value: nextValue() }));
  await server.append(end);
  while (!end.every(({ series, value }) => all.get(series)!.at(-1)![1] === value)) await delay(20);
  off.abort();
  await observed;

  for (const viewer of viewers) viewer.check(all);
  const widths = viewers.flatMap(({ history }) => [...history.values()].map((h) => h.bucketMs));
  const whole = widths.filter((width) => width === 0).length;
  t.diagnostic(
    `${sent} samples sent; ${whole} histories of samples, ${widths.length - whole} of buckets`,
  );
  const [was, is] = [before.tiers[0]!, after.tiers[0]!];
  t.diagnostic(`${is.rows} chunks after ${was.rows}; ${(is.from - was.from) / day} days dropped`);
  assert.ok(whole > 0 && whole < widths.length);
  assert.ok(is.from > was.from, "nothing was dropped meanwhile");
});
