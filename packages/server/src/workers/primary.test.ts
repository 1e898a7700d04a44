import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PlotcastError } from "@plotcast/protocol";
import { defaultOptions } from "../config.ts";
import { createLogger } from "../ops/logger.ts";
import type { Child } from "./child.ts";
import { fakeLine, fakeShared } from "./fake-line.ts";
import { Peer } from "./peer.ts";
import { findPort } from "./port.ts";
import { type PrimaryParts, startWorkers } from "./primary.ts";
import type { PrimaryCalls, Start, WorkerCalls } from "./worker-process.ts";

/** A process that does what the test says, and is not there at all. */
class FakeChild implements Child {
  readonly pid = 1;
  readonly ended: Promise<string>;
  readonly line = fakeLine();
  readonly channel = this.line.a;
  readonly asked: string[] = [];
  readonly peer: Peer<PrimaryCalls>;
  started: Start | undefined;
  #end!: (how: string) => void;

  constructor(does: Partial<WorkerCalls> = {}) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const handlers: WorkerCalls = {
      start: async (start) => {
        this.started = start;
        return `http://127.0.0.1:${start.options.port}`;
      },
      news: () => undefined,
      appended: () => undefined,
      ping: async () => {},
      report: async () => `report of ${this.started?.worker}`,
      close: async () => void this.asked.push("close"),
      ...does,
    };
    this.peer = new Peer<PrimaryCalls>(this.line.b, handlers, { what: "main process" });
    this.peer.tell("ready", undefined);
  }

  kill(): void {
    this.end("SIGKILL");
  }

  disconnect(): void {
    this.asked.push("disconnect");
    this.end("exit code 0");
  }

  end(how: string): void {
    this.line.a.close();
    this.#end(how);
  }
}

function world(t: TestContext, does: (index: number) => Partial<WorkerCalls> = () => ({})) {
  const children: FakeChild[] = [];
  const lines: string[] = [];
  const heard: string[] = [];
  const { backend } = fakeShared();
  const clock = { now: 0 };
  const waits: number[] = [];
  const parts: PrimaryParts = {
    backend,
    limit: { refuse: () => undefined, settle: () => {} },
    logger: createLogger("info", { write: (line) => lines.push(line) }),
    fork: () => {
      const child = new FakeChild(does(children.length));
      children.push(child);
      return child;
    },
    reports: {
      own: async () => "report of the main process",
      heard: (process, report) => heard.push(`${process}: ${report}`),
      ended: (process) => heard.push(`${process} ended`),
      counted: "what was counted",
    },
    onGivenUp: (error) => lines.push(error.message),
    later: async (ms) => void waits.push(ms),
    clock: () => clock.now,
  };
  const start = async (workers = 2) => {
    const options = { ...defaultOptions, port: 0, workers, maxViewers: 10 };
    const started = await startWorkers(parts, options);
    t.after(() => started.close());
    return started;
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await nextTurn();
  };
  return { children, lines, heard, clock, waits, start, until };
}

test("workers: all get one port, and each its part of the viewers", async (t) => {
  const { children, start } = world(t);
  const { url } = await start(3);
  const ports = new Set(children.map(({ started }) => started!.options.port));
  assert.deepEqual(
    [...ports].map((port) => `http://127.0.0.1:${port}`),
    [url],
  );
  assert.deepEqual(
    children.map(({ started }) => started!.worker),
    [1, 2, 3],
  );
  for (const { started } of children) {
    assert.deepEqual([started!.options.maxViewers, started!.options.portMayMove], [4, false]);
  }
});

test("workers: what keeps one from listening is told, and none is left", async (t) => {
  const failure = new PlotcastError("unavailable", "cannot listen on 127.0.0.1 port 1: EACCES");
  const { children, start } = world(t, (index) =>
    index === 1 ? { start: () => Promise.reject(failure) } : {},
  );
  await assert.rejects(start(), { code: "unavailable", message: failure.message });
  await Promise.all(children.map(({ ended }) => ended));
});

test("workers: one that ends before it listens is told", async (t) => {
  const { children, start, until } = world(t, () => ({ start: () => new Promise(() => {}) }));
  const started = start(1);
  await until(() => children.length === 1);
  await nextTurn();
  children[0]!.end("exit code 9");
  await assert.rejects(started, { message: "cannot start a worker: exit code 9" });
});

