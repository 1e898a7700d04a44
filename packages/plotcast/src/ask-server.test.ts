import assert from "node:assert/strict";
import { test } from "node:test";
import { askServer, readAskFlags } from "./ask-server.ts";

const base = new URL("http://a:1/plots/");

/** Asks a server that answers with that, or fails with it. */
async function ask(answer: Response | Error, token?: string, signal?: AbortSignal) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const rest = signal ? { signal } : {};
  const response = await askServer("read", "v1/stats?a=1", { base, token, fetch, ...rest });
  return { response, ...asked[0]! };
}

function refuses(answer: Response | Error, code: string, message: string) {
  return assert.rejects(ask(answer), { code, message });
}

test("ask server: asks for a path below the address, with the token", async () => {
  const { response, url, init } = await ask(new Response("{}"), "r");
  assert.equal(url, "http://a:1/plots/v1/stats?a=1");
  assert.equal(new Headers(init.headers).get("authorization"), "Bearer r");
  assert.equal(await response.text(), "{}");
  assert.equal(new Headers((await ask(new Response(""))).init.headers).has("authorization"), false);
});

test("ask server: a refusal is told in the server's words, and what to do", async () => {
  const says = (status: number, text = "no entry\n") => new Response(text, { status });
  const cannot = "cannot read http://a:1/plots/: ";
  await refuses(says(400), "bad-input", `${cannot}no entry`);
  await refuses(says(401), "unauthorized", `${cannot}no entry; here that is --read-token`);
  await refuses(says(403), "forbidden", `${cannot}no entry`);
  await refuses(says(404, "\x1b[2J"), "not-found", `${cannot}\\x1b[2J`);
  await refuses(says(503), "closed", `${cannot}no entry`);
  await refuses(says(502, ""), "closed", `${cannot}it answered 502`);
});

test("ask server: a page of some other server is not printed", async () => {
  const headers = { "content-type": "text/html; charset=utf-8" };
  const page = new Response("<!doctype html>", { status: 404, headers });
  await refuses(page, "not-found", "cannot read http://a:1/plots/: it answered 404");
});

test("ask server: a token does not follow to another address", async () => {
  const moved = new Response(null, { status: 301, headers: { location: "https://b/" } });
  await refuses(moved, "not-found", "cannot read http://a:1/plots/: it has moved to https://b/");
  assert.equal((await ask(new Response(""))).init.redirect, "manual");
});

test("ask server: without a server it is told why", async () => {
  const failed = (code: string) =>
    new TypeError("fetch failed", { cause: Object.assign(new Error(`x ${code}`), { code }) });
  const reach = "cannot reach http://a:1/plots/: ";
  await refuses(failed("ECONNREFUSED"), "closed", `${reach}nothing listens there; is it running?`);
  await refuses(failed("ESTRANGE"), "closed", `${reach}x ESTRANGE; is it running?`);
});

test("ask server: the signal is no failure of the server", async () => {
  const off = new AbortController();
  off.abort();
  await assert.rejects(ask(new TypeError("aborted"), "r", off.signal), { name: "AbortError" });
});

test("ask server: the token of a copied address is used", () => {
  const url = "h:1/?token=t";
  assert.deepEqual(readAskFlags({ url }), { base: new URL("http://h:1/"), token: "t" });
  assert.equal(readAskFlags({ url, readToken: "r" }).token, "r");
});
