import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "./change.ts";
import { FakeBrowser } from "./fake-browser.ts";
import { FakeStreamServer } from "./fake-stream-server.ts";

function start() {
  const browser = new FakeBrowser();
  const { world } = browser;
  const server = new FakeStreamServer(world, ["a", "b", "c"]);
  /** Lets time pass and the server say all it has. */
  const pass = async (ms = 50) => {
    await world.pass(ms);
    for (let i = 0; i < 12; i++) {
      server.accept();
      server.send(({ request }) => {
        const at = world.requests.indexOf(request);
        return browser.pages.some((page) => page.hangs && page.requests.includes(at));
      });
      await world.pass(0);
    }
  };
  const open = () => world.requests.filter(({ signal }) => !signal.aborted);
  const pages = [browser.open(), browser.open(), browser.open()] as const;
  return { browser, world, server, pass, open, pages };
}

/** Three pages that follow the same, of which the first leads. */
async function three() {
  const all = start();
  const join = async (at: 0 | 1 | 2) => {
    const follower = all.pages[at].follow({ span: "9s" });
    await all.pass();
    return follower;
  };
  const [first, second, third] = [await join(0), await join(1), await join(2)];
  assert.deepEqual(
    all.pages.map(({ requests }) => requests.length),
    [3, 0, 0],
  );
  return { ...all, first, second, third };
}

type Follower = { readonly seen: Change[]; readonly off: AbortController };

/** Told as samples. */
function live({ seen }: Follower): (number | null)[] {
  return seen.flatMap((change) =>
    change.type === "samples" ? [...change.columns.values()].flatMap(({ values }) => values) : [],
  );
}

function states({ seen }: Follower): string {
  return seen.flatMap((c) => (c.type === "status" ? [c.status.state] : [])).join(" ");
}

function resets({ seen }: Follower): string[] {
  return seen.flatMap((change) => (change.type === "reset" ? [change.reason] : []));
}

test("shared tabs: all pages have one connection, and each what is its own", async () => {
  const { server, pass, open, first, second, third } = await three();
  server.grow(2);
  await pass();
  assert.equal(open().length, 1);
  for (const each of [first, second, third]) {
    assert.deepEqual(live(each), [101, 102]);
    assert.deepEqual(resets(each), []);
    assert.equal(states(each), "connecting live");
  }
});

for (const how of ["close", "crash"] as const) {
  test(`shared tabs: when the page that leads is gone (${how}), the next goes on where it was`, async () => {
    const { server, pass, open, pages, world, second, third } = await three();
    server.grow(2);
    await pass();
    pages[0][how]();
    server.grow(2);
    await pass(300);
    assert.equal(open().length, 1);
    assert.equal(world.last.headers.get("last-event-id"), "e-102");
    server.grow(1);
    await pass();
    for (const each of [second, third]) {
      assert.deepEqual(live(each), [101, 102, 103, 104, 105]);
      assert.deepEqual(resets(each), []);
      assert.doesNotMatch(states(each), /waiting/);
    }
  });
}

test("shared tabs: a page that hangs is relieved, and comes back as one of the others", async () => {
  const { server, pass, open, pages, first, second, third } = await three();
  pages[0].hang();
  server.grow(2);
  await pass(9000);
  assert.equal(pages[1].requests.length + pages[2].requests.length, 0);
  await pass(6500);
  for (const each of [second, third]) assert.deepEqual(live(each), [101, 102]);
  pages[0].goOn();
  await pass(1000);
  server.grow(1);
  await pass(1000);
  assert.equal(open().length, 1);
  assert.equal(live(first).at(-1), 103);
  for (const each of [second, third]) {
    assert.deepEqual(live(each), [101, 102, 103]);
    assert.deepEqual(resets(each), []);
  }
});

test("shared tabs: a page that only has nothing to say leads on", async () => {
  const { pass, pages, world } = await three();
  for (let i = 0; i < 20; i++) await pass(6000);
  assert.equal(world.requests.length, 3);
  assert.deepEqual(
    pages.map(({ requests }) => requests.length > 0),
    [true, false, false],
  );
});

