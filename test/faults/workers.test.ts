import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { follow } from "@plotcast/client";
import { parsePosition } from "@plotcast/protocol";
import {
  freePort,
  type RunningPlotcast,
  runPlotcast,
  temporaryFolder,
} from "../plotcast-process.ts";

/*
 * Several processes on one port, driven through real connections: the kernel decides which worker gets
 * which. Each request has a connection of its own, so that all of them come to all workers.
 */
const names = ["s0", "s1", "s2"];
const inMemory = ["--port", "0", "--no-persist"];

/** Values by series, in the order in which they came. */
type Values = Map<string, number[]>;

/** A viewer and what it was told: everything after a position, or a loss. */
class Viewer {
  readonly live: Values = new Map();
  readonly losses: string[] = [];
  connects = 0;
  #ended = false;
  readonly #off = new AbortController();

  constructor(url: string, position: string) {
    void this.#run(`${url}/v1/stream`, position);
  }

  stop(): void {
    this.#off.abort();
  }

  has(last: number): boolean {
    return names.every((name) => this.live.get(name)?.at(-1) === last);
  }

  /** Whether it has been told that its stream is to end. */
  get ended(): boolean {
    return this.#ended;
  }

  async #run(url: string, position: string): Promise<void> {
    // As everybody's first reconnect: soon.
    const environment = { random: () => 0.05 };
    const { signal } = this.#off;
    for await (const change of follow({ url, series: names, position, signal, environment })) {
      if (change.type === "status" && change.status.state === "live") this.connects++;
      if (change.type === "reset" || change.type === "gap")
        this.losses.push(JSON.stringify(change));
      if (change.type === "samples") {
        for (const [series, { values }] of change.columns) {
          const own = this.live.get(series) ?? [];
          own.push(...(values as number[]));
          this.live.set(series, own);
        }
      }
    }
    this.#ended = true;
  }
}

/** Whether the samples were acknowledged. If not they may have been kept or not; nobody can tell. */
async function post(url: string, samples: readonly object[]): Promise<boolean> {
  const body = samples.map((sample) => JSON.stringify(sample)).join("\n");
  const headers = { connection: "close" };
  try {
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(`${url}/v1/samples`, { method: "POST", body, headers, signal });
    return response.status === 204;
  } catch {
    return false;
  }
}

/** Posts over connections of their own until stopped. No value is used twice. */
async function produce(url: string, signal: AbortSignal, lanes = 6) {
  const kept = new Set<string>();
  let next = 0;
  const lane = async () => {
    while (!signal.aborted) {
      const samples = Array.from({ length: 1 + (next % 7) }, () => {
        const value = next++;
        return { series: names[value % names.length]!, time: Date.now(), value };
      });
      if (await post(url, samples))
        for (const { series, value } of samples) kept.add(`${series}=${value}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { kept, next };
}

async function sendEnd(url: string, value: number): Promise<void> {
  const end = names.map((series) => ({ series, value, time: Date.now() }));
  assert.ok(await post(url, end));
}

/** The position before everything. */
async function origin(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/stream`);
  let text = "";
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    const position = /"position":"([^"]+)"/.exec(text)?.[1];
    if (position) return `${parsePosition(position)!.epoch}-0`;
  }
  throw new Error(`no hello in ${text}`);
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000) {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `waited too long until ${what}`);
    await delay(20);
  }
}

async function workersOf({ child: { pid } }: RunningPlotcast): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return status !== "" && !/^State:\s+Z/m.test(status);
}

/** Connections and whatever else of a process is a socket. */
async function socketsOf(pid: number): Promise<number> {
  const files = await readdir(`/proc/${pid}/fd`);
  const links = files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => ""));
  return (await Promise.all(links)).filter((link) => link.startsWith("socket:")).length;
}

function join(t: TestContext, url: string, position: string, count: number): Viewer[] {
  const viewers = Array.from({ length: count }, () => new Viewer(url, position));
  t.after(() => {
    for (const viewer of viewers) viewer.stop();
  });
  return viewers;
}

/** Every viewer has the same in the same order, each value once, and all that was acknowledged. */
function checkAll(viewers: readonly Viewer[], kept: ReadonlySet<string>): void {
  const [first] = viewers;
  for (const viewer of viewers) {
    assert.deepEqual(viewer.losses, []);
    assert.deepEqual(viewer.live, first!.live);
  }
  const all = [...first!.live].flatMap(([name, values]) => values.map((v) => `${name}=${v}`));
  const once = new Set(all);
  assert.equal(once.size, all.length, "something came twice");
  for (const each of kept) assert.ok(once.has(each), `${each} was acknowledged`);
}

test("workers: what is posted to any of them is seen on all of them, once and in order", async (t) => {
  const server = await runPlotcast(t, [...inMemory, "--workers", "3"]);
  const { url } = server;
  const workers = await workersOf(server);
  assert.equal(workers.length, 3);
  const idle = await Promise.all(workers.map(socketsOf));
  const viewers = join(t, url, await origin(url), 24);
  await until("every viewer is connected", () => viewers.every(({ connects }) => connects === 1));
  const busy = await Promise.all(workers.map(socketsOf));
  assert.ok(
    busy.every((sockets, index) => sockets > idle[index]!),
    `sockets ${idle} before, ${busy} with viewers`,
  );
  for (let times = 0; times < 6; times++) {
    const metrics = await (
      await fetch(`${url}/metrics`, { headers: { connection: "close" } })
    ).text();
    assert.match(metrics, /^plotcast_viewers 24$/m);
    assert.match(metrics, /^plotcast_samples_total 0$/m);
  }
  const stop = new AbortController();
  const produced = produce(url, stop.signal);
  await delay(1500);
  stop.abort();
  const { kept, next } = await produced;
  await sendEnd(url, next);
  await until("every viewer has the end", () => viewers.every((viewer) => viewer.has(next)));
  checkAll(viewers, kept);
  t.diagnostic(`${kept.size} samples acknowledged`);
  assert.ok(kept.size > 100);
});

