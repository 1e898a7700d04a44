import assert from "node:assert/strict";
import { test } from "node:test";
import { Archive } from "./archive.ts";
import { Ring } from "./ring.ts";
import type { Shown } from "./stretch.ts";

const hour = 3_600_000;
const minute = 60_000;
const start = Date.UTC(2026, 0, 1, 12);
const ours = "http://example.test/v1/stream?series=*";

type Request = {
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly answer: (body: unknown, status?: number) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
};

/** What is waiting is done, several times over. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

/** A chart of one series that is held, and a server that answers when the test says so. */
function held({ url = ours, rates = false, first = start - 24 * hour } = {}) {
  const state = { now: start, changes: 0 };
  const live = new Ring(100_000);
  const requests: Request[] = [];
  const timers: { readonly at: number; readonly run: () => void }[] = [];
  const off = new AbortController();
  const shown: Shown[] = [{ series: "temp", rates, live }];
  const archive = new Archive({
    url,
    shown: () => shown,
    now: () => state.now,
    changed: () => state.changes++,
    signal: off.signal,
    later: (run, ms) => timers.push({ at: state.now + ms, run }),
    fetch: (address, { signal }) => {
      const url = new URL(address);
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      if (url.pathname.endsWith("/series")) {
        const series = [{ series: "temp", first: new Date(first).toISOString() }];
        resolve(Response.json({ series }));
        return promise;
      }
      const answer = async (body: unknown, status = 200) => {
        resolve(typeof body === "string" ? new Response(body) : Response.json(body, { status }));
        await new Promise(setImmediate);
        await settled();
      };
      const fail = async (error: Error) => {
        reject(error);
        await new Promise(setImmediate);
      };
      signal!.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      requests.push({ url, signal: signal!, answer, fail });
      return promise;
    },
  });
  /** What the server would say to a request: a sample each second since it has any. */
  const samples = ({ url }: Request, stepMs = 1000) => {
    const [from, to] = ["from", "to"].map((name) => Date.parse(url.searchParams.get(name)!));
    const begin = Math.ceil(Math.max(from!, first) / stepMs) * stepMs;
    const end = Math.min(to!, state.now);
    const times = Array.from(
      { length: Math.floor((end - begin) / stepMs) + 1 },
      (_, i) => begin + i * stepMs,
    );
    return { series: [{ series: "temp", bucketMs: 0, times, values: times.map((t) => t % 97) }] };
  };
  const look = (from: number, to: number) => {
    archive.want({ from, to }, 800);
    return archive.ringFor("temp");
  };
  const pass = (ms: number) => {
    state.now += ms;
    for (const timer of timers.splice(0)) {
      if (timer.at <= state.now) timer.run();
      else timers.push(timer);
    }
  };
  // A minute before now is held live, each second.
  for (let at = start - minute; at <= start; at += 1000) live.add(at, at % 97);
  return { archive, state, live, requests, samples, look, pass, off, shown };
}

test("archive: what a chart holds itself is not asked for", () => {
  const { look, requests } = held();
  assert.equal(look(start - 30_000, start - 10_000), undefined);
  assert.equal(requests.length, 0);
});

test("archive: what is older is asked for with a view to spare on each side, and is then there", async () => {
  const { archive, look, requests, samples, state } = held();
  const [from, to] = [start - 2 * hour, start - hour];
  assert.equal(look(from, to), undefined);
  assert.equal(archive.state.state, "loading");
  const { searchParams } = requests[0]!.url;
  assert.ok(Date.parse(searchParams.get("from")!) <= from - hour);
  assert.ok(Date.parse(searchParams.get("to")!) >= to + hour);
  assert.ok(Number(searchParams.get("px")) >= 2400);
  const before = state.changes;
  await requests[0]!.answer(samples(requests[0]!));
  assert.ok(state.changes > before);
  assert.equal(archive.state.state, "complete");
  const ring = look(from, to)!;
  assert.ok(ring.times[0]! <= from && ring.newestTime >= to);
  assert.deepEqual([requests.length, archive.bands.length], [1, 0]);
});

test("archive: moving within what is there asks for nothing; beyond it, for the next stretch", async () => {
  const { look, requests, samples, pass } = held();
  look(start - 6 * hour, start - 5 * hour);
  await requests[0]!.answer(samples(requests[0]!));
  for (let moved = 0; moved <= 30; moved++) {
    look(start - 6 * hour - moved * minute, start - 5 * hour - moved * minute);
  }
  assert.equal(requests.length, 1);
  pass(1000);
  look(start - 8 * hour, start - 7 * hour);
  assert.equal(requests.length, 2);
  // Until it is there, what there is of it is shown.
  assert.ok(look(start - 7.5 * hour, start - 6.5 * hour));
});

