import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "./fake-world.ts";
import type { FollowOptions } from "./follow.ts";
import { followShared } from "./index.ts";

const json = { "content-type": "application/json" };

async function start(options: Partial<FollowOptions> = {}) {
  const world = new FakeWorld();
  await world.start({ url: "http://127.0.0.1/now.json", poll: 5000, ...options });
  const answer = async (body: unknown, init: ResponseInit = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    world.last.respond(new Response(text, { headers: json, ...init }));
    await world.settle();
  };
  const values = () =>
    world.seen.flatMap((change) =>
      change.type === "samples" ? [...change.columns.values()].flatMap((c) => c.values) : [],
    );
  return { world, answer, values };
}

function waiting(world: FakeWorld): string {
  const change = world.seen.findLast(({ type }) => type === "status");
  assert.ok(change?.type === "status" && change.status.state === "waiting", JSON.stringify(change));
  return change.status.reason;
}

test("poll: an address is asked again and again, and its samples are told as those of events", async () => {
  const { world, answer, values } = await start();
  assert.match(world.last.headers.get("accept")!, /^application\/json/);
  await answer({ ts: world.time, temp: 1 });
  assert.deepEqual(world.states, ["connecting", "live"]);
  await world.pass(4999);
  world.wake(true);
  await world.pass(0);
  assert.equal(world.requests.length, 1, "also a page that wakes asks no more often");
  await world.pass(1);
  await answer({ ts: world.time, temp: 2 });
  assert.deepEqual([world.requests.length, values()], [2, [1, 2]]);
  assert.deepEqual(world.states, ["connecting", "live"]);
  await world.abort();
  assert.deepEqual([world.states.at(-1), world.timers, world.done], ["ended", 0, true]);
});

test("poll: never two requests at a time, and no rush after a slow one", async () => {
  const { world, answer } = await start();
  await world.pass(8000);
  assert.equal(world.requests.length, 1);
  await answer(1);
  await world.pass(0);
  assert.equal(world.requests.length, 2);
  await answer(1);
  await world.pass(4999);
  assert.equal(world.requests.length, 2);
  await world.abort();
});

test("poll: what the server said of its answer is asked with, and 304 is the same once more", async () => {
  const { world, answer, values } = await start();
  assert.equal(world.last.headers.get("if-none-match"), null);
  await answer({ temp: 7 }, { headers: { ...json, etag: '"a"' } });
  await world.pass(5000);
  assert.equal(world.last.headers.get("if-none-match"), '"a"');
  world.last.respond(new Response(null, { status: 304 }));
  await world.settle();
  assert.deepEqual(values(), [7, 7], "a value of now has been confirmed");
  await world.pass(5000);
  await answer({ ts: world.time, temp: 8 }, { headers: { ...json, "last-modified": "then" } });
  await world.pass(5000);
  assert.equal(world.last.headers.get("if-modified-since"), "then");
  assert.equal(world.last.headers.get("if-none-match"), null);
  world.last.respond(new Response(null, { status: 304 }));
  await world.settle();
  assert.deepEqual(values(), [7, 7, 8], "a value with a time is told once");
  await world.abort();
});

test("poll: another origin is not asked with headers that it would have to allow first", async () => {
  const environment = { pageUrl: "http://elsewhere/" };
  const { world, answer } = await start({ environment });
  await answer({ temp: 7 }, { headers: { ...json, etag: '"a"' } });
  await world.pass(5000);
  assert.equal(world.last.headers.get("if-none-match"), null);
  await world.abort();
});

test("poll: nothing is asked while the page is hidden, and at once when it is shown", async () => {
  let show = (_: boolean) => {};
  const onSight = (listener: (visible: boolean) => void) => {
    show = listener;
    return true;
  };
  const { world, answer, values } = await start({ environment: { onSight } });
  await answer(1);
  show(false);
  await world.pass(3_600_000);
  assert.equal(world.requests.length, 1);
  show(true);
  await world.settle();
  assert.equal(world.requests.length, 2);
  await answer(2);
  assert.deepEqual([values(), world.timers], [[1, 2], 1]);
  show(false);
  await world.pass(10_000);
  await world.abort();
  assert.deepEqual([world.states.at(-1), world.timers], ["ended", 0]);
});

