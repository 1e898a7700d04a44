import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "./change.ts";
import { FakeBrowser } from "./fake-browser.ts";
import { FakeStreamServer } from "./fake-stream-server.ts";
import { followShared } from "./index.ts";

const names = ["a", "b", "c"];

function start() {
  const browser = new FakeBrowser();
  const { world } = browser;
  const server = new FakeStreamServer(world, names);
  /** Lets time pass and the server say all it has. */
  const pass = async (ms = 50) => {
    await world.pass(ms);
    for (let i = 0; i < 12; i++) {
      server.accept();
      server.send();
      await world.pass(0);
    }
  };
  const open = () => world.requests.filter(({ signal }) => !signal.aborted);
  return { browser, world, server, pass, open };
}

/** Told as samples. */
function live(seen: readonly Change[]): (number | null)[] {
  return seen.flatMap((change) =>
    change.type === "samples" ? [...change.columns.values()].flatMap(({ values }) => values) : [],
  );
}

function past(seen: readonly Change[]): (number | null)[] {
  const values = seen.flatMap((change) =>
    change.type === "history" ? [...change.columns.values()].flatMap(({ values }) => values) : [],
  );
  return values.sort((a, b) => a! - b!);
}

function states(seen: readonly Change[]): string {
  return seen.flatMap((c) => (c.type === "status" ? [c.status.state] : [])).join(" ");
}

test("shared stream: members of a page share a connection, each with its own series", async () => {
  const { browser, server, pass, world } = start();
  const page = browser.open();
  const [a, b] = [
    page.follow({ series: ["a"], span: "9s" }),
    page.follow({ series: ["b"], span: "9s" }),
  ];
  await pass();
  assert.equal(world.requests.length, 1);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["a", "b"]);
  server.grow(3);
  await pass();
  assert.deepEqual([past(a.seen), live(a.seen)], [[93, 96, 99], [102]]);
  assert.deepEqual([past(b.seen), live(b.seen)], [[91, 94, 97, 100], [103]]);
  const told = a.seen.map(({ type }) => type);
  assert.deepEqual(told, ["status", "status", "series", "history", "history", "samples"]);
});

test("shared stream: who comes later has a history of its own, and the others notice nothing", async () => {
  const { browser, server, pass, world, open } = start();
  const page = browser.open();
  const a = page.follow({ series: ["a"], span: "9s" });
  await pass();
  server.grow(2);
  const b = page.follow({ series: ["a", "b"], span: "9s" });
  await pass();
  server.grow(4);
  await pass();
  assert.equal(world.requests.length, 2);
  assert.equal(open().length, 1);
  const { url, headers } = world.last;
  assert.deepEqual(url.searchParams.getAll("history"), ["a", "b"]);
  assert.equal(headers.get("last-event-id"), "e-100");
  assert.deepEqual(
    [past(a.seen), live(a.seen)],
    [
      [93, 96, 99],
      [102, 105],
    ],
  );
  assert.deepEqual(
    [past(b.seen), live(b.seen)],
    [
      [93, 94, 96, 97, 99, 100, 102],
      [103, 105, 106],
    ],
  );
  assert.equal(states(a.seen), "connecting live");
  assert.equal(states(b.seen), "connecting live");
});

test("shared stream: all who come within a moment are one reconnect", async () => {
  const { browser, pass, world } = start();
  const page = browser.open();
  page.follow({ series: ["a"], span: "9s" });
  await pass();
  page.follow({ series: ["b"], span: "9s" });
  await world.pass(15);
  page.follow({ series: ["c"], span: "9s" }).off.abort();
  page.follow({ series: ["c"], span: "9s" });
  await pass();
  assert.equal(world.requests.length, 2);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["a", "b", "c"]);
  assert.deepEqual(world.last.url.searchParams.getAll("history"), ["b", "c"]);
});

test("shared stream: each span has a history of its own, the shortest first, also after a reset", async () => {
  const { browser, server, pass, world } = start();
  const page = browser.open();
  const long = page.follow({ series: ["a"], span: "30s" });
  const short = page.follow({ series: ["a"], span: "6s" });
  await pass();
  const asked = () => world.requests.map(({ url }) => url.searchParams.get("span"));
  assert.deepEqual(asked(), ["6s", "30s"]);
  assert.deepEqual([past(long.seen).length, past(short.seen).length], [10, 2]);
  server.epoch = "f";
  server.cut();
  await pass(300);
  assert.deepEqual(asked(), ["6s", "30s", "30s", "6s"]);
  assert.deepEqual([past(long.seen).length, past(short.seen).length], [20, 4]);
  assert.equal(long.seen.filter(({ type }) => type === "reset").length, 1);
});

test("shared stream: of several who come later at once, each has the span that it wants", async () => {
  const { browser, pass, world } = start();
  const page = browser.open();
  page.follow({ series: ["a"], span: "9s" });
  await pass();
  const [long, short] = [page.follow({ span: "30s" }), page.follow({ span: "6s" })];
  await pass();
  const asked = world.requests.map(({ url }) => url.searchParams.get("span"));
  assert.deepEqual(asked, ["9s", "6s", "30s"]);
  assert.deepEqual([past(long.seen).length, past(short.seen).length], [31, 7]);
});

test("shared stream: who has left is forgotten later, and the last one ends it", async () => {
  const { browser, pass, world, open } = start();
  const page = browser.open();
  const [a, b] = [page.follow({ series: ["a"] }), page.follow({ series: ["b"] })];
  await pass();
  b.off.abort();
  await pass(4900);
  assert.equal(world.requests.length, 1);
  assert.equal(states(b.seen), "connecting live ended");
  await pass(200);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["a"]);
  assert.equal(world.last.headers.get("last-event-id"), "e-100");
  assert.equal(states(a.seen), "connecting live");
  a.off.abort();
  await pass();
  assert.equal(open().length, 0);
  assert.ok(a.done && b.done);
});