test("archive: closer up it is asked for finer, unless every sample is there already", async () => {
  const { look, requests, samples, pass } = held();
  const buckets = {
    ...{ series: "temp", bucketMs: 10_000, times: [start - 3 * hour], count: [1] },
    ...{ min: [1], max: [1], first: [1], last: [1] },
  };
  look(start - 3 * hour, start - 2 * hour);
  await requests[0]!.answer({ series: [buckets] });
  pass(1000);
  look(start - 2.5 * hour - minute, start - 2.5 * hour);
  assert.equal(requests.length, 2);
  await requests[1]!.answer(samples(requests[1]!));
  pass(1000);
  assert.ok(look(start - 2.5 * hour - minute / 2, start - 2.5 * hour - minute / 4)!.length > 100);
  assert.equal(requests.length, 2);
});

test("archive: one request is under way at a time, and one that nobody needs any more is ended", () => {
  const { look, requests, pass } = held();
  look(start - 2 * hour, start - hour);
  for (let i = 0; i < 50; i++) {
    look(start - (20 + i / 10) * hour, start - (19 + i / 10) * hour);
    pass(1);
  }
  assert.equal(requests.length, 1);
  pass(150);
  assert.equal(requests.length, 2);
  assert.deepEqual(
    requests.map(({ signal }) => signal.aborted),
    [true, false],
  );
  const { searchParams } = requests[1]!.url;
  assert.ok(Date.parse(searchParams.get("from")!) <= start - 24.9 * hour);
});

test("archive: a stretch that reaches to now goes on with what comes live", async () => {
  const { archive, look, requests, samples, live, state } = held();
  look(start - 2 * hour, start);
  await requests[0]!.answer(samples(requests[0]!));
  for (let i = 1; i <= 100; i++) {
    state.now = start + i * 1000;
    live.add(state.now, i);
    const columns = new Map([["temp", { times: [state.now], values: [i] }]]);
    archive.take({ type: "samples", columns });
    live.prune(state.now - minute, 2);
    const ring = look(start - 2 * hour, start + hour)!;
    assert.equal(ring.newestTime, state.now);
  }
  const ring = look(start - 2 * hour, start + hour)!;
  const { times } = ring;
  for (let i = 1; i < times.length; i++) assert.equal(times[i]! - times[i - 1]!, 1000);
  assert.equal(requests.length, 1);
});

test("archive: a late sample is inserted where it belongs", async () => {
  const { archive, look, requests, samples } = held();
  look(start - 3 * hour, start - 2 * hour);
  await requests[0]!.answer(samples(requests[0]!));
  const time = start - 2.5 * hour + 500;
  const columns = new Map([["temp", { times: [time], values: [-5] }]]);
  archive.take({ type: "samples", columns });
  const { times, values } = look(start - 3 * hour, start - 2 * hour)!;
  assert.equal(values[times.indexOf(time)], -5);
});

test("archive: what nobody held meanwhile is asked for again, and no line crosses the hole", async () => {
  const { look, requests, samples, live, state, pass } = held();
  look(start - 2 * hour, start);
  await requests[0]!.answer(samples(requests[0]!));
  const newest = look(start - 2 * hour, start)!.newestTime;
  // The page was hidden for an hour: nothing was drawn, and the live ring kept a minute.
  pass(hour);
  live.clear();
  for (let at = state.now - minute; at <= state.now; at += 1000) live.add(at, 1);
  assert.equal(look(start - hour, state.now)!.newestTime, newest);
  look(start - hour, state.now);
  assert.equal(requests.length, 2);
  await requests[1]!.answer(samples(requests[1]!));
  assert.equal(look(start - hour, state.now)!.newestTime, state.now);
});

test("archive: after samples were lost on the way, what reaches to now is asked for again", async () => {
  const { archive, look, requests, samples, pass } = held();
  look(start - 2 * hour, start);
  await requests[0]!.answer(samples(requests[0]!));
  archive.take({ type: "gap", from: "e-1", to: "e-9", reason: "trimmed" });
  pass(1000);
  assert.ok(look(start - 2 * hour, start));
  assert.equal(requests.length, 2);
});

