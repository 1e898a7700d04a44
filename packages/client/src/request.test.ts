import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultEnvironment } from "./environment.ts";
import type { FollowOptions } from "./follow.ts";
import { createRequest } from "./request.ts";

const { signal } = new AbortController();

function request(options: Partial<FollowOptions>, position?: string, pageUrl?: string) {
  const given = { url: "http://a/v1/stream", signal, ...options };
  const ask = createRequest(given, { ...defaultEnvironment(), pageUrl });
  const { url, init } = ask(given, position);
  return { url, headers: Object.fromEntries(new Headers(init.headers)) };
}

test("request: what is wanted is in the query, what is there already stays", () => {
  const options = {
    url: "http://a/s?x=1",
    series: ["cpu.*", 'm{h="a&b"}'],
    span: "15m",
    px: 800.4,
  };
  const { searchParams } = new URL(request(options).url);
  assert.deepEqual(searchParams.getAll("series"), ["cpu.*", 'm{h="a&b"}']);
  assert.deepEqual(
    [..."x,span,px".split(",")].map((name) => searchParams.get(name)),
    ["1", "15m", "800"],
  );
});

test("request: a relative address starts at the page", () => {
  assert.equal(
    request({ url: "chart-data" }, undefined, "http://b/x/y").url,
    "http://b/x/chart-data",
  );
});

test("request: the position is a header, in the query only for a foreign origin", () => {
  assert.equal(request({}, "e-1").headers["last-event-id"], "e-1");
  assert.equal(request({}, "e-1", "http://a/page").headers["last-event-id"], "e-1");
  const foreign = request({ url: "http://a/s?position=e-0" }, "e-1", "http://b/");
  assert.equal(foreign.headers["last-event-id"], undefined);
  assert.equal(foreign.url, "http://a/s?position=e-1");
});

test("request: an id of any text is sent as its UTF-8, one that no header can hold is not", () => {
  assert.equal(request({}, "é").headers["last-event-id"], "\u00c3\u00a9");
  assert.equal(request({}, "a\u0001").headers["last-event-id"], undefined);
  assert.equal(request({}, "x".repeat(1001)).headers["last-event-id"], undefined);
});

test("request: the token is a bearer, own headers win", () => {
  assert.equal(request({ token: "t" }).headers.authorization, "Bearer t");
  const own = request({ token: "t", headers: { Authorization: "Basic x" } });
  assert.equal(own.headers.authorization, "Basic x");
  assert.equal(own.headers.accept, "text/event-stream");
});

test("request: an address that is none is refused at once", () => {
  const refused = { code: "bad-input", message: /expected an http or https address/ };
  for (const url of ["", "/relative", "ftp://a/b", "http://"]) {
    assert.throws(() => request({ url }), refused, url);
  }
  assert.throws(() => request({ token: "a\nb" }), { code: "bad-input", message: /one line/ });
});
