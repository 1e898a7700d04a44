import assert from "node:assert/strict";
import { test } from "node:test";
import { historyRequests, historyUrl, oldestOf, readHistory, seriesRequests } from "./history.ts";

const stream = "https://example.test/charts/v1/stream?series=*&span=15m&px=800&token=s3cret#x";
const view = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };

const queries = (urls: readonly string[]) => urls.map((url) => new URL(url).searchParams);

test("history: its address is beside that of the stream, with what lets us in", () => {
  assert.equal(historyUrl(stream)!.href, "https://example.test/charts/v1/history?token=s3cret");
  assert.equal(historyUrl("https://example.test/chart-data"), undefined);
});

test("history: samples and rates are asked for apart, in a range with absolute ends", () => {
  const asked = [
    { series: 'cpu{core="0"}', rates: false },
    { series: "requests", rates: true },
    { series: "temp", rates: false },
  ];
  const [values, rates, ...others] = queries(historyRequests(stream, asked, view, 1600));
  assert.equal(others.length, 0);
  assert.deepEqual(values!.getAll("series"), ['cpu{core="0"}', "temp"]);
  assert.deepEqual(rates!.getAll("series"), ["requests"]);
  assert.deepEqual([values!.get("as"), rates!.get("as")], [null, "rates"]);
  for (const query of [values!, rates!]) {
    assert.equal(query.get("from"), "2026-01-01T00:00:00.000Z");
    assert.equal(query.get("to"), "2026-01-02T00:00:00.000Z");
    assert.deepEqual([query.get("px"), query.get("token")], ["1600", "s3cret"]);
  }
});

test("history: more than an address can hold is asked for in parts, and all of it once", () => {
  const names = Array.from({ length: 150 }, (_, i) => `room.${i}.${"温".repeat(i % 40)}`);
  const asked = names.map((series) => ({ series, rates: false }));
  for (const urls of [historyRequests(stream, asked, view, 800), seriesRequests(stream, names)]) {
    assert.ok(urls.length > 2);
    assert.ok(urls.every((url) => url.length < 4000));
    const series = queries(urls).map((query) => query.getAll("series"));
    assert.ok(series.every((part) => part.length <= 64));
    assert.deepEqual(series.flat(), names);
  }
});

test("history: samples become a ring each, absence and emptiness included, and nothing else", () => {
  const answer = {
    series: [
      { series: "temp", bucketMs: 0, times: [1, 2, 3], values: [20, null, 22] },
      { series: "temperature", bucketMs: 0, times: [1], values: [0] },
    ],
  };
  const asked = ["temp", "hum"].map((series) => ({ series, rates: false }));
  const { rings, bucketMs } = readHistory([answer], asked, 10);
  assert.deepEqual([...rings.keys(), bucketMs], ["temp", "hum", 0]);
  assert.deepEqual([...rings.get("temp")!.times], [1, 2, 3]);
  assert.deepEqual([...rings.get("temp")!.values], [20, Number.NaN, 22]);
  assert.equal(rings.get("hum")!.length, 0);
});

test("history: a bucket is its extremes between its ends, and the newest has nothing beyond now", () => {
  const answer = {
    series: [
      {
        ...{ series: "cpu", bucketMs: 1000, times: [1000, 2000, 3000], count: [9, 0, 9] },
        ...{ min: [1, null, 2], max: [9, null, 8], first: [3, null, 7], last: [5, null, 4] },
      },
    ],
  };
  const { rings, bucketMs } = readHistory([answer], [{ series: "cpu", rates: false }], 3400);
  const ring = rings.get("cpu")!;
  assert.equal(bucketMs, 1000);
  assert.deepEqual([...ring.times], [1000, 1250, 1500, 1750, 2000, 3000, 3100, 3200, 3300]);
  assert.deepEqual([...ring.values], [3, 1, 9, 5, Number.NaN, 7, 8, 2, 4]);
  assert.equal(ring.bucketMsAt(1500), 1000);
});

test("history: a rate of a bucket is told for its middle", () => {
  const answer = { series: [{ series: "n", bucketMs: 1000, times: [0, 1000], rates: [5, null] }] };
  const ring = readHistory([answer], [{ series: "n", rates: true }], 5000).rings.get("n")!;
  assert.deepEqual([...ring.times], [500, 1500]);
  assert.deepEqual([...ring.values], [5, Number.NaN]);
});

test("history: what is no history is no answer", () => {
  const asked = [{ series: "a", rates: false }];
  const read = (answer: unknown) => () => readHistory([answer], asked, 0);
  const wrong = [{ series: "a", bucketMs: 0, times: ["x"], values: [1] }];
  for (const answer of [
    null,
    7,
    "<html>",
    {},
    { series: "a" },
    { series: [1] },
    { series: wrong },
  ]) {
    assert.throws(read(answer), /no history/);
  }
});

test("history: the oldest that is kept is that of the series asked for", () => {
  const answer = {
    series: [
      { series: "a", first: "2026-01-02T00:00:00.000Z" },
      { series: "b", first: "2026-01-01T00:00:00.000Z" },
      { series: "c" },
    ],
  };
  assert.equal(oldestOf([answer], new Set(["a", "c"])), Date.UTC(2026, 0, 2));
  assert.equal(oldestOf([answer], new Set(["c"])), undefined);
});
