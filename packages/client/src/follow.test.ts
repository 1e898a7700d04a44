import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, encodeHeartbeat, type Hello } from "@plotcast/protocol";
import type { Change } from "./change.ts";
import { type FakeBody, FakeWorld } from "./fake-world.ts";

const series = [{ id: 1, series: "a" }];

function hello(world: FakeWorld, more: Partial<Hello> = {}): string {
  const rest = { serverTime: world.time + 1500, heartbeatMs: 10_000, series };
  const head = { type: "hello", version: 1, epoch: "e", position: "e-4" } as const;
  return encodeFrame({ ...head, recovery: "fresh", ...rest, ...more });
}

function samples(prev: number, value: number): string {
  const columns = new Map([[1, { times: [value], values: [value] }]]);
  return encodeFrame({ type: "samples", prev: `e-${prev}`, series: [], columns }, `e-${value}`);
}

/** Values of series `a` or `value`, in the order in which they were told. */
function values(changes: readonly Change[]): (number | null)[] {
  return changes.flatMap((change) =>
    "columns" in change ? [...change.columns.values()].flatMap((column) => column.values) : [],
  );
}

/** Connected, and standing at `e-5`. */
async function live(): Promise<{ world: FakeWorld; body: FakeBody }> {
  const world = new FakeWorld();
  await world.start();
  const body = world.last.stream();
  body.send(hello(world) + samples(4, 5));
  await world.settle();
  assert.deepEqual(world.states, ["connecting", "live"]);
  return { world, body };
}

function waiting(world: FakeWorld): { reason: string; inMs: number } {
  const change = world.seen.at(-1);
  assert.ok(change?.type === "status" && change.status.state === "waiting", JSON.stringify(change));
  return { reason: change.status.reason, inMs: change.status.retryAt - world.time };
}

test("follow: hello makes it live with the offset of the server's clock, then samples come", async () => {
  const { world } = await live();
  assert.deepEqual(world.seen.slice(1), [
    { type: "status", status: { state: "live", clockOffsetMs: 1500 } },
    { type: "series", series },
    { type: "samples", columns: new Map([["a", { times: [5], values: [5] }]]), position: "e-5" },
  ]);
});

test("follow: a cut resumes at the position, and says what happened", async () => {
  const { world, body } = await live();
  body.send(samples(5, 6).slice(0, -1));
  body.cut();
  await world.settle();
  assert.deepEqual(waiting(world), { reason: "the connection was cut", inMs: 0 });
  await world.pass(0);
  assert.equal(world.last.headers.get("last-event-id"), "e-5");
  world.last.stream().send(hello(world, { recovery: "exact" }) + samples(4, 5) + samples(5, 6));
  await world.settle();
  assert.deepEqual(values(world.seen), [5, 6]);
});

test("follow: a heartbeat moves the position of a quiet selection", async () => {
  const { world, body } = await live();
  body.send(encodeHeartbeat("e-90"));
  body.end();
  await world.pass(0);
  assert.equal(world.last.headers.get("last-event-id"), "e-90");
  assert.deepEqual(world.states.slice(2), ["waiting", "connecting"]);
});

test("follow: bye is given as the reason, and its time is kept, also by a page that wakes", async () => {
  const { world, body } = await live();
  body.send(encodeFrame({ type: "bye", reason: "restart", retryMs: 4000 }));
  await world.settle();
  assert.deepEqual(waiting(world), { reason: "the server ended the stream: restart", inMs: 4000 });
  assert.ok(body.cancelled());
  world.wake(false);
  await world.pass(3999);
  assert.equal(world.requests.length, 1);
  await world.pass(1);
  assert.equal(world.requests.length, 2);
});

test("follow: bye may be all that an overloaded server says", async () => {
  const world = new FakeWorld();
  await world.start();
  world.last.stream().send(encodeFrame({ type: "bye", reason: "full", retryMs: 9000 }));
  await world.settle();
  assert.deepEqual(world.states, ["connecting", "waiting"]);
  assert.equal(waiting(world).inMs, 9000);
});

