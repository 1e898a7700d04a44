import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { Change, FollowOptions, Status } from "@plotcast/client";
import { type TailFlags, tail } from "./tail.ts";

const live: Change = { type: "status", status: { state: "live" } };
const waiting: Change = status({ state: "waiting", reason: "connection refused", retryAt: 0 });

function status(of: Status): Change {
  return { type: "status", status: of };
}

function samples(series: string, times: number[], type: "samples" | "history" = "samples"): Change {
  const columns = new Map([[series, { times, values: times.map((time) => time / 10) }]]);
  if (type === "samples") return { type, columns };
  return { type, columns, from: 0, to: 100, bucketMs: 0, done: true };
}

/** What `plotcast tail` prints when these changes come. */
async function printed(changes: Change[], flags: Partial<TailFlags> = {}, selectors = ["a"]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let asked: FollowOptions | undefined;
  async function* followFake(options: FollowOptions) {
    asked = options;
    yield* changes;
  }
  const all = { url: "http://h:1", json: true, ...flags };
  const { signal } = new AbortController();
  const end = tail(selectors, all, { stdout, stderr }, signal, followFake);
  const error: unknown = await end.then(
    () => undefined,
    (thrown) => thrown,
  );
  const rows = String(stdout.read() ?? "")
    .split("\n")
    .filter(Boolean);
  const times = flags.json === false ? [] : rows.map((row) => JSON.parse(row).time);
  return { rows, times, said: String(stderr.read() ?? ""), error, asked };
}

function failed(error: unknown, expected: { code: string; message?: string }) {
  assert.throws(() => {
    throw error;
  }, expected);
}

const ms = 1_700_000_000_000;

test("tail: follows the selectors on the server", async () => {
  const { asked } = await printed([], { readToken: "r", since: "15m" }, ["a", "cpu*"]);
  assert.equal(String(asked?.url), "http://h:1/v1/stream");
  assert.deepEqual(asked?.series, ["a", "cpu*"]);
  assert.equal(asked?.span, "900s");
  assert.equal(asked?.token, "r");
});

test("tail: a token in the address is used", async () => {
  assert.equal((await printed([], { url: "h:1/?token=t" })).asked?.token, "t");
});

test("tail: prints a line per sample, in the order of time", async () => {
  const columns = new Map([
    ["a", { times: [ms, ms + 2], values: [1, null] }],
    ["b", { times: [ms + 1], values: [2] }],
  ]);
  const { rows } = await printed([live, { type: "samples", columns }]);
  assert.deepEqual(rows, [
    `{"series":"a","time":${ms},"value":1}`,
    `{"series":"b","time":${ms + 1},"value":2}`,
    `{"series":"a","time":${ms + 2},"value":null}`,
  ]);
});

test("tail: as text, a line is local time, series and value", async () => {
  const { rows } = await printed([live, samples("a\x1b", [ms])], { json: false });
  assert.match(rows[0]!, /^2023-11-1\dT\d\d:\d\d:20\.000[+-]\d\d:\d\d a\\x1b 170000000000$/);
  assert.equal(new Date(rows[0]!.split(" ")[0]!).getTime(), ms);
});

test("tail: the past is printed only when asked for", async () => {
  const changes = [live, samples("a", [ms, ms + 1], "history"), samples("a", [ms + 2])];
  assert.deepEqual((await printed(changes)).times, [ms + 2]);
  assert.deepEqual((await printed(changes, { since: "1m" })).times, [ms, ms + 1, ms + 2]);
});

test("tail: late live samples are printed, history told again is not", async () => {
  const { times, said } = await printed([
    live,
    samples("a", [], "history"),
    samples("a", [ms + 5]),
    samples("a", [ms + 3]),
    { type: "reset", after: "x-1", reason: "the log began anew" },
    samples("a", [ms + 3, ms + 5, ms + 6], "history"),
  ]);
  assert.deepEqual(times, [ms + 5, ms + 3, ms + 6]);
  assert.match(said, /samples may be missing: the log began anew/);
});

test("tail: says once that the connection is lost, and once that it is back", async () => {
  const { said, error } = await printed([
    live,
    samples("a", [], "history"),
    waiting,
    waiting,
    live,
    samples("a", [], "history"),
    live,
  ]);
  assert.equal(error, undefined);
  assert.equal(
    said,
    "plotcast: following http://h:1/\n" +
      "plotcast: connection lost: connection refused; trying again\n" +
      "plotcast: connected again\n",
  );
});

test("tail: a server that cannot be reached at first is an error", async () => {
  const { error } = await printed([waiting, live]);
  failed(error, {
    code: "closed",
    message: "cannot reach http://h:1/: connection refused; is it running?",
  });
});

test("tail: a refusal is an error, with what to do", async () => {
  const refused = (code: number) => status({ state: "refused", code, reason: "a token is needed" });
  const { error } = await printed([refused(401)]);
  failed(error, {
    code: "unauthorized",
    message: "cannot follow http://h:1/: a token is needed; here that is --read-token",
  });
  failed((await printed([refused(404)])).error, { code: "not-found" });
});

test("tail: says when samples are missing or thinned", async () => {
  const thinned = { ...samples("a", [ms], "history"), bucketMs: 2000 } as Change;
  const gap: Change = { type: "gap", from: "x-1", to: "x-9", reason: "reader too slow" };
  const reason = "it is older than the log";
  const reduced: Change = { type: "reduced", after: "x-1", reason, from: 1, to: 2 };
  const { said } = await printed([live, thinned, reduced, gap], { since: "1d" });
  assert.match(said, /of what was missed, only extremes can be shown: it is older than the log/);
  assert.match(said, /only the extremes of every 2 s/);
  assert.match(said, /samples are missing: reader too slow/);
});

test("tail: refuses a bad selector or duration before it connects", async () => {
  for (const bad of [await printed([], {}, ["a{"]), await printed([], { since: "soon" })]) {
    failed(bad.error, { code: "bad-input" });
    assert.equal(bad.asked, undefined);
  }
});

test("tail: ends quietly when nobody reads any more", async () => {
  const stdout = new PassThrough();
  stdout.on("error", () => {}).destroy();
  let taken = 0;
  async function* endless(): AsyncGenerator<Change> {
    for (;;) yield samples("a", [ms + taken++]);
  }
  const streams = { stdout, stderr: new PassThrough() };
  const flags = { url: "http://h:1" };
  await tail(["a"], flags, streams, new AbortController().signal, endless);
  assert.equal(taken, 1);
});