test("shared tabs: a page that crashed is not cared for any more", async () => {
  const { pass, pages, world } = start();
  pages[0].follow({ series: ["a"] });
  pages[1].follow({ series: ["b"] });
  await pass();
  await pass();
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["a", "b"]);
  pages[1].crash();
  await pass(5100);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["a"]);
});

test("shared tabs: a page that was put away goes on exactly if nobody has led since", async () => {
  const { server, pass, pages, open } = start();
  const only = pages[0].follow({ span: "9s" });
  await pass();
  pages[0].putAway();
  await pass(100_000);
  assert.equal(open().length, 0);
  server.grow(3);
  pages[0].bringBack();
  await pass(300);
  assert.deepEqual(live(only), [101, 102, 103]);
  assert.deepEqual(resets(only), []);
});

test("shared tabs: a page that missed something says so, and is told its history", async () => {
  const { server, pass, pages, third } = await three();
  pages[2].putAway();
  server.grow(1);
  await pass();
  pages[2].bringBack();
  await pass();
  server.grow(1);
  await pass();
  assert.deepEqual(resets(third), ["this page was away"]);
  assert.deepEqual(live(third), [102]);
  assert.ok(third.seen.some((change) => change.type === "history" && change.position === "e-101"));
});

test("shared tabs: less is asked for when no page has been seen for a while, and more at once", async () => {
  const { pass, pages, world, first } = await three();
  const rate = () => world.last.url.searchParams.get("rate");
  assert.equal(rate(), "30");
  for (const page of pages.slice(1)) page.show(false);
  await pass(20_000);
  assert.equal(rate(), "30");
  pages[0].show(false);
  await pass(4000);
  pages[0].show(true);
  await pass(4000);
  assert.equal(rate(), "30");
  pages[0].show(false);
  await pass(11_000);
  assert.equal(rate(), "1");
  const { length } = world.requests;
  pages[2].show(true);
  await pass(1);
  assert.equal(rate(), "30");
  assert.equal(world.requests.length, length + 1);
  assert.equal(states(first), "connecting live");
});

test("shared tabs: a page that is looked at has the leader try again", async () => {
  const { server, pages, world } = await three();
  server.cut();
  await world.pass(0);
  const { length } = world.requests;
  pages[2].show(true);
  await world.pass(0);
  assert.equal(world.requests.length, length + 1);
});

test("shared tabs: a time that was too much in mid-stream is told to those who are live", async () => {
  const { server, pass, second } = await three();
  server.grow(4);
  server.reduce();
  await pass();
  server.grow(1);
  await pass();
  const told = second.seen.find(({ type }) => type === "reduced");
  assert.deepEqual(told && { ...told, from: 0, to: 0 }, {
    ...{ type: "reduced", after: "e-100", reason: "too slow" },
    ...{ from: 0, to: 0 },
  });
  assert.deepEqual(live(second), [105]);
  assert.equal(second.seen.filter(({ type }) => type === "history").length, 4);
});

test("shared tabs: what a page that crashed told only some is told to the others, and to none twice", async () => {
  const { server, pass, pages, world, second, third } = await three();
  server.grow(1);
  await pass();
  server.grow(1);
  server.send();
  // It is on its way from one page to the others.
  await world.settle();
  pages[0].lostTo.add(pages[1]);
  pages[0].crash();
  await pass(300);
  server.grow(1);
  await pass();
  assert.equal(world.last.headers.get("last-event-id"), "e-101");
  for (const each of [second, third]) {
    assert.deepEqual(live(each), [101, 102, 103]);
    assert.deepEqual(resets(each), []);
  }
});

