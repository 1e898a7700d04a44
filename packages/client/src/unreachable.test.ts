import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "./fake-world.ts";

/** Follows from a page, has the request fail as browsers do, and answers the question that follows. */
async function reasonOf(pageUrl: string, url: string, answers?: boolean): Promise<string> {
  const world = new FakeWorld();
  await world.start({ url, environment: { pageUrl } });
  world.last.fail(new TypeError("Failed to fetch"));
  await world.settle();
  if (answers !== undefined) {
    assert.equal(world.requests.length, 2);
    if (answers) world.last.respond(new Response(null));
    else world.last.fail(new TypeError("Failed to fetch"));
    await world.settle();
    assert.equal(world.last.signal.aborted, true);
  }
  const change = world.seen.at(-1);
  assert.ok(change?.type === "status" && change.status.state === "waiting", JSON.stringify(change));
  await world.abort();
  assert.equal(world.timers, 0);
  return change.status.reason;
}

test("unreachable: another origin that answers has not allowed this page, which is said", async () => {
  const reason = await reasonOf("http://page.example/a", "http://data.example/x", true);
  assert.match(reason, /does not let pages of http:\/\/page\.example read it \(CORS\)/);
});

test("unreachable: another origin that does not answer either is just not reached", async () => {
  const reason = await reasonOf("http://page.example/a", "http://data.example/x", false);
  assert.equal(reason, "the server cannot be reached");
});

test("unreachable: a page of https that asks http is told why", async () => {
  const reason = await reasonOf("https://page.example/a", "http://data.example/x");
  assert.match(reason, /https may read from https only/);
});

test("unreachable: the page's own origin is not asked twice", async () => {
  const reason = await reasonOf("http://data.example/a", "http://data.example/x");
  assert.equal(reason, "the server cannot be reached");
});

test("unreachable: whoever leaves has nothing more asked", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://b/x", environment: { pageUrl: "http://a/" } });
  await world.abort();
  assert.deepEqual([world.requests.length, world.states.at(-1)], [1, "ended"]);
});

test("unreachable: a server that hangs is not waited for long", async () => {
  const world = new FakeWorld();
  await world.start({ url: "http://b/x", environment: { pageUrl: "http://a/" } });
  world.last.fail(new TypeError("Failed to fetch"));
  await world.pass(3000);
  assert.equal(world.states.at(-1), "connecting", "and tries again");
  await world.abort();
});

test("unreachable: a computer that is offline is told so, and comes back at once", async () => {
  const world = new FakeWorld();
  let online = false;
  await world.start({ environment: { online: () => online } });
  world.chance = 0.999;
  world.last.fail(new TypeError("Failed to fetch"));
  await world.settle();
  const change = world.seen.at(-1);
  assert.ok(change?.type === "status" && change.status.state === "waiting");
  assert.match(change.status.reason, /this computer is offline/);
  online = true;
  world.wake(true);
  await world.pass(0);
  assert.equal(world.requests.length, 2);
  await world.abort();
});
