import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { fakeServer } from "./fake-server.ts";

const t = Date.UTC(2026, 0, 31, 12);
const [from, to] = [new Date(t).toISOString(), new Date(t + 1000).toISOString()];
const range = `from=${from}&to=${to}`;

/** Two series with all that is odd about numbers, times and names. */
async function filled() {
  const server = fakeServer({ samplesPerPage: 3 });
  await server.put(
    { series: "a", time: t, value: 0.1 },
    { series: 'b{c="x,y"}', time: t + 0.25, value: -0 },
    { series: "a", time: t + 1, value: null },
    { series: "a", time: t, value: 0.30000000000000004 },
    { series: "a", time: t + 2000, value: 7 },
    { series: 'b{c="x,y"}', time: t + 1, value: 1e300 },
  );
  return server;
}

/** A hundred samples of one series, a millisecond apart: 0, 1, 2, … and at the end a null. */
async function hundred() {
  const server = fakeServer();
  await server.put(
    ...Array.from({ length: 99 }, (_, i) => ({ series: "a", time: t + i, value: i })),
    { series: "a", time: t + 99, value: null },
  );
  return server;
}
const hundredRange = `from=${t}&to=${t + 99}`;

async function json(response: Response) {
  return JSON.parse(await response.text());
}

test("history: as JSON every number reads back exactly, and it says up to which position it tells", async () => {
  const { get, log } = await filled();
  const response = await get(`/v1/history?${range}`);
  assert.equal(response.headers.get("content-type"), "application/json");
  const series = [
    { series: "a", bucketMs: 0, times: [t, t + 1], values: [0.30000000000000004, null] },
    { series: 'b{c="x,y"}', bucketMs: 0, times: [t + 0.25, t + 1], values: [-0, 1e300] },
  ];
  const position = `${log.epoch}-1`;
  assert.deepEqual(await json(response), { from: t, to: t + 1000, position, series });
  // Samples that come in pages, which no single position is true of.
  const raw = await get(`/v1/history?${range}&raw=1`);
  assert.deepEqual(await json(raw), { from: t, to: t + 1000, series });
});

test("history: nothing is an answer, too", async () => {
  const { get, log } = fakeServer();
  const head = { from: t, to: t + 1000 };
  const thin = await json(await get(`/v1/history?${range}`));
  assert.deepEqual(thin, { ...head, position: `${log.epoch}-0`, series: [] });
  assert.deepEqual(await json(await get(`/v1/history?${range}&raw=1`)), { ...head, series: [] });
  const text = async (query: string) => (await get(`/v1/history?${range}&${query}`)).text();
  assert.equal(await text("format=csv"), "time\n");
  assert.equal(await text("format=ndjson"), "");
});

test("history: what does not fit into px is what buckets hold, and null where they hold no value", async () => {
  const { get } = await hundred();
  const { series } = await json(await get(`/v1/history?${hundredRange}&px=20`));
  const starts = Array.from({ length: 20 }, (_, i) => t + 5 * i);
  const first = starts.map((start) => start - t);
  const last = first.map((value) => value + 4).with(-1, 98);
  const mean = first.map((value) => value + 2).with(-1, 96.5);
  const count = Array(20).fill(5).with(-1, 4);
  assert.deepEqual(series, [
    { series: "a", bucketMs: 5, times: starts, min: first, max: last, first, last, mean, count },
  ]);
});

test("history: a bucket of nulls alone has a count of 0", async () => {
  const { get, put } = fakeServer();
  await put(...Array.from({ length: 9 }, (_, i) => ({ series: "a", time: t + i, value: null })));
  const { series } = await json(await get(`/v1/history?from=${t}&to=${t + 8}&px=1`));
  const none = [null];
  const values = { min: none, max: none, first: none, last: none, mean: none, count: [0] };
  assert.deepEqual(series, [{ series: "a", bucketMs: 10, times: [t], ...values }]);
});

test("history: rates are increases per second, thinned or not", async () => {
  const { get } = await hundred();
  const rates = async (px: number) => {
    const url = `/v1/history?from=${t + 1}&to=${t + 99}&as=rates&px=${px}`;
    return (await json(await get(url))).series[0];
  };
  const all = await rates(100);
  assert.deepEqual([all.bucketMs, all.times.length, new Set(all.rates)], [0, 98, new Set([1000])]);
  const some = await rates(20);
  assert.deepEqual([some.bucketMs, some.times[0], some.rates[0]], [5, t, 800]);
  const rows = await get(`/v1/history?from=${t}&to=${t + 2}&as=rates&format=csv`);
  assert.deepEqual((await rows.text()).split("\n").slice(0, 2), [
    "time,series,bucket_ms,rate",
    "2026-01-31T12:00:00.001Z,a,0,1000",
  ]);
});

