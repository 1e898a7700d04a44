import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Change } from "./change.ts";
import { FakeStreamServer } from "./fake-stream-server.ts";
import { FakeWorld } from "./fake-world.ts";

const names = ["a", "b", "c"];

async function start(series: readonly string[], span = "9s") {
  const world = new FakeWorld();
  const server = new FakeStreamServer(world, names);
  const following = await world.start({ series, span });
  const serve = async (times = 12) => {
    for (let i = 0; i < times; i++) {
      server.accept();
      server.send();
      await world.pass(0);
    }
  };
  return { world, server, following, serve };
}

function values(changes: readonly Change[], type: "history" | "samples"): number[] {
  return changes
    .flatMap((change) => (change.type === type && "columns" in change ? [change] : []))
    .flatMap(({ columns }) => [...columns.values()].flatMap((column) => column.values as number[]))
    .sort((x, y) => x - y);
}

test("follow: what is selected anew comes with its history, and what was there goes on", async () => {
  const { world, server, following, serve } = await start(["a"]);
  await serve();
  server.grow(3);
  following.select({ series: ["a", "b"], span: "6s", rate: 2 });
  await serve();
  server.grow(3);
  await serve();
  const { searchParams } = world.last.url;
  assert.equal(world.requests.length, 2);
  assert.equal(world.last.headers.get("last-event-id"), "e-100");
  assert.deepEqual(searchParams.getAll("series"), ["a", "b"]);
  assert.deepEqual(searchParams.getAll("history"), ["b"]);
  assert.deepEqual([searchParams.get("span"), searchParams.get("rate")], ["6s", "2"]);
  assert.deepEqual(values(world.seen, "history"), [93, 96, 97, 99, 100, 103]);
  assert.deepEqual(values(world.seen, "samples"), [102, 105, 106]);
  assert.deepEqual(world.states, ["connecting", "live", "live"]);
});

test("follow: what is no more selected is not told any more", async () => {
  const { world, server, following, serve } = await start(["*"]);
  await serve();
  server.grow(3);
  following.select({ series: ["c"] });
  await serve();
  assert.deepEqual(values(world.seen, "samples"), [101]);
  assert.deepEqual(world.last.url.searchParams.getAll("history"), ["c"]);
  assert.deepEqual(values(world.seen, "history").length, 10, "c was there, and is not told again");
});

test("follow: while it waits, the next attempt asks for what is selected by then", async () => {
  const { world, server, following, serve } = await start(["a"]);
  await serve();
  server.cut();
  await world.settle();
  following.select({ series: ["b"] });
  await world.settle();
  assert.equal(world.requests.length, 1);
  await world.pass(0);
  assert.deepEqual(world.last.url.searchParams.getAll("series"), ["b"]);
  await serve();
  assert.deepEqual(values(world.seen, "history").slice(-3), [97, 99, 100]);
});

test("follow: a cut after what was new has been told does not have it told again", async () => {
  const { world, server, following, serve } = await start(["a"]);
  await serve();
  following.select({ series: ["a", "b"] });
  await serve();
  server.cut();
  await world.pass(0);
  assert.deepEqual(world.last.url.searchParams.getAll("history"), []);
});

test("follow: what is new comes also if what was missed can only be told reduced", async () => {
  const { world, server, following, serve } = await start(["a"]);
  await serve();
  server.grow(9);
  server.oldest = 105;
  following.select({ series: ["a", "b"] });
  await serve(20);
  assert.equal(world.seen.filter(({ type }) => type === "reduced").length, 1);
  assert.deepEqual(
    values(world.seen, "history").filter((value) => value % 3 === 1),
    [100, 103, 106, 109],
  );
});

test("follow: a selector that is none is refused, and nothing changes", async () => {
  const { world, following } = await start(["a"]);
  assert.throws(() => following.select({ series: ["{"] }), { code: "bad-input" });
  assert.equal(world.requests.length, 1);
});

test("follow: whatever is selected and cut in between, each sample is told once", async () => {
  const selections = [["a"], ["b", "c"], ["a", "c"], ["*"], ["b"]];
  const step = fc.tuple(fc.constantFrom("select", "grow", "serve", "cut", "pass"), fc.nat(20));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const { world, server, following, serve } = await start(["a"], "900s");
      await serve();
      let selected = ["a"];
      /** By series: from which offset on it has been selected without a break. */
      let since = new Map([["a", 92]]);
      for (const [what, arg] of steps) {
        if (what === "select") {
          selected = selections[arg % selections.length]!;
          following.select({ series: selected });
          const known = since;
          const matched = names.filter((name) => selected.includes(name) || selected.includes("*"));
          since = new Map(matched.map((name) => [name, known.get(name) ?? server.head]));
        }
        if (what === "grow") server.grow(1 + (arg % 4));
        if (what === "serve") await serve(arg % 4);
        if (what === "cut") server.cut();
        if (what === "pass") await world.pass(300);
      }
      await world.pass(300);
      server.grow(3);
      await serve(20);
      check(world.seen, since, server);
    }),
    { numRuns: 60 },
  );
});

function check(
  changes: readonly Change[],
  since: ReadonlyMap<string, number>,
  server: FakeStreamServer,
) {
  const known = new Set<number>();
  for (const change of changes) {
    assert.notEqual(change.type, "gap");
    if (change.type === "reset") known.clear();
    if (!("columns" in change)) continue;
    for (const value of [...change.columns.values()].flatMap(
      (column) => column.values as number[],
    )) {
      // Half a history is told again after a cut, and what has been left out comes back with one.
      assert.ok(change.type === "history" || !known.has(value), `${value} twice`);
      known.add(value);
    }
  }
  for (const [series, from] of since) {
    const only = { key: "", matches: (name: string) => name === series };
    const all = server.samplesOf(only, from, server.head);
    assert.deepEqual(
      all.filter(({ offset }) => !known.has(offset)),
      [],
    );
  }
}