test("workers: kill -9 of any of them costs its viewers nothing, and another takes its place", async (t) => {
  const data = await temporaryFolder(t);
  const server = await runPlotcast(t, ["--port", "0", "--data", data, "--workers", "2"]);
  const { url } = server;
  const viewers = join(t, url, await origin(url), 16);
  const stop = new AbortController();
  const produced = produce(url, stop.signal);
  let killed = 0;
  for (const index of [0, 1, 0]) {
    await delay(700);
    process.kill((await workersOf(server))[index]!, "SIGKILL");
    killed++;
    const listen = () => server.output().split("a worker listens").length - 1;
    await until("another takes its place", () => listen() === 2 + killed);
  }
  await delay(700);
  stop.abort();
  const { kept, next } = await produced;
  await until("the server takes samples", () => post(url, [{ series: "other", value: 1 }]));
  await sendEnd(url, next);
  await until("every viewer has the end", () => viewers.every((viewer) => viewer.has(next)));
  checkAll(viewers, kept);
  const connects = viewers.reduce((sum, viewer) => sum + viewer.connects, 0);
  t.diagnostic(`${kept.size} samples acknowledged, ${connects} connects`);
  assert.ok(connects > viewers.length, "no viewer was ever cut");
  assert.equal(server.output().split("a worker has ended: SIGKILL").length - 1, killed);
});

test("workers: none outlives the main process", async (t) => {
  const server = await runPlotcast(t, [...inMemory, "--workers", "2"]);
  const workers = await workersOf(server);
  const [stopped] = workers;
  process.kill(stopped!, "SIGSTOP");
  await server.stop("SIGKILL");
  process.kill(stopped!, "SIGCONT");
  for (const pid of workers) {
    await until(`worker ${pid} has ended`, async () => !(await isAlive(pid)), 10_000);
  }
});

test("workers: signals are for the main process, which lets viewers and senders finish", async (t) => {
  const server = await runPlotcast(t, [...inMemory, "--workers", "2"]);
  const { url } = server;
  const workers = await workersOf(server);
  for (const pid of workers) {
    // As Ctrl-C does, which reaches every process of a terminal.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid, signal);
  }
  const responses = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`${url}/v1/stream?series=s0`)),
  );
  assert.ok(await post(url, [{ series: "s0", value: 1 }]));
  const stopped = server.stop("SIGTERM");
  for (const response of responses) assert.match(await response.text(), /^event: bye$/m);
  assert.equal(await stopped, 0);
  for (const pid of workers) assert.equal(await isAlive(pid), false);
});

test("workers: one that stands still is replaced before what it does not read fills memory", async (t) => {
  const args = [...inMemory, "--workers", "2"];
  const server = await runPlotcast(t, args, { input: "pipe" });
  const { url } = server;
  await until("it serves", () => post(url, [{ series: "s0", value: -1 }]));
  const viewers = join(t, url, await origin(url), 6);
  await until("every viewer is connected", () => viewers.every(({ connects }) => connects === 1));
  const before = await server.memory();
  const [still] = await workersOf(server);
  process.kill(still!, "SIGSTOP");
  // The input of the command is read by the main process: it does not depend on who listens.
  const input = server.child.stdin!;
  const lines = Buffer.from("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\n".repeat(5_000));
  let most = before;
  const replaced = () => /a worker has ended: [^"]*was killed/.test(server.output());
  for (let samples = 0; !replaced(); samples += 100_000) {
    assert.ok(samples < 50e6, "a worker that stands still is never replaced");
    if (!input.write(lines)) await new Promise((resolve) => input.once("drain", resolve));
    most = Math.max(most, await server.memory());
  }
  t.diagnostic(`${/a worker has ended: [^;]*/.exec(server.output())?.[0]}`);
  t.diagnostic(`main process: ${Math.round(before)} MB, at most ${Math.round(most)} MB`);
  // The log in memory takes its own 64 MB of it.
  assert.ok(most - before < 350, `${most - before} MB`);
  await until("another takes its place", async () => (await workersOf(server)).length === 2);
  input.end();
  await until("the server takes samples", () => post(url, [{ series: "other", value: 1 }]));
  await sendEnd(url, 7);
  await until("every viewer has the end", () => viewers.every((viewer) => viewer.has(7)));
  assert.deepEqual(
    viewers.flatMap(({ losses }) => losses),
    [],
  );
});

test("workers: a port that anybody listens on is refused, by another Plotcast too", async (t) => {
  const port = await freePort();
  const args = ["--port", String(port), "--no-persist", "--workers", "2"];
  await runPlotcast(t, args);
  await assert.rejects(runPlotcast(t, args), /cannot listen on .* it is in use/);
});