test("follow: a frame lost on the way is fetched by connecting again", async () => {
  const { world, body } = await live();
  body.send(samples(6, 7));
  await world.pass(0);
  assert.ok(body.cancelled());
  assert.equal(world.last.headers.get("last-event-id"), "e-5");
  const missed = { after: "e-5", reason: "trimmed" };
  world.last.stream().send(hello(world, { recovery: "reset", position: "e-9", missed }));
  await world.settle();
  assert.deepEqual(world.seen.at(-2), { type: "reset", after: "e-5", reason: "trimmed" });
});

test("follow: a broken frame is fetched again, then left out and told", async () => {
  const { world, body } = await live();
  const broken = 'id: e-6\nevent: samples\ndata: {"prev":"e-5","blocks":[7]}\n\n';
  body.send(broken);
  await world.settle();
  assert.match(waiting(world).reason, /cannot read a frame/);
  await world.pass(0);
  world.last.stream().send(hello(world, { recovery: "exact" }) + broken + samples(6, 7));
  await world.settle();
  const gap = world.seen.find((change) => change.type === "gap");
  assert.deepEqual([gap?.from, gap?.to], ["e-5", "e-6"]);
  assert.deepEqual(values(world.seen), [5, 7]);
});

test("follow: a frame that goes on from a broken one is fetched again, and nothing is guessed", async () => {
  const { world, body } = await live();
  const broken = 'id: e-6\nevent: samples\ndata: {"prev":"e-5","blocks":[7]}\n\n';
  const goesOn = "id:e-7\ndata:[1,1,1,1000,2]\n\n";
  body.send(broken);
  await world.settle();
  await world.pass(0);
  world.last.stream().send(hello(world, { recovery: "exact" }) + broken + goesOn);
  await world.settle();
  assert.match(waiting(world).reason, /goes on from e-6, which did not come/);
  await world.pass(0);
  assert.equal(world.last.headers.get("last-event-id"), "e-6");
  world.last.stream().send(hello(world, { recovery: "exact" }) + samples(6, 7));
  await world.settle();
  assert.deepEqual(values(world.seen), [5, 7]);
  assert.equal(world.seen.filter(({ type }) => type === "gap").length, 1);
});

test("follow: another version of the protocol is waited out, events it may add are skipped", async () => {
  const { world, body } = await live();
  body.send("event: later\nid: e-6\ndata: not even JSON\n\n");
  body.cut();
  await world.pass(0);
  assert.equal(world.last.headers.get("last-event-id"), "e-6");
  world.last.stream().send(hello(world, { version: 2 as never }));
  await world.settle();
  assert.match(waiting(world).reason, /expected version 1 of the protocol, found 2/);
});

test("follow: missing heartbeats end the connection", async () => {
  const { world, body } = await live();
  await world.pass(24_000);
  body.send(": still here\n\n");
  await world.pass(24_999);
  assert.equal(body.cancelled(), false);
  await world.pass(1);
  assert.ok(body.cancelled());
  assert.equal(world.last.headers.get("last-event-id"), "e-5");
});

test("follow: a plain endpoint may be quiet for as long as it likes", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/events" });
  const body = world.last.stream();
  await world.pass(1000);
  assert.deepEqual(world.states, ["connecting", "live"]);
  await world.pass(86_400_000);
  body.send("data: 1\n\n");
  await world.pass(86_400_000);
  assert.deepEqual(world.states, ["connecting", "live"]);
  assert.equal(world.requests.length, 1);
});

test("follow: a plain endpoint that has said when to come back, and nothing else yet, is live", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/events" });
  const body = world.last.stream();
  body.send("retry: 3000\n\n");
  await world.pass(999);
  assert.deepEqual(world.states, ["connecting"], "hello may be on its way");
  await world.pass(1);
  assert.deepEqual(world.states, ["connecting", "live"]);
  body.send("data: 1\n\n");
  await world.settle();
  assert.deepEqual(values(world.seen), [1]);
  assert.deepEqual(world.states, ["connecting", "live"]);
});

