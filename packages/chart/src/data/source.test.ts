import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, FollowOptions } from "@plotcast/client";
import { type Follow, joinSource, type Member, type OpenOptions, type Source } from "./source.ts";

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
  return joinSource({ url, follow, pixels: 1000, now: () => now, life: quiet }, who);
}

/** A page to which nothing happens. */
const quiet = { after: () => () => {}, onAway: () => {}, onSight: () => true };

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

test("source: the last to leave takes its ear off the page", async () => {
  const { follow } = server();
  const off = new AbortController();
  let ear: AbortSignal | undefined;
  const life = {
    ...quiet,
    onAway: (_: unknown, signal: AbortSignal) => {
      ear = signal;
    },
  };
  joinSource({ url: "http://a/x", follow, pixels: 1, now: () => now, life }, member(off.signal));
  await settle();
  assert.equal(ear?.aborted, false);
  off.abort();
  await settle();
  assert.equal(ear?.aborted, true);
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

test("source: a member that comes to want more has it asked for when it says so, once", async () => {
  const { follow, asked } = server();
  const off = new AbortController();
  const retention = { spanMs: 60_000, samples: 2 };
  const source = join(follow, member(off.signal, { retention }));
  await settle();
  source.recall();
  retention.spanMs = 30_000;
  source.recall();
  await settle();
  assert.equal(asked.length, 1);
  retention.spanMs = 900_000;
  source.recall();
  await settle();
  source.recall();
  await settle();
  assert.deepEqual(
    asked.map(({ span }) => span),
    ["60s", "900s"],
  );
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
  assert.deepEqual(
    source.bands.map(({ kind, from, to, bucketMs }) => ({ kind, from, to, bucketMs })),
    [{ kind: "reduced", from: now - 29_000, to: now, bucketMs: 5000 }],
  );
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
  assert.deepEqual(source.bands, []);
  for (const change of [reduced, history(1000)]) tell(change);
  await settle();
  assert.equal(source.bands.length, 1);
  tell({ type: "reset", after: "x-1", reason: "another log" });
  tell(history(1000));
  await settle();
  assert.deepEqual(source.bands, []);
  off.abort();
});

test("source: trouble began when it began, not at each attempt to end it", async () => {
  const { follow, tell } = server();
  const off = new AbortController();
  let clock = now;
  const options = { url: "http://a/x", follow, pixels: 1, now: () => clock, life: quiet };
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

/** A source whose clock, page and server are in the hands of the test. */
async function open(
  url: string,
  more: Partial<OpenOptions> = {},
  retention = { spanMs: 3_600_000, samples: 2 },
) {
  const { follow, tell } = server();
  const off = new AbortController();
  const page = { now, away: (_: boolean) => {}, see: (_: boolean) => {} };
  const life = {
    ...quiet,
    onAway: (listener: (away: boolean) => void) => {
      page.away = listener;
    },
    onSight: (listener: (visible: boolean) => void) => {
      page.see = listener;
      return true;
    },
  };
  const options = { url, follow, pixels: 1000, now: () => page.now, life, ...more };
  const source = joinSource(options, member(off.signal, { retention }));
  await settle();
  const say = async (...changes: Change[]) => {
    for (const change of changes) tell(change);
    await settle();
  };
  /** Samples each second from one age to another, as they arrive. */
  const stream = async (from: number, to: number) => {
    for (let age = from; age >= to; age--) {
      page.now = now - age * 1000;
      await say(samples([page.now]));
    }
  };
  const bands = () =>
    source.bands.map(({ kind, from, to }) => [kind, (from - now) / 1000, (to - now) / 1000]);
  const starts = () => [...source.tracks.get("a")!.ring.starts];
  return { source, page, off, say, stream, bands, starts };
}

const live: Change = { type: "status", status: { state: "live" } };
const liveAndTold: Change = { type: "status", status: { state: "live", clockOffsetMs: 0 } };
const waiting: Change = {
  type: "status",
  status: { state: "waiting", reason: "the connection was cut", retryAt: now },
};

test("source: what a plain endpoint sent while nobody was connected is missing, and said to be", async () => {
  const { page, off, say, stream, bands, starts } = await open("http://a/x");
  await say(live);
  await stream(70, 60);
  await say(waiting);
  assert.deepEqual(bands(), []);
  page.now += 10_000;
  assert.deepEqual(bands(), [["offline", -60, Number.POSITIVE_INFINITY]]);
  await say(live);
  await stream(40, 30);
  assert.deepEqual(bands(), [["offline", -60, -40]]);
  assert.equal(starts().indexOf(2), 11, "the line is not joined over it");
  await say(waiting);
  assert.equal(bands().length, 1, "and the next loss is another one");
  off.abort();
});

test("source: a plain endpoint that is back soon, or tells what was missed, has lost nothing", async () => {
  const { off, say, stream, bands, starts } = await open("http://a/x");
  await say(live);
  await stream(70, 60);
  await say(waiting, live);
  await stream(59, 50);
  await say(waiting, live, samples([50, 49, 48, 47].map((age) => now - age * 1000)));
  await stream(46, 40);
  assert.deepEqual([bands(), starts().includes(2)], [[], false]);
  off.abort();
});

test("source: our own server catches up exactly: no sleep and no cut is a band", async () => {
  const { page, off, say, stream, bands } = await open("http://a/v1/stream");
  await say(liveAndTold);
  await stream(900, 890);
  page.away(true);
  page.now = now - 100_000;
  page.away(false);
  await say(waiting);
  page.now += 10_000;
  assert.deepEqual(bands(), [["offline", -890, Number.POSITIVE_INFINITY]], "until it is back");
  await say(liveAndTold, samples([now - 100_000, now - 99_000]));
  assert.deepEqual(bands(), []);
  off.abort();
});

test("source: whoever speaks our protocol at another address is as exact", async () => {
  const { page, off, say, stream, bands } = await open("http://a/proxied");
  await say(liveAndTold);
  await stream(900, 890);
  await say(waiting);
  page.now = now;
  await say(liveAndTold, samples([now]));
  assert.deepEqual(bands(), []);
  off.abort();
});

test("source: a page that slept has missed what a plain endpoint sent, unless that comes after all", async () => {
  const { page, off, say, stream, bands } = await open("http://a/x");
  await say(live);
  await stream(900, 890);
  page.away(true);
  page.now = now - 300_000;
  page.away(false);
  // The connection has outlived it, and what it brought was kept.
  await stream(889, 880);
  assert.deepEqual(bands(), []);
  page.away(true);
  page.now = now - 280_000;
  page.away(false);
  await say(waiting, live);
  await stream(279, 270);
  assert.deepEqual(bands(), [["paused", -880, -279]]);
  off.abort();
});

test("source: while its page is hidden a polled address is not asked, and that is no lost connection", async () => {
  const { page, off, say, stream, bands } = await open("http://a/x", { poll: 1000 });
  await say(live);
  await stream(900, 890);
  page.see(false);
  page.now = now - 100_000;
  page.see(true);
  await stream(100, 90);
  assert.deepEqual(bands(), [["paused", -890, -100]]);
  off.abort();
});

test("source: a loss that the server tells of is a band with its reason", async () => {
  const { source, off, say, stream, bands } = await open("http://a/v1/stream");
  await say(liveAndTold);
  await stream(70, 60);
  await say({ type: "gap", from: "x-1", to: "x-5", reason: "too slow" });
  await stream(59, 50);
  assert.deepEqual(bands(), [["offline", -60, -59]]);
  assert.equal(source.bands[0]!.text, "Samples are missing: too slow");
  off.abort();
});

test("source: after a reset only what the new history lacks is missing", async () => {
  const { off, say, stream, bands } = await open("http://a/v1/stream");
  const part = { from: 0, to: now, bucketMs: 0 };
  const history = (ages: number[], done: boolean, series = "a"): Change => {
    const times = ages.map((age) => now - age * 1000);
    const columns = new Map([[series, { times, values: times.map(() => 1) }]]);
    return { type: "history", ...part, done, columns };
  };
  await say(liveAndTold, history([], true));
  await stream(70, 60);
  const reset: Change = { type: "reset", after: "x-1", reason: "the log began anew" };
  // A slow series comes first, and says nothing of the others.
  await say(reset, history([70, 45], false, "b"), history([70, 61, 60, 59, 58], true));
  assert.deepEqual(bands(), []);
  await say(reset, history([40, 39], false, "b"), history([38], true));
  assert.deepEqual(bands(), [["offline", -45, -40]]);
  off.abort();
});

test("source: bands stay as long as the samples beside them", async () => {
  const { off, say, stream, bands, page } = await open("http://a/x");
  await say(live);
  await stream(7000, 6990);
  await say(waiting, live);
  await stream(6900, 6898);
  assert.equal(bands().length, 1);
  page.now = now;
  await say(samples([now]));
  assert.deepEqual(bands(), [], "older than the hour that is held");
  off.abort();
});

test("source: of a window of so many samples bands are kept, however long these reach back", async () => {
  const { off, say, stream, bands } = await open("http://a/x", {}, { spanMs: 0, samples: 12 });
  await say(live);
  await stream(7000, 6998);
  await say(waiting, live);
  await stream(60, 52);
  assert.deepEqual(bands(), [["offline", -6998, -60]]);
  await stream(51, 40);
  assert.deepEqual(bands(), []);
  off.abort();
});

test("source: read in another way, one address is another source; what is known of it is passed on", async () => {
  const { follow, asked, tell } = server();
  const off = new AbortController();
  const options = { url: "http://a/x", follow, pixels: 1000, now: () => now, life: quiet };
  const plain = { timeField: "at" };
  const first = joinSource({ ...options, plain }, member(off.signal));
  assert.equal(joinSource({ ...options, plain: { ...plain } }, member(off.signal)), first);
  assert.notEqual(joinSource({ ...options, plain, poll: 5000 }, member(off.signal)), first);
  await settle();
  assert.deepEqual(
    asked.map(({ plain, poll }) => [plain, poll]),
    [
      [plain, undefined],
      [plain, 5000],
    ],
  );
  const guesses = [{ what: "time field", found: "ts", from: "guessed", attribute: "a" }] as const;
  tell({ type: "guesses", guesses });
  await settle();
  const polled = joinSource({ ...options, plain, poll: 5000 }, member(off.signal));
  assert.deepEqual([polled.guesses, first.guesses], [guesses, []]);
  off.abort();
});

test("source: what was let go is asked for again when somebody wants it again", async () => {
  const { follow, asked, tell } = server();
  const [long, short, again] = [1, 2, 3].map(() => new AbortController());
  join(follow, member(long!.signal, { retention: { spanMs: 3_600_000, samples: 2 } }));
  join(follow, member(short!.signal));
  await settle();
  long!.abort();
  tell(samples([now]));
  await settle();
  join(follow, member(again!.signal, { retention: { spanMs: 3_600_000, samples: 2 } }));
  await settle();
  assert.deepEqual(
    asked.map(({ span }) => span),
    ["3600s", "3600s"],
  );
  short!.abort();
  again!.abort();
});

test("source: what somebody holds is kept for longer than history is asked for", async () => {
  const { follow, asked, tell } = server();
  const off = new AbortController();
  let keptMs = 0;
  const retention = {
    spanMs: 60_000,
    samples: 0,
    get keptMs() {
      return keptMs;
    },
  };
  const source = join(follow, member(off.signal, { retention }));
  await settle();
  keptMs = 300_000;
  tell(samples([now - 200_000, now - 100_000, now]));
  await settle();
  assert.deepEqual([source.tracks.get("a")!.ring.length, asked[0]!.span], [3, "60s"]);
  keptMs = 0;
  tell(samples([now + 1]));
  await settle();
  assert.ok(source.tracks.get("a")!.ring.length < 4);
  off.abort();
});