test("history: as CSV a line per time and a column per series, also across pages", async () => {
  const { get } = await filled();
  const response = await get(`/v1/history?${range}`, { accept: "text/csv" });
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(response.headers.get("vary"), "Accept");
  assert.equal(
    await response.text(),
    [
      'time,a,"b{c=""x,y""}"',
      "2026-01-31T12:00:00.000Z,0.30000000000000004,",
      "2026-01-31T12:00:00.000250Z,,-0",
      "2026-01-31T12:00:00.001Z,,1e+300",
      "",
    ].join("\n"),
  );
});

test("history: a table has no column for a series whose samples are all outside", async () => {
  const { get, put } = await filled();
  await put(
    { series: "late", time: t + 5000, value: 1 },
    { series: "early", time: t - 1, value: 1 },
  );
  const header = async (query: string) =>
    (await (await get(`/v1/history?${query}&format=csv`)).text()).split("\n")[0];
  assert.equal(await header(range), 'time,a,"b{c=""x,y""}"');
  assert.equal(
    await header(`from=${t - 9}&to=${to}&series=early&series=late&series=a`),
    "time,a,early",
  );
});

test("history: as NDJSON a line per sample", async () => {
  const { get } = await filled();
  const response = await get(`/v1/history?${range}`, { accept: "application/x-ndjson" });
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  assert.deepEqual((await response.text()).split("\n"), [
    `{"series":"a","time":${t},"value":0.30000000000000004}`,
    `{"series":"b{c=\\"x,y\\"}","time":${t}.25,"value":-0}`,
    `{"series":"a","time":${t + 1},"value":null}`,
    `{"series":"b{c=\\"x,y\\"}","time":${t + 1},"value":1e+300}`,
    "",
  ]);
});

test("history: with px a table has a line per bucket, and a sample is a bucket of its own", async () => {
  const { get, put } = await hundred();
  await put(
    { series: 'b{c="x,y"}', time: t, value: 2.5 },
    { series: 'b{c="x,y"}', time: t + 1, value: null },
  );
  const lines = async (format: string) => {
    const response = await get(`/v1/history?${hundredRange}&px=2&format=${format}`);
    return (await response.text()).split("\n");
  };
  assert.deepEqual(await lines("csv"), [
    "time,series,bucket_ms,min,max,first,last,mean,count",
    "2026-01-31T12:00:00.000Z,a,50,0,49,0,49,24.5,50",
    "2026-01-31T12:00:00.050Z,a,50,50,98,50,98,74,49",
    '2026-01-31T12:00:00.000Z,"b{c=""x,y""}",0,2.5,2.5,2.5,2.5,2.5,1',
    '2026-01-31T12:00:00.001Z,"b{c=""x,y""}",0,,,,,,0',
    "",
  ]);
  assert.equal(
    (await lines("ndjson"))[0],
    `{"series":"a","time":${t},"bucketMs":50,"min":0,"max":49,"first":0,"last":49,"mean":24.5,"count":50}`,
  );
});

test("history: a tag changes with what the answer depends on, and with nothing else", async () => {
  const { get, put, store } = await filled();
  const url = `/v1/history?${range}`;
  const tag = async (path = url) => (await get(path)).headers.get("etag");
  const first = await tag();
  assert.match(first ?? "", /^"[\w-]{22}"$/);
  const other = [`${url}&px=7`, `${url}&raw=1`, `${url}&format=csv`, `${url}&series=a`];
  const tags = await Promise.all([`${url}&as=rates`, ...other].map((path) => tag(path)));
  assert.equal(new Set([first, ...tags]).size, 6);
  await put({ series: "a", time: t + 5000, value: 1 });
  assert.equal(await tag(), first, "a sample after the range");
  await put({ series: "a", time: t + 500, value: 1 });
  const second = await tag();
  assert.notEqual(second, first, "a sample in the range");
  store.keepFrom(t - 3_600_000);
  assert.equal(await tag(), second, "what was dropped before the range");
  store.keepFrom(t + 10);
  const third = await tag();
  assert.notEqual(third, second, "what was dropped of the range");
  await put({ series: "new", time: t + 5000, value: 1 });
  assert.notEqual(await tag(), third, "another series");
});

test("history: a tag changes with a sample after the range that is in its last bucket", async () => {
  const { get, put } = await hundred();
  const ask = async () => {
    const response = await get(`/v1/history?from=${t}&to=${t + 60}&px=6`);
    return { tag: response.headers.get("etag"), max: (await json(response)).series[0].max };
  };
  const before = await ask();
  await put({ series: "a", time: t + 69.5, value: 1000 });
  const after = await ask();
  assert.deepEqual([before.max.at(-1), after.max.at(-1)], [69, 1000]);
  assert.notEqual(before.tag, after.tag);
  await put({ series: "a", time: t + 150, value: 2000 });
  assert.equal((await ask()).tag, after.tag);
});

