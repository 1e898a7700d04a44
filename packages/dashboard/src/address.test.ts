import assert from "node:assert/strict";
import test from "node:test";
import { csvPath, pageHref, parseAddress, seriesPath, streamPath } from "./address.ts";

const origin = "http://127.0.0.1:8080";

/** Names that have broken addresses elsewhere. */
const hostile = [
  "temp",
  "room/temp",
  'cpu{core="0"}',
  'cpu{core="0",host="a/b?c#d"}',
  "cpu.*",
  '*{host="web-?"}',
  "50% of all & more + spaces",
  "#hash",
  "?query=1",
  "/",
  "/evil.example",
  "//evil.example",
  "..",
  ".",
  "a/../b",
  "a//b",
  "trailing/",
  "v1",
  "v1/stream",
  "assets",
  "javascript:alert(1)",
  "</script><script>alert(1)</script>",
  "it's `all` $(quoted)!",
  "温度 🌡",
  'x{y="\\"><img src=x onerror=alert(1)>\\n"}',
];

test("address: every name has a page, and its address leads back to that very name", () => {
  for (const selector of hostile) {
    for (const span of ["auto", "90s"]) {
      const href = pageHref({ selector, span });
      const url = new URL(href, origin);
      assert.equal(url.origin, origin, selector);
      assert.deepEqual(parseAddress(url.href), { selector, span }, href);
    }
  }
});

test("address: what the server keeps for itself is never the path of a page", () => {
  assert.equal(pageHref({ selector: "v1/stream", span: "auto" }), "/?series=v1%2Fstream");
  assert.equal(pageHref({ selector: "assets", span: "5m" }), "/?series=assets&span=5m");
  assert.equal(seriesPath("metrics"), undefined);
  assert.equal(seriesPath("metrics2"), "/metrics2");
});

test("address: plain names stay readable", () => {
  assert.equal(pageHref({ selector: "room/temp", span: "auto" }), "/room/temp");
  assert.equal(
    pageHref({ selector: 'cpu{core="0"}', span: "1h" }),
    "/cpu%7Bcore=%220%22%7D?span=1h",
  );
  assert.equal(pageHref({ selector: undefined, span: "auto" }), "/");
  assert.equal(pageHref({ selector: undefined, span: "5m" }), "/?span=5m");
});

test("address: a path holds nothing that a shell, a quote or HTML would act on", () => {
  for (const selector of hostile) {
    assert.match(seriesPath(selector) ?? "/", /^[A-Za-z0-9/%=:,@._-]+$/);
  }
});

test("address: labels are read in any order and told in one", () => {
  const { selector } = parseAddress(`${origin}/cpu{host="b",core="0"}`);
  assert.equal(selector, 'cpu{core="0",host="b"}');
});

test("address: a span that is none is left to us", () => {
  for (const span of ["", "abc", "0s", "-5m", "5", "%00"]) {
    assert.equal(parseAddress(`${origin}/?span=${span}`).span, "auto", span);
  }
});

test("address: what cannot be a series is told and not thrown", () => {
  assert.match(parseAddress(`${origin}/%ff`).problem ?? "", /^expected UTF-8/);
  assert.match(parseAddress(`${origin}/cpu{`).problem ?? "", /^expected "}"/);
  assert.match(parseAddress(`${origin}/a%0Ab`).problem ?? "", /^expected a series name without/);
});

test("address: the stream and the history of a page select what the page shows", () => {
  for (const selector of hostile) {
    const stream = new URL(streamPath({ selector, span: "5m" }), origin);
    assert.deepEqual(stream.searchParams.getAll("series"), [selector]);
    assert.equal(stream.searchParams.get("span"), "5m");
    const csv = new URL(csvPath({ selector, span: "5m" }), origin);
    assert.deepEqual(csv.searchParams.getAll("series"), [selector]);
    assert.equal(csv.searchParams.get("from"), "-5m");
  }
  assert.equal(streamPath({ span: "auto" }), "/v1/stream?series=%2A&span=15m");
});
