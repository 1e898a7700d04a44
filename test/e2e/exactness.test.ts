import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Change, follow, type SeriesColumns } from "@plotcast/client";
import { parsePosition } from "@plotcast/protocol";
import {
  freePort,
  type RunningPlotcast,
  runPlotcast,
  temporaryFolder,
} from "../plotcast-process.ts";
import { seededRandom } from "../random.ts";

/**
 * The promise, driven through the whole server: random batches go in, and 200 viewers whose
 * connections are cut at random bytes come back at once or after seconds, through restarts and
 * kill -9. Each must have every sample of its series from its first position on, once, in order.
 */
const viewerCount = 200;
const names = ["s0", "s1", "s2", "s3", "s4"];
const seed = Number(process.env.PLOTCAST_TEST_SEED ?? Date.now() % 2 ** 31);
const random = seededRandom(seed);

/** `fetch` whose responses end, without a word, after a random number of bytes. */
const cutFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.body || response.status !== 200) return response;
  // From 200 bytes to 800 KB: within hello, within history, between frames.
  let left = Math.floor(200 * 2 ** (random() * 12));
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.terminate();
    },
  });
  return new Response(response.body.pipeThrough(cut), response);
};

/** Values by series, in the order in which they came. */
type Values = Map<string, number[]>;

function add(to: Values, columns: SeriesColumns): void {
  for (const [series, { values }] of columns) {
    const own = to.get(series) ?? [];
    own.push(...(values as number[]));
    to.set(series, own);
  }
}

/** One viewer and what it was told. */
class Viewer {
  readonly live: Values = new Map();
  readonly past: Values = new Map();
  readonly plain: boolean;
  readonly series: readonly string[];
  losses = 0;
  readonly #off = new AbortController();
  readonly done: Promise<void>;

  constructor(url: string, series: readonly string[], plain: boolean) {
    this.plain = plain;
    this.series = series;
    this.done = this.#run(plain ? `${url}/chart-data?series=${series[0]}` : `${url}/v1/stream`);
  }

  stop(): void {
    this.#off.abort();
  }

  /** Whether it has the last value of each of its series; it may have come too late to see it live. */
  has(last: number): boolean {
    return this.series.every(
      (name) => this.live.get(name)?.at(-1) === last || this.past.get(name)?.includes(last),
    );
  }

  get deliveries(): number {
    return this.live.values().reduce((sum, values) => sum + values.length, 0);
  }

  /** The plain form has one series and does not say which. */
  #named(columns: SeriesColumns): SeriesColumns {
    const one = columns.values().next().value;
    return this.plain && one ? new Map([[this.series[0]!, one]]) : columns;
  }

  async #run(url: string): Promise<void> {
    const changes = follow({
      url,
      ...(this.plain ? {} : { series: this.series, span: "1h", px: 8000 }),
      signal: this.#off.signal,
      // Most come back at once, some only after seconds.
      environment: { fetch: cutFetch, random: () => random() ** 12 / 6 },
    });
    for await (const change of changes) {
      if (change.type === "gap") this.losses++;
      if (change.type === "reset") {
        // Cut within history it has no position yet, and begins again; later it is a loss.
        if (this.live.size > 0) this.losses++;
        this.past.clear();
      }
      if (change.type === "history") add(this.past, change.columns);
      if (change.type === "samples") add(this.live, this.#named(change.columns));
    }
  }
}

/** Sends batches until stopped. No value is used twice, so that samples can be told apart. */
async function produce(
  url: string,
  signal: AbortSignal,
): Promise<{ kept: Set<string>; next: number }> {
  const kept = new Set<string>();
  const began = Date.now();
  let next = 0;
  while (!signal.aborted) {
    const samples = Array.from({ length: 1 + Math.floor(random() ** 3 * 40) }, () => {
      const series = names[Math.floor(random() * names.length)]!;
      const value = next++;
      // Out of order, but never twice the same: the second would overwrite the first in history.
      return { series, value, time: began + (value ^ 7) };
    });
    if (await post(url, samples)) {
      for (const { series, value } of samples) kept.add(`${series}=${value}`);
    }
    await delay(random() * 30);
  }
  return { kept, next };
}

/** Whether the samples were acknowledged. If not they may have been kept or not; nobody can tell. */
async function post(url: string, samples: object[]): Promise<boolean> {
  const body = samples.map((sample) => JSON.stringify(sample)).join("\n");
  try {
    const response = await fetch(`${url}/v1/samples`, { method: "POST", body });
    return response.status === 204;
  } catch {
    return false;
  }
}

