import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, FollowOptions } from "@plotcast/client";
import { type Follow, joinSource, type Member, type Source } from "./source.ts";

const now = 1_790_000_000_000;

/** A server that says what the test says. */
function server() {
  const asked: FollowOptions[] = [];
  let tell: (change: Change) => void = () => {};
  const follow: Follow = async function* (options) {
    asked.push(options);
    const waiting: Change[] = [];
    let wake = () => {};
    tell = (change) => {
      waiting.push(change);
      wake();
    };
    options.signal.addEventListener("abort", () => wake());
    while (!options.signal.aborted) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { asked, follow, tell: (change: Change) => tell(change) };
}

function member(signal: AbortSignal, more: Partial<Member> = {}): Member & { seen: Change[] } {
  const seen: Change[] = [];
  return {
    seen,
    signal,
    retention: { spanMs: 60_000, samples: 2 },
    changed: (change) => seen.push(change),
    ...more,
  };
}

function join(follow: Follow, who: Member, url = "http://a/v1/stream"): Source {
  return joinSource({ url, follow, pixels: 1000, now: () => now }, who);
}

/** Lets everything that is already on its way arrive. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const samples = (times: number[], series = "a"): Change => ({
  type: "samples",
  columns: new Map([[series, { times, values: times.map(() => 1) }]]),
});

test("source: all who ask for one address share one connection, and one set of samples", async () => {
  const { follow, asked, tell } = server();
  const off = new AbortController();
  const [first, second] = [member(off.signal), member(off.signal)];
  const source = join(follow, first);
  await settle();
  tell(samples([now]));
  await settle();
  assert.equal(join(follow, second), source);
  assert.deepEqual([...source.tracks.get("a")!.ring.times], [now]);
  tell(samples([now + 1]));
  await settle();
  assert.deepEqual([asked.length, first.seen.length, second.seen.length], [1, 2, 1]);
  off.abort();
});

test("source: another address is another connection", async () => {
  const { follow, asked } = server();
  const off = new AbortController();
  join(follow, member(off.signal));
  join(follow, member(off.signal), "http://b/v1/stream");
  await settle();
  assert.equal(asked.length, 2);
  off.abort();
});

test("source: the last to leave ends the connection, and who comes later opens a new one", async () => {
  const { follow, asked } = server();
  const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
  const source = join(follow, member(one.signal));
  join(follow, member(two.signal));
  await settle();
  one.abort();
  await settle();
  assert.equal(asked[0]!.signal.aborted, false);
  two.abort();
  await settle();
  assert.equal(asked[0]!.signal.aborted, true);
  assert.notEqual(join(follow, member(three.signal)), source);
  three.abort();
});

test("source: an element that is moved leaves and joins at once, and keeps the connection", async () => {
  const { follow, asked } = server();
  const [one, two] = [new AbortController(), new AbortController()];
  const source = join(follow, member(one.signal));
  await settle();
  one.abort();
  assert.equal(join(follow, member(two.signal)), source);
  await settle();
  assert.equal(asked[0]!.signal.aborted, false);
  two.abort();
});

test("source: a Plotcast server is asked for the history that is shown, others for nothing", async () => {
  const { follow, asked } = server();
  const off = new AbortController();
  join(follow, member(off.signal));
  join(follow, member(off.signal), "http://a/chart-data");
  await settle();
  assert.deepEqual([asked[0]!.span, asked[0]!.px], ["60s", 1200]);
  assert.deepEqual([asked[1]!.span, asked[1]!.px], [undefined, undefined]);
  off.abort();
});

test("source: who wants to look further back has the connection opened anew, with that history", async () => {
  const { follow, asked, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  await settle();
  tell(samples([now - 1, now]));
  await settle();
  join(follow, member(off.signal, { retention: { spanMs: 5000, samples: 2 } }));
  await settle();
  assert.equal(asked.length, 1);
  const longer = { retention: { spanMs: 900_000, samples: 2 } };
  join(follow, member(off.signal, longer));
  join(follow, member(off.signal, longer));
  await settle();
  assert.deepEqual(
    asked.map(({ span, signal }) => [span, signal.aborted]),
    [
      ["60s", true],
      ["900s", false],
    ],
  );
  // What is held stays until it is replaced.
  assert.equal(source.told, false);
  const { ring } = source.tracks.get("a")!;
  assert.equal(ring.length, 2);
  const columns = new Map([["a", { times: [now - 800_000, now], values: [1, 2] }]]);
  tell({ type: "history", from: 0, to: now, bucketMs: 0, done: true, columns });
  await settle();
  assert.deepEqual([...ring.times], [now - 800_000, now]);
  assert.equal(source.told, true);
  off.abort();
});

test("source: a listener that fails is reported, and the others are told as before", async (t) => {
  const reported: unknown[] = [];
  const global = globalThis as { reportError?: (error: unknown) => void };
  const before = global.reportError;
  global.reportError = (error) => reported.push(error);
  t.after(() => {
    if (before) global.reportError = before;
    else delete global.reportError;
  });
  const { follow, tell } = server();
  const off = new AbortController();
  const good = member(off.signal);
  join(
    follow,
    member(off.signal, {
      changed: () => {
        throw new Error("not mine");
      },
    }),
  );
  join(follow, good);
  await settle();
  tell(samples([now]));
  tell(samples([now + 1]));
  await settle();
  assert.deepEqual([good.seen.length, reported.length], [2, 2]);
  off.abort();
});

test("source: samples are pruned as they arrive, to the longest window of its members", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  join(follow, member(off.signal, { retention: { spanMs: 10_000, samples: 5 } }));
  await settle();
  tell(samples(Array.from({ length: 200 }, (_, i) => now - 199_000 + i * 1000)));
  await settle();
  assert.equal(source.tracks.get("a")!.ring.times[0], now - 61_000);
  off.abort();
});

test("source: after a gap the lines start anew", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  await settle();
  tell(samples([now - 2, now - 1]));
  tell({ type: "gap", from: "x-1", to: "x-5", reason: "too slow" });
  tell(samples([now]));
  await settle();
  assert.deepEqual([...source.tracks.get("a")!.ring.starts], [0, 0, 2]);
  off.abort();
});

test("source: after a reset history replaces what was held, and not before it is there", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  await settle();
  tell(samples([now - 2, now - 1]));
  tell({ type: "reset", after: "x-1", reason: "another log" });
  await settle();
  const { ring } = source.tracks.get("a")!;
  assert.equal(ring.length, 2);
  const part = { from: 0, to: now, bucketMs: 0 };
  const columns = new Map([["a", { times: [now - 9], values: [7] }]]);
  tell({ type: "history", ...part, done: false, columns });
  tell({
    type: "history",
    ...part,
    done: true,
    columns: new Map([["a", { times: [now - 8], values: [null] }]]),
  });
  await settle();
  assert.deepEqual([...ring.times], [now - 9, now - 8]);
  assert.deepEqual([...ring.values], [7, Number.NaN]);
  off.abort();
});

test("source: what was missed for long is added to what is held, and known to be an outline", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  await settle();
  tell(samples([now - 30_000, now - 29_000]));
  // From earlier: something late came meanwhile.
  const range = { from: now - 40_000, to: now };
  const reduced: Change = { type: "reduced", after: "x-1", reason: "too old", ...range };
  const part = (time: number, done: boolean): Change => {
    const columns = new Map([["a", { times: [time], values: [1] }]]);
    return { type: "history", ...range, bucketMs: 5000, done, columns };
  };
  // Cut once, and told anew.
  for (const change of [reduced, part(now - 20_000, false), reduced, part(now - 20_000, false)]) {
    tell(change);
  }
  tell(part(now - 9000, true));
  tell(samples([now]));
  await settle();
  const { ring } = source.tracks.get("a")!;
  assert.deepEqual(
    [...ring.times],
    [30, 29, 20, 9, 0].map((age) => now - age * 1000),
  );
  assert.deepEqual(source.outlines, [{ from: now - 29_000, to: now, bucketMs: 5000 }]);
  off.abort();
});

test("source: nothing is an outline that was told exactly after all, nor what a reset replaced", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  const source = join(follow, member(off.signal));
  await settle();
  const range = { from: now - 20_000, to: now };
  const reduced: Change = { type: "reduced", after: "x-1", reason: "too old", ...range };
  const history = (bucketMs: number): Change => {
    return { type: "history", ...range, bucketMs, done: true, columns: new Map() };
  };
  for (const change of [history(1000), reduced, history(0), history(1000)]) tell(change);
  await settle();
  assert.deepEqual(source.outlines, []);
  for (const change of [reduced, history(1000)]) tell(change);
  await settle();
  assert.equal(source.outlines.length, 1);
  tell({ type: "reset", after: "x-1", reason: "another log" });
  tell(history(1000));
  await settle();
  assert.deepEqual(source.outlines, []);
  off.abort();
});

test("source: trouble began when it began, not at each attempt to end it", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  let clock = now;
  const options = { url: "http://a/x", follow, pixels: 1, now: () => clock };
  const source = joinSource(options, member(off.signal));
  await settle();
  const states = [
    { state: "live" },
    { state: "waiting", reason: "cut", retryAt: 0 },
    { state: "connecting", attempt: 1 },
    { state: "waiting", reason: "cut", retryAt: 0 },
  ] as const;
  for (const status of states) {
    clock += 1000;
    tell({ type: "status", status });
    await settle();
  }
  assert.equal(source.since, now + 2000);
  off.abort();
});

test("source: a follower that throws is a refusal with its reason", async () => {
  const off = new AbortController();
  const fails: Follow = () => {
    throw new Error("expected an http or https address");
  };
  const source = join(fails, member(off.signal));
  await settle();
  assert.deepEqual(source.status, {
    state: "refused",
    code: 0,
    reason: "expected an http or https address",
  });
  off.abort();
});