test("shared stream: more selectors than a request may have become everything", async () => {
  const { browser, server, pass, world } = start();
  const page = browser.open();
  const all = Array.from({ length: 70 }, (_, i) =>
    page.follow({ series: [`x${i}`, "b"], span: "9s" }),
  );
  await pass();
  const selectors = world.requests.map(({ url }) => url.searchParams.getAll("series").length);
  assert.deepEqual(selectors, [64, 1]);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["*"]);
  server.grow(3);
  await pass();
  for (const { seen } of all) assert.deepEqual(live(seen), [103]);
});

test("shared stream: a wish that cannot be understood has a connection of its own, to be told why", async () => {
  const { browser, pass, world } = start();
  const page = browser.open();
  const good = page.follow({ series: ["a"] });
  const bad = page.follow({ series: ["{"] });
  await world.pass(0);
  const request = world.requests.find(({ url }) => url.searchParams.get("series") === "{")!;
  request.respond(new Response("expected a name", { status: 400 }));
  await pass();
  assert.match(states(bad.seen), /refused/);
  assert.equal(states(good.seen), "connecting live");
});

test("shared stream: a refusal is for all, and who comes after it asks again", async () => {
  const { browser, world } = start();
  const pages = [browser.open(), browser.open()];
  const all = pages.map((page) => page.follow());
  await world.pass(50);
  world.last.respond(new Response(null, { status: 401 }));
  await world.pass(50);
  for (const { seen, done } of all) {
    assert.match(states(seen), /refused$/);
    assert.ok(done);
  }
  pages[1]!.follow();
  await world.pass(50);
  assert.equal(world.requests.length, 2);
});

test("shared stream: other tokens and addresses are other streams", async () => {
  const { browser, pass, open } = start();
  const page = browser.open();
  page.follow({ token: "a" });
  page.follow({ token: "b" });
  page.follow({ token: "b", headers: { "x-y": "z" } });
  page.follow({ url: "http://other/v1/stream" });
  page.follow({ url: "http://other/v1/stream?series=a&span=5s&px=9" });
  await pass();
  assert.equal(open().length, 4);
});

test("shared stream: whoever comes with a position, or to a stream of someone else, is alone", async () => {
  const { browser, pass, open } = start();
  const page = browser.open();
  page.follow({ position: "e-90" });
  page.follow({ position: "e-90" });
  page.follow({ url: "/chart-data" });
  page.follow({ url: "/chart-data" });
  await pass();
  assert.equal(open().length, 4);
});

test("shared stream: something else at the address of a stream is told as it is", async () => {
  const { browser, world } = start();
  const page = browser.open();
  const first = page.follow({ series: ["a"] });
  await world.pass(50);
  const body = world.last.stream();
  body.send("data: 7\n\n");
  await world.pass(0);
  const second = page.follow({ series: ["b"] });
  await world.pass(50);
  body.send("data: 8\n\n");
  await world.pass(0);
  assert.deepEqual([live(first.seen), live(second.seen)], [[7, 8], [8]]);
  assert.equal(states(second.seen), "live");
  assert.equal(world.requests.length, 1);
});

test("shared stream: a trouble is told to all, and ends for all", async () => {
  const { browser, server, pass, world } = start();
  const all = [browser.open(), browser.open()].map((page) => page.follow({ span: "9s" }));
  await pass();
  server.cut();
  await world.pass(0);
  server.accept(true);
  await world.pass(0);
  for (const { seen } of all) assert.match(states(seen), /live waiting( connecting waiting)*$/);
  await pass(1000);
  for (const { seen } of all) assert.match(states(seen), /waiting connecting live$/);
});

test("shared stream: without locks, or where they fail, each page has its own connection", async () => {
  const { browser, pass, open } = start();
  const pages = [browser.open(), browser.open()];
  const tabs = pages[0]!.environment.tabs!;
  const denied = async () => {
    throw new DOMException("denied", "SecurityError");
  };
  const throws = () => {
    throw new DOMException("denied", "SecurityError");
  };
  Object.assign(pages[0]!.environment, { tabs: { ...tabs, lock: denied } });
  Object.assign(pages[1]!.environment, { tabs: { ...tabs, openChannel: throws } });
  const all = pages.map((page) => page.follow({ span: "9s" }));
  await pass();
  assert.equal(open().length, 2);
  for (const { seen } of all) assert.equal(states(seen), "connecting live");
});

test("shared stream: who does not take what comes begins anew, and costs no more memory", async () => {
  const { browser, server, pass, world } = start();
  const page = browser.open();
  const good = page.follow({ series: ["a"], span: "9s" });
  const off = new AbortController();
  const { environment } = page;
  const options = { url: "/v1/stream", series: ["a"], span: "9s", signal: off.signal, environment };
  const lazy = followShared(options)[Symbol.asyncIterator]();
  await lazy.next();
  await pass();
  for (let i = 0; i < 10_001; i++) {
    server.grow(3);
    server.send();
    server.send();
    server.send();
    if (i % 100 === 0) await world.pass(0);
  }
  await pass();
  const { value } = await lazy.next();
  assert.deepEqual(value, { type: "reset", after: "", reason: "it was not read for too long" });
  assert.ok(live(good.seen).length > 10_000);
  off.abort();
});