/** Everything the log has, in its order: what a viewer gets that was there from the beginning. */
async function readLog(url: string, last: number): Promise<Values> {
  const { epoch } = parsePosition(await headOf(url))!;
  const all: Values = new Map();
  const off = new AbortController();
  const position = `${epoch}-0`;
  for await (const change of follow({ url: `${url}/v1/stream`, position, signal: off.signal })) {
    assert.notEqual(change.type, "reset");
    if (change.type === "samples") add(all, change.columns);
    if (names.every((name) => all.get(name)?.at(-1) === last)) break;
  }
  return all;
}

async function headOf(url: string): Promise<string> {
  const off = new AbortController();
  const response = await fetch(`${url}/v1/stream`, { signal: off.signal });
  let text = "";
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    const position = /"position":"([^"]+)"/.exec(text)?.[1];
    if (position) return position;
  }
  throw new Error(`no hello in ${text}`);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `waited too long until ${what} (seed ${seed})`);
    await delay(20);
  }
}

function checkViewer(viewer: Viewer, log: Values): void {
  assert.equal(viewer.losses, 0, `a loss was told (seed ${seed})`);
  for (const name of viewer.series) {
    const all = log.get(name)!;
    const live = viewer.live.get(name) ?? [];
    const begin = live.length === 0 ? all.length : all.indexOf(live[0]!);
    assert.deepEqual(live, all.slice(begin), `${name}: each once, in order (seed ${seed})`);
    if (viewer.plain) continue;
    const past = [...new Set(viewer.past.get(name))].sort((a, b) => a - b);
    const before = all.slice(0, begin).sort((a, b) => a - b);
    assert.deepEqual(past, before, `${name}: history ends where live begins (seed ${seed})`);
  }
}

test("exactness: whatever is cut or killed, every viewer has every sample once and in order", async (t) => {
  t.diagnostic(`seed ${seed}`);
  const port = await freePort();
  const data = await temporaryFolder(t);
  const args = ["--port", String(port), "--data", data, "--log-level", "silent"];
  const start = () => runPlotcast(t, args);
  let server: RunningPlotcast = await start();
  const { url } = server;

  const stop = new AbortController();
  const produced = produce(url, stop.signal);
  const viewers: Viewer[] = [];
  const join = (count: number) => {
    for (let i = 0; i < count; i++) {
      const plain = viewers.length % 10 === 0;
      const some = names.filter(() => random() < 0.5);
      const series = plain || some.length === 0 ? [names[viewers.length % names.length]!] : some;
      viewers.push(new Viewer(url, series, plain));
    }
  };
  t.after(() => {
    for (const viewer of viewers) viewer.stop();
  });

  join(viewerCount / 2);
  for (const signal of ["SIGTERM", "SIGKILL", "SIGKILL", "SIGTERM"] as const) {
    await delay(1500 + random() * 1500);
    await server.stop(signal);
    server = await start();
    join(viewerCount / 8);
  }
  await delay(1500);
  stop.abort();
  const { kept, next: last } = await produced;
  const end = names.map((series) => ({ series, value: last, time: Date.now() }));
  assert.ok(await post(url, end));

  await until("every viewer has the end", () => viewers.every((viewer) => viewer.has(last)));
  const log = await readLog(url, last);
  for (const viewer of viewers) checkViewer(viewer, log);
  const held = new Set([...log].flatMap(([series, values]) => values.map((v) => `${series}=${v}`)));
  for (const key of kept) assert.ok(held.has(key), `${key} was acknowledged (seed ${seed})`);
  const deliveries = viewers.reduce((sum, viewer) => sum + viewer.deliveries, 0);
  t.diagnostic(`${viewers.length} viewers, ${deliveries} deliveries, ${kept.size} acknowledged`);
  assert.ok(viewers.length >= 200 && deliveries >= 100_000, `${deliveries} deliveries`);
});

test("exactness: a position that cannot be met gives an explicit reset, never silence", async (t) => {
  const { url } = await runPlotcast(t, ["--port", "0", "--no-persist", "--log-level", "silent"]);
  assert.ok(await post(url, [{ series: "s0", value: 1 }]));
  const { epoch, offset } = parsePosition(await headOf(url))!;
  for (const position of [`${epoch}-${offset + 1}`, "zzzz-1", "garbage", "1042", `${epoch}-1 x`]) {
    const off = new AbortController();
    const found: Change[] = [];
    for await (const change of follow({ url: `${url}/v1/stream`, position, signal: off.signal })) {
      found.push(change);
      if (change.type === "history" && change.done) break;
    }
    assert.ok(
      found.some(({ type }) => type === "reset"),
      `${position}: ${JSON.stringify(found)}`,
    );
  }
});