test("poll: a page that is opened hidden is told what there is, once", async () => {
  const { world, answer, values } = await start({ environment: { onSight: () => false } });
  await answer(1);
  await world.pass(60_000);
  assert.deepEqual([values(), world.requests.length], [[1], 1]);
  await world.abort();
});

test("poll: what cannot be used is said, and tried again after a while", async () => {
  const { world, answer } = await start();
  await answer("<p>Log in</p>", { headers: { "content-type": "text/html" } });
  assert.match(waiting(world), /expected JSON, found "text\/html"; is this a page/);
  await world.pass(0);
  await answer("data: 1", { headers: { "content-type": "text/event-stream" } });
  assert.match(waiting(world), /leave out poll/);
  await world.pass(0);
  await answer("gone", { status: 404 });
  assert.match(waiting(world), /nothing at this address \(404\)/);
  await world.pass(4999);
  const before = world.requests.length;
  await world.pass(1);
  assert.equal(world.requests.length, before + 1);
  world.last.fail(new TypeError("Failed to fetch"));
  await world.settle();
  assert.match(waiting(world), /cannot be reached/);
  await world.pass(0);
  await answer("x".repeat(17 * 1024 * 1024));
  assert.match(waiting(world), /longer than 16 MiB/);
  await world.pass(0);
  await answer(3);
  assert.equal(world.states.at(-1), "live");
  await world.abort();
});

test("poll: each failure in a row is waited out longer, and a success starts over", async () => {
  const { world, answer } = await start();
  world.chance = 0.5;
  const delay = async () => {
    world.last.fail(new TypeError("Failed to fetch"));
    await world.settle();
    const change = world.seen.at(-1);
    assert.ok(change?.type === "status" && change.status.state === "waiting");
    const ms = change.status.retryAt - world.time;
    await world.pass(ms);
    return ms;
  };
  assert.deepEqual([await delay(), await delay(), await delay()], [125, 250, 500]);
  await answer(1);
  await world.pass(5000);
  await answer(2);
  await world.pass(5000);
  assert.equal(await delay(), 125);
  await world.abort();
});

test("poll: a refusal is final, and 204 is no failure", async () => {
  const { world, answer, values } = await start();
  world.last.respond(new Response(null, { status: 204 }));
  await world.settle();
  assert.deepEqual([world.states.at(-1), values()], ["live", []]);
  await world.pass(5000);
  await answer("", { status: 401 });
  const last = world.seen.at(-1);
  assert.ok(last?.type === "status" && last.status.state === "refused", JSON.stringify(last));
  assert.equal(last.status.code, 401);
  assert.ok(world.done);
});

test("poll: an answer that never ends is given up", async () => {
  const { world } = await start();
  world.chance = 0.5;
  const body = new ReadableStream({ pull: () => new Promise(() => {}) });
  world.last.respond(new Response(body, { headers: json }));
  await world.pass(10_000);
  assert.match(waiting(world), /no answer for 10 s/);
  await world.abort();
});

test("poll: what is no JSON is noticed, and the address is asked on", async () => {
  const { world, answer, values } = await start();
  await answer("hello");
  assert.ok(world.seen.some((change) => change.type === "notice" && change.code === "not-json"));
  await world.pass(5000);
  await answer(2);
  assert.deepEqual(values(), [2]);
  await world.abort();
});

test("poll: also one of our own servers is polled where that was asked for", async () => {
  const world = new FakeWorld();
  const off = new AbortController();
  const url = "http://127.0.0.1/v1/stream";
  const { environment } = world;
  const changes = followShared({ url, poll: 1000, signal: off.signal, environment });
  const taken = (async () => {
    for await (const change of changes) if (change.type === "samples") return;
  })();
  await world.settle();
  world.last.respond(new Response("1", { headers: json }));
  await taken;
  assert.equal(world.requests.length, 1);
});

test("poll: an interval that nobody can mean, and a zone that is none, throw at once", () => {
  const world = new FakeWorld();
  for (const poll of [0, 99, Number.NaN, -1, 1e9]) {
    assert.throws(() => world.follow({ poll }), { code: "bad-input" }, `${poll}`);
  }
  assert.throws(() => world.follow({ plain: { zone: "Mars/Olympus" } }), { code: "bad-input" });
});