test("follow: a plain endpoint that falls out of its rhythm is asked again", async () => {
  const world = new FakeWorld();
  await world.start();
  const body = world.last.stream();
  for (let i = 0; i < 70; i++) {
    body.send("data: 1\n\n");
    await world.pass(1000);
  }
  await world.pass(28_999);
  assert.equal(world.requests.length, 1);
  await world.pass(1);
  assert.equal(world.requests.length, 2);
  world.last.stream();
  await world.pass(59_999);
  assert.equal(world.requests.length, 2, "it may have been a wrong guess");
  await world.pass(1);
  assert.equal(world.requests.length, 3);
});

test("follow: the promise of a heartbeat ends where a plain endpoint takes over", async () => {
  const { world, body } = await live();
  body.end();
  await world.pass(0);
  world.last.stream().send("data: 1\n\n");
  await world.pass(3_600_000);
  assert.equal(world.requests.length, 2);
});

test("follow: the plain form of our server tells a gap when it cannot resume", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/chart-data" });
  world.last.stream().send('event: reset\ndata: {"after":"5","reason":"trimmed"}\n\ndata: 1\n\n');
  await world.settle();
  const gap = world.seen.find((change) => change.type === "gap");
  assert.deepEqual(gap, { type: "gap", from: "5", to: "", reason: "trimmed" });
  assert.deepEqual(values(world.seen), [1]);
});

test("follow: the plain form of our server tells a gap when its log was trimmed meanwhile", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/chart-data" });
  const data = '{"from":"e-5","to":"e-9","reason":"trimmed"}';
  world.last.stream().send(`id: e-9\nevent: gap\ndata: ${data}\n\ndata: 1\n\n`);
  await world.settle();
  const gap = world.seen.find((change) => change.type === "gap");
  assert.deepEqual(gap, { type: "gap", from: "e-5", to: "e-9", reason: "trimmed" });
  assert.deepEqual(values(world.seen), [1]);
});

test("follow: an endpoint that says where it stands and then nothing is live", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/chart-data" });
  world.last.stream().send("id: e-5\n\n");
  await world.settle();
  assert.deepEqual(world.seen.at(-1), { type: "status", status: { state: "live" } });
});

test("follow: any other reset of a plain endpoint is an event like all", async () => {
  const world = new FakeWorld();
  await world.start();
  const events = ['{"value":1}', "null", "not JSON", '{"after":"5"}'];
  world.last.stream().send(events.map((data) => `event: reset\ndata: ${data}\n\n`).join(""));
  await world.settle();
  assert.deepEqual(values(world.seen), [1, null, 5]);
});

test("follow: each plain event is samples, and its id comes back as Last-Event-ID", async () => {
  const world = new FakeWorld();
  await world.start();
  const body = world.last.stream();
  body.send('id: any id\ndata: {"value": 1}\n\nevent: cpu\ndata: 2\n\ndata: hello\n\n');
  await world.settle();
  const told = world.seen.slice(1).map((c) => (c.type === "notice" ? c.code : c.type));
  assert.deepEqual(told, [
    "status",
    "time-missing",
    "series",
    "guesses",
    "samples",
    "series",
    "guesses",
    "samples",
    "not-json",
  ]);
  body.end();
  await world.pass(0);
  assert.equal(world.last.headers.get("last-event-id"), "any id");
  world.last.stream().send("id\ndata: 3\n\n");
  await world.settle();
  assert.deepEqual(values(world.seen), [1, 2, 3]);
});

test("follow: a plain event called hello is no hello of ours", async () => {
  const world = new FakeWorld();
  await world.start();
  world.last.stream().send('event: hello\ndata: {"user": 7}\n\ndata: 1\n\n');
  await world.settle();
  assert.deepEqual(values(world.seen), [7, 1]);
});