test("workers: one that ends is replaced, and told of", async (t) => {
  const { children, lines, clock, waits, start, until } = world(t);
  await start();
  clock.now = 60_000;
  children[1]!.end("SIGSEGV");
  await until(() => children[2]?.started !== undefined);
  assert.equal(children[2]!.started!.worker, 2);
  assert.deepEqual(waits, [0]);
  const { msg, worker, level } = JSON.parse(lines.find((line) => line.includes("ended"))!);
  assert.match(msg, /^a worker has ended: SIGSEGV; another takes its place/);
  assert.deepEqual([worker, level], [2, 50]);
});

test("workers: one that ends again and again is waited for longer and longer, then all is given up", async (t) => {
  const { children, lines, waits, start, until } = world(t);
  await start(1);
  for (let count = 1; count <= 9; count++) {
    await until(() => children[count - 1]?.started !== undefined);
    children[count - 1]!.end("exit code 1");
  }
  await until(() => lines.at(-1)!.startsWith("cannot"));
  assert.match(lines.at(-1)!, /^cannot go on: worker 1 has ended 9 times in a row, .*exit code 1/);
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test("workers: one that has lived long is not counted with those that have not", async (t) => {
  const { children, clock, waits, start, until } = world(t);
  await start(1);
  for (let count = 1; count <= 30; count++) {
    await until(() => children[count - 1]?.started !== undefined);
    clock.now += count % 5 === 0 ? 60_000 : 1;
    children[count - 1]!.end("exit code 1");
  }
  await until(() => children[30]?.started !== undefined);
  assert.equal(Math.max(...waits), 800);
});

test("workers: one that does not answer for 30 s is killed and replaced, others are not", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { children, lines, start, until } = world(t);
  await start();
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      t.mock.timers.tick(5_000);
      for (let turn = 0; turn < 5; turn++) await nextTurn();
    }
  };
  children[0]!.line.b.frozen = true;
  await pass(30);
  assert.equal(children.length, 2);
  await pass(5);
  await until(() => children[2]?.started !== undefined);
  assert.equal(children[2]!.started!.worker, 1);
  await pass(60);
  assert.equal(children.length, 3);
  assert.match(lines.join(""), /it did not answer for 30 s, and was killed/);
});

test("workers: each gathers what all other processes report", async (t) => {
  const { children, heard, start } = world(t);
  await start();
  const told = await children[0]!.peer.call("gather", "its own");
  assert.deepEqual(told, ["report of the main process", "report of 2", "what was counted"]);
  assert.deepEqual(heard, ["1: its own", "2: report of 2"]);
});

test("workers: a report that is missing is told", async (t) => {
  const { children, start } = world(t, (index) =>
    index === 1 ? { report: () => Promise.reject(new PlotcastError("unavailable", "no")) } : {},
  );
  await start();
  await assert.rejects(children[0]!.peer.call("gather", ""), { code: "unavailable" });
});

test("workers: what one had counted that has ended is said to be over", async (t) => {
  const { children, heard, start, until } = world(t);
  await start();
  children[0]!.end("SIGKILL");
  await until(() => children[2]?.started !== undefined);
  await children[2]!.peer.call("gather", "its own");
  assert.deepEqual(heard, ["1 ended", "3: its own", "2: report of 2"]);
});

test("workers: at the end each is asked to finish before its line is closed, and none is replaced", async (t) => {
  const { children, lines, start } = world(t);
  const workers = await start();
  await workers.close();
  await nextTurn();
  assert.ok(!lines.some((line) => line.includes("has ended")));
  for (const { asked } of children) assert.deepEqual(asked, ["close", "disconnect"]);
  assert.equal(children.length, 2);
});

test("workers: the port is refused if anybody listens there, also one that would share it", async (t) => {
  for (const reusePort of [false, true]) {
    const other = createServer().listen({ host: "127.0.0.1", port: 0, reusePort });
    t.after(() => other.close());
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const options = { ...defaultOptions, port };
    const message = `cannot listen on 127.0.0.1 port ${port}: it is in use; choose another with --port`;
    await assert.rejects(findPort(options), { code: "unavailable", message });
    assert.ok((await findPort({ ...options, portMayMove: true })) > port);
  }
});