test("archive: beyond what is kept there is nothing to ask for, and the chart can say so", async () => {
  const first = start - 3 * hour;
  const { archive, look, requests, samples, pass } = held({ first });
  look(start - 4 * hour, start - 2 * hour);
  await requests[0]!.answer(samples(requests[0]!));
  look(start - 4 * hour, start - 2 * hour);
  const [band, ...others] = archive.bands;
  assert.deepEqual(
    [band!.kind, band!.from, band!.to, others.length],
    ["retention", Number.NEGATIVE_INFINITY, first, 0],
  );
  assert.deepEqual(archive.reach, { from: first, to: start });
  pass(1000);
  look(start - 90 * hour, start - 80 * hour);
  assert.equal(requests.length, 1);
});

test("archive: buckets that are seen to be wide are said to be all that there is", async () => {
  const { archive, look, requests } = held();
  look(start - 3 * hour, start - 2 * hour);
  const times = Array.from({ length: 4 }, (_, i) => start - (5 - i) * hour);
  const all = times.map(() => 1);
  const series = { min: all, max: all, first: all, last: all, count: all };
  const answer = { series: [{ ...series, series: "temp", bucketMs: hour, times }] };
  await requests[0]!.answer(answer);
  look(start - 3 * hour, start - 2 * hour);
  assert.deepEqual(
    archive.bands.map(({ kind }) => kind),
    ["reduced"],
  );
  assert.equal(requests.length, 1);
});

test("archive: a failure is told with its reason, and tried again after a while", async () => {
  const { archive, look, requests, samples, pass } = held();
  const [from, to] = [start - 2 * hour, start - hour];
  look(from, to);
  await requests[0]!.fail(new TypeError("Failed to fetch"));
  assert.deepEqual(archive.state, { state: "error", reason: "the server cannot be reached" });
  for (let i = 0; i < 100; i++) look(from, to);
  assert.equal(requests.length, 1);
  pass(5000);
  await requests[1]!.answer({}, 401);
  assert.deepEqual(archive.state, {
    state: "error",
    reason: "the server wants a valid token (401)",
  });
  pass(5000);
  look(from, to);
  assert.equal(requests.length, 2);
  pass(60_000);
  await requests[2]!.answer("<html>");
  assert.deepEqual(archive.state, { state: "error", reason: "the answer is no history" });
  pass(5000);
  await requests[3]!.answer(samples(requests[3]!));
  assert.equal(archive.state.state, "complete");
  assert.ok(look(from, to));
});

test("archive: a server that never answers is given up", () => {
  const { archive, look, requests, pass } = held();
  look(start - 2 * hour, start - hour);
  pass(30_000);
  assert.deepEqual(archive.state, { state: "error", reason: "the server does not answer" });
  assert.equal(requests[0]!.signal.aborted, true);
});

test("archive: wherever one looks, it holds a few stretches and no more", async () => {
  const { archive, look, requests, samples, pass } = held({ first: start - 2400 * hour });
  for (let i = 1; i <= 20; i++) {
    look(start - 100 * i * hour, start - (100 * i - 1) * hour);
    await requests.at(-1)!.answer(samples(requests.at(-1)!));
    pass(1000);
  }
  assert.equal(requests.length, 20);
  const kept = [20, 19, 18, 17].map((i) => {
    archive.want({ from: start - 100 * i * hour, to: start - (100 * i - 1) * hour }, 800);
    return archive.ringFor("temp") !== undefined;
  });
  assert.deepEqual(kept, [true, true, true, false]);
});

test("archive: another series than was asked for is asked for", async () => {
  const { look, requests, samples, pass, shown } = held();
  look(start - 2 * hour, start - hour);
  await requests[0]!.answer(samples(requests[0]!));
  pass(1000);
  shown.push({ series: "hum", rates: true, live: new Ring(10) });
  assert.equal(look(start - 2 * hour, start - hour), undefined);
  assert.deepEqual(requests[1]!.url.searchParams.getAll("series"), ["temp"]);
});

test("archive: of an endpoint that is not ours there is what is held, and no more", () => {
  const { archive, look, requests } = held({ url: "http://example.test/chart-data" });
  assert.equal(look(start - 2 * hour, start - hour), undefined);
  assert.equal(requests.length, 0);
  assert.deepEqual(archive.reach, { from: start - minute, to: start });
});

test("archive: whoever leaves ends what is under way", () => {
  const { look, requests, off, pass } = held();
  look(start - 2 * hour, start - hour);
  off.abort();
  assert.equal(requests[0]!.signal.aborted, true);
  pass(100_000);
  look(start - 20 * hour, start - 19 * hour);
  assert.equal(requests.length, 1);
});