test("shared tabs: a frame of which some is known already is not told in part", async () => {
  const { server, pass, pages, world, third } = await three();
  server.grow(1);
  server.send();
  await world.settle();
  pages[0].lostTo.add(pages[1]);
  pages[0].crash();
  // The server makes one frame of 101 to 103, of which the third page has the first.
  server.grow(3);
  await pass(300);
  const told = third.seen.flatMap((change) => (change.type === "reset" ? ["reset"] : []));
  assert.deepEqual(told, ["reset"]);
  assert.deepEqual(live(third).slice(0, 1), [101]);
  server.grow(1);
  await pass();
  assert.equal(live(third).at(-1), 105);
});

/** Three pages, each of which follows a series of its own. */
async function threeApart() {
  const all = start();
  const own: Follower[] = [];
  for (const [i, page] of all.pages.entries()) {
    own.push(page.follow({ series: [["a", "b", "c"][i]!], span: "9s" }));
    await all.pass();
  }
  return { ...all, own };
}

test("shared tabs: a new leader waits for a page that is slow to answer, and not for one that left", async () => {
  const { server, pass, pages, world, own } = await threeApart();
  const before = world.requests.length;
  pages[2].hang();
  pages[0].close();
  await pass(700);
  assert.equal(world.requests.length, before);
  pages[2].goOn();
  await pass(0);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["b", "c"]);
  server.grow(3);
  await pass();
  assert.deepEqual(own.map(resets), [[], [], []]);
  pages[1].close();
  await pass(30);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["c"]);
});

test("shared tabs: a page that is too late for a new leader is told what it has missed", async () => {
  const { server, pass, pages, world, own } = await threeApart();
  pages[2].hang();
  pages[0].crash();
  await pass(1100);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["b"]);
  pages[2].goOn();
  await pass();
  server.grow(6);
  await pass();
  assert.deepEqual(resets(own[2]!), ["what came meanwhile was for others"]);
  assert.deepEqual(live(own[2]!), [101, 104]);
  assert.deepEqual([live(own[1]!), resets(own[1]!)], [[103, 106], []]);
});

test("shared tabs: a page that has not heard of a reset is told of it by the next leader", async () => {
  const { server, pass, pages, third } = await three();
  pages[0].lostTo.add(pages[2]);
  server.epoch = "f";
  server.cut();
  await pass(300);
  assert.deepEqual(resets(third), []);
  pages[0].crash();
  await pass(300);
  server.grow(1);
  await pass();
  assert.equal(resets(third).length, 1);
  assert.deepEqual(live(third), [101]);
});

test("shared tabs: half a history is told again from its start, after a reset", async () => {
  const { server, pass, pages, world } = start();
  pages[0].follow({ series: ["a"], span: "9s" });
  await pass();
  const second = pages[1].follow({ series: ["b"], span: "9s" });
  await world.pass(50);
  server.accept();
  for (let i = 0; i < 2; i++) {
    server.send();
    await world.pass(0);
  }
  assert.equal(second.seen.filter(({ type }) => type === "history").length, 1);
  server.cut();
  await pass(300);
  assert.deepEqual(resets(second), ["the history was cut short"]);
  assert.equal(second.seen.filter(({ type }) => type === "history").length, 3);
});

test("shared tabs: after a cut, whoever comes next has a history, too", async () => {
  const { server, pass, pages } = start();
  const followers = [];
  for (const [i, page] of pages.entries()) {
    followers.push(page.follow({ series: ["a"], span: "9s" }));
    await pass();
    if (i !== 1) continue;
    server.cut();
    await pass(300);
  }
  server.grow(3);
  await pass();
  for (const each of followers) assert.deepEqual(live(each), [102]);
});

test("shared tabs: a page that was away while its history came asks for it again", async () => {
  const { server, pass, pages, world } = start();
  const first = pages[0].follow({ span: "9s" });
  pages[1].follow({ span: "9s" });
  await world.pass(0);
  pages[0].putAway();
  await world.pass(0);
  pages[0].bringBack();
  await world.pass(300);
  pages[0].putAway();
  server.accept();
  await world.pass(0);
  pages[0].bringBack();
  await world.pass(50);
  await pass(300);
  server.grow(1);
  await pass();
  assert.deepEqual(live(first), [101]);
});