test("history: who has it is not sent it again, and nothing is read for that", async () => {
  const { get, store } = await filled();
  const url = `/v1/history?${range}`;
  const tag = (await get(url)).headers.get("etag") ?? "";
  store.history = () => assert.fail("read");
  for (const given of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const response = await get(url, { "if-none-match": given });
    assert.equal(response.status, 304, given);
    assert.equal(response.headers.get("etag"), tag);
    assert.equal(response.headers.get("cache-control"), "private, no-cache");
    assert.equal(await response.text(), "");
  }
});

test("history: HEAD is the head, and nothing is read for it", async () => {
  const { app, get, store } = await filled();
  const url = `/v1/history?${range}`;
  const tag = (await get(url)).headers.get("etag");
  store.history = () => assert.fail("read");
  const response = await app.request(url, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("etag"), tag);
  assert.equal(response.headers.get("content-type"), "application/json");
});

test("history: only what can never change is cached for ever", async () => {
  const { get, store } = await filled();
  const caching = async (query: string) =>
    (await get(`/v1/history?${query}`)).headers.get("cache-control");
  const forever = "private, max-age=31536000, immutable";
  assert.equal(await caching(range), "private, no-cache");
  store.keepFrom(t + 3_600_000);
  // It may be told as a part of the hour, of which the rest can still change.
  assert.equal(await caching(range), "private, no-cache");
  assert.equal(await caching(`${range}&raw=1`), forever);
  store.keepFrom(t + 3_602_000);
  assert.equal(await caching(range), forever);
  assert.equal(await caching(`from=-30m&to=${to}`), "private, no-cache");
  assert.equal(await caching(`from=${from}&to=${t + 3_600_000}`), "private, no-cache");
});

test("history: of many series it is read in parts, and is one answer", async () => {
  const { get, put, store, log } = fakeServer();
  const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
  await put(...names.map((series) => ({ series, time: t, value: 1 })));
  const asked: number[] = [];
  const history = store.history.bind(store);
  store.history = async (request) => {
    asked.push([...request.ids].length);
    const answer = await history(request);
    await put({ series: "s0", time: t + 9000, value: 1 });
    return answer;
  };
  const { series, position } = await json(await get(`/v1/history?${range}&px=8192`));
  assert.deepEqual(
    series.map(({ series }: { series: string }) => series),
    names,
  );
  assert.deepEqual(asked, [24, 24, 12]);
  assert.equal(position, `${log.epoch}-1`);
});

test("history: a failure before the first byte is an answer that says so", async () => {
  const { get, store } = await filled();
  const fail = () => {
    throw new PlotcastError("unavailable", "cannot read: the disk is gone");
  };
  store.history = fail as never;
  store.samples = fail as never;
  for (const query of ["", "&raw=1", "&format=csv", "&format=ndjson", "&format=csv&px=9"]) {
    const response = await get(`/v1/history?${range}${query}`);
    assert.equal(response.status, 503, query);
    assert.match(await response.text(), /the disk is gone/);
  }
});

test("history: what cannot be understood is a 400 with a sentence", async () => {
  const { get } = fakeServer();
  for (const query of ["from=soon", "px=0", "format=xml", "series={", "as=x", "from=now&to=-1m"]) {
    const response = await get(`/v1/history?${query}`);
    assert.equal(response.status, 400, query);
    assert.match(await response.text(), /^expected .*\n$/);
  }
});

test("history: hundreds of thousands of numbers are written a little in each turn", async () => {
  const { get, store } = await filled();
  const n = 50_000;
  const times = Float64Array.from({ length: n }, (_, i) => t + i);
  const values = times.map(() => Math.random());
  store.history = async ({ ids }) => ({
    offset: 1,
    series: new Map(Array.from(ids, (id) => [id, { kind: "samples", times, values }])),
  });
  let turns = 0;
  let reading = true;
  const count = () => {
    turns++;
    if (reading) setImmediate(count);
  };
  const response = await get(`/v1/history?${range}`);
  count();
  let pieces = 0;
  let bytes = 0;
  for await (const { length } of response.body ?? []) {
    assert.ok(length < 80_000, `${length} bytes in a piece`);
    pieces++;
    bytes += length;
  }
  reading = false;
  assert.ok(bytes > 2 * n * 25);
  assert.ok(turns >= pieces - 1, `${turns} turns for ${pieces} pieces`);
});