test("follow: no answer for 10 s is given up, and the patience doubles", async () => {
  const world = new FakeWorld();
  await world.start();
  await world.pass(10_000);
  assert.ok(world.requests[0]!.signal.aborted);
  assert.equal(world.requests.length, 2);
  await world.pass(19_999);
  assert.equal(world.requests.length, 2);
  await world.pass(1);
  assert.equal(world.requests.length, 3);
  assert.match(JSON.stringify(world.seen), /no answer for 10 s.*no answer for 20 s/);
});

test("follow: it never gives up, and is soon back after the longest outage", async () => {
  const world = new FakeWorld();
  world.chance = 0.999_999;
  await world.start();
  const delays = [];
  for (let i = 0; i < 200; i++) {
    const cause = { code: "ECONNREFUSED" };
    world.last.fail(new TypeError("fetch failed", { cause }));
    await world.settle();
    delays.push(waiting(world).inMs);
    assert.match(waiting(world).reason, /cannot be reached \(ECONNREFUSED\)/);
    await world.pass(waiting(world).inMs);
  }
  assert.deepEqual(delays.slice(0, 9), [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assert.equal(delays.at(-1), 30_000);
  assert.deepEqual(world.seen.at(-1), {
    type: "status",
    status: { state: "connecting", attempt: 201 },
  });
});

test("follow: a connection that has lived takes the back-off away, a young one does not", async () => {
  const world = new FakeWorld();
  world.chance = 0.999_999;
  await world.start();
  for (let i = 0; i < 8; i++) {
    world.last.fail(new TypeError("fetch failed"));
    await world.settle();
    await world.pass(waiting(world).inMs);
  }
  const young = world.last.stream();
  young.send("data: 1\n\n");
  await world.settle();
  young.end();
  await world.settle();
  assert.equal(waiting(world).inMs, 4000);
  await world.pass(4000);
  const old = world.last.stream();
  await world.pass(5000);
  old.end();
  await world.settle();
  assert.deepEqual(waiting(world), { reason: "the server ended the stream", inMs: 250 });
});

test("follow: retry of the last connection is the least it waits, unless the page wakes", async () => {
  const world = new FakeWorld();
  await world.start();
  const body = world.last.stream();
  body.send("retry: 7000\n\ndata: 1\n\n");
  body.end();
  await world.settle();
  assert.equal(waiting(world).inMs, 7000);
  await world.pass(7000);
  world.last.fail(new TypeError("fetch failed"));
  await world.settle();
  assert.equal(waiting(world).inMs, 7000);
  world.wake(false);
  await world.pass(0);
  assert.equal(world.requests.length, 3);
  const other = world.last.stream();
  other.send("data: 1\n\n");
  other.end();
  await world.settle();
  assert.equal(waiting(world).inMs, 0);
});

test("follow: Retry-After is the least it waits, plus chance", async () => {
  const world = new FakeWorld();
  world.chance = 0.5;
  await world.start();
  world.last.respond(new Response("", { status: 503, headers: { "retry-after": "60" } }));
  await world.settle();
  assert.deepEqual(waiting(world), { reason: "the server answers 503", inMs: 60_125 });
});

test("follow: a refusal is the last word", async () => {
  for (const status of [204, 401, 403]) {
    const world = new FakeWorld();
    await world.start();
    world.last.respond(new Response(null, { status }));
    await world.pass(3_600_000);
    const last = world.seen.at(-1);
    assert.ok(last?.type === "status" && last.status.state === "refused");
    assert.equal(last.status.code, status);
    assert.ok(world.done);
    assert.equal(world.timers + world.requests.length, 1);
  }
});

test("follow: a page for logging in is waited out", async () => {
  const world = new FakeWorld();
  await world.start();
  const headers = { "content-type": "text/html; charset=utf-8" };
  world.last.respond(new Response("<html>", { headers }));
  await world.settle();
  assert.match(waiting(world).reason, /found "text\/html; charset=utf-8"; is this a page/);
});

test("follow: an event without end is an error, and the back-off grows", async () => {
  const world = new FakeWorld();
  world.chance = 0.999_999;
  await world.start();
  for (const inMs of [250, 500, 1000, 2000, 4000, 8000]) {
    const body = world.last.stream();
    body.send("data: 1\n\n");
    for (let i = 0; i < 17; i++) body.send(`data: ${"x".repeat(1024 * 1024)}\n`);
    await world.settle();
    assert.deepEqual(waiting(world), { reason: "an event is longer than 16 MiB", inMs });
    await world.pass(inMs);
  }
});

test("follow: after sleep, and when a page is restored, the connection is made anew", async () => {
  const { world } = await live();
  await world.sleep(3_600_000);
  await world.pass(500);
  assert.equal(world.requests.length, 2);
  world.last.stream().send(hello(world, { recovery: "exact" }));
  await world.settle();
  world.wake(true);
  await world.pass(0);
  assert.equal(world.requests.length, 3);
});

test("follow: nothing is read while the changes are not taken", async () => {
  const world = new FakeWorld();
  const changes = world.follow()[Symbol.asyncIterator]();
  await changes.next();
  const first = changes.next();
  const body = world.last.stream();
  body.send(hello(world));
  await first;
  for (let i = 5; i < 100; i++) body.send(samples(i - 1, i));
  await world.pass(3_600_000);
  assert.equal(body.unread(), 95);
  assert.equal(world.timers, 0);
  await changes.next();
  assert.equal(((await changes.next()).value as Change).type, "samples");
});

test("follow: leaving the loop ends the connection and everything else", async () => {
  const world = new FakeWorld();
  let stopped = false;
  world.environment.onWake(() => {}, new AbortController().signal);
  const onWake = (_: unknown, signal: AbortSignal) => {
    signal.addEventListener("abort", () => {
      stopped = true;
    });
  };
  const changes = world.follow({ environment: { onWake } })[Symbol.asyncIterator]();
  await changes.next();
  const next = changes.next();
  const body = world.last.stream();
  body.send(hello(world));
  await next;
  await changes.return?.();
  await world.settle();
  assert.ok(body.cancelled() && stopped);
  assert.equal(world.timers, 0);
});

test("follow: the signal ends it anywhere, with `ended`", async () => {
  const before = new FakeWorld();
  await before.start({ signal: AbortSignal.abort() });
  const connecting = new FakeWorld();
  await connecting.start();
  const waiter = new FakeWorld();
  await waiter.start();
  waiter.last.fail(new TypeError("fetch failed"));
  await waiter.settle();
  const { world: reading, body } = await live();
  for (const world of [before, connecting, waiter, reading]) {
    await world.abort();
    assert.equal(world.states.at(-1), "ended");
    assert.ok(world.done);
    assert.equal(world.timers, 0);
  }
  assert.ok(body.cancelled());
});

test("follow: an abort while a change is handled lets no further change through", async () => {
  const world = new FakeWorld();
  const off = new AbortController();
  const seen: string[] = [];
  const run = async () => {
    for await (const change of world.follow({ signal: off.signal })) {
      seen.push(change.type);
      if (change.type === "samples") off.abort();
    }
  };
  const running = run();
  await world.settle();
  world.last.stream().send(hello(world) + samples(4, 5) + samples(5, 6));
  await running;
  assert.deepEqual(seen, ["status", "status", "series", "samples", "status"]);
});

test("follow: a foreign origin is asked with the position in the query", async () => {
  const world = new FakeWorld();
  await world.start({ position: "e-5", environment: { pageUrl: "http://elsewhere/" } });
  assert.equal(world.last.url.searchParams.get("position"), "e-5");
  assert.equal(world.last.headers.get("last-event-id"), null);
});

test("follow: an address that is none throws at once", () => {
  assert.throws(() => new FakeWorld().follow({ url: "nowhere" }), { code: "bad-input" });
});
