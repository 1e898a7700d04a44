import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { type HistoryQuery, parseHistoryQuery } from "./history-query.ts";

const now = 1_700_000_000_000;
const minute = 60_000;

/** What a query string, and perhaps an Accept header, are understood as. */
async function parse(query: string, accept?: string): Promise<HistoryQuery> {
  const { promise, resolve, reject } = Promise.withResolvers<HistoryQuery>();
  const app = new Hono();
  app.onError((error, c) => {
    reject(error);
    return c.body(null);
  });
  app.get("/", (c) => {
    resolve(parseHistoryQuery(c, now));
    return c.body(null);
  });
  await app.request(`/?${query}`, accept === undefined ? {} : { headers: { accept } });
  return promise;
}

test("history query: without anything it is the last 15 minutes for a screen, as JSON", async () => {
  assert.deepEqual(await parse(""), {
    from: now - 15 * minute,
    to: now,
    fixed: false,
    px: 800,
    as: "values",
    format: "json",
  });
});

test("history query: only a range with two named ends is fixed", async () => {
  const isFixed = async (query: string) => (await parse(query)).fixed;
  assert.ok(await isFixed("from=2023-01-01T00:00:00Z&to=1690000000"));
  assert.ok(!(await isFixed("from=2023-01-01T00:00:00Z")));
  assert.ok(!(await isFixed("from=2023-01-01T00:00:00Z&to=now")));
  assert.ok(!(await isFixed("from=-1h&to=2023-11-14T22:13:20Z")));
});

test("history query: tables have every sample unless they are for a screen", async () => {
  const px = async (query: string) => (await parse(query)).px;
  assert.equal(await px("format=csv"), undefined);
  assert.equal(await px("format=ndjson"), undefined);
  assert.equal(await px("format=csv&px=100"), 100);
  assert.equal(await px("format=csv&as=rates"), 800);
  assert.equal(await px("raw=1"), undefined);
  assert.equal(await px("px=1000000"), 8192);
});

test("history query: the format is that of the parameter, else of the Accept header", async () => {
  const format = async (query: string, accept?: string) => (await parse(query, accept)).format;
  assert.equal(await format("", "text/csv"), "csv");
  assert.equal(await format("", "application/x-ndjson, */*;q=0.1"), "ndjson");
  assert.equal(await format("", "text/csv;q=0.5, application/json"), "json");
  assert.equal(await format("", "*/*"), "json");
  assert.equal(await format("", "text/html,application/xml;q=0.9,*/*;q=0.8"), "json");
  assert.equal(await format("format=csv", "application/json"), "csv");
});

test("history query: what does not go together is told", async () => {
  await assert.rejects(parse("from=now&to=-15m"), { code: "bad-input", message: /"from".*"to"/ });
  await assert.rejects(parse("raw=1&as=rates"), {
    code: "bad-input",
    message: /raw=1 or as=rates/,
  });
  await assert.rejects(parse("format=xml"), { code: "bad-input", message: /json, csv or ndjson/ });
  await assert.rejects(parse("as=deltas"), { code: "bad-input", message: /values or rates/ });
});
