import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./answer.ts";

const now = Date.UTC(2026, 0, 1);

function answer(status: number, headers: Record<string, string> = {}, body: string | null = null) {
  return judge(new Response(body, { status, headers }), now);
}

async function refuses(status: number, reason: RegExp) {
  const judged = await answer(status);
  assert.ok(judged.kind === "refused", String(status));
  assert.equal(judged.code, status);
  assert.match(judged.reason, reason);
}

async function comesBack(status: number, headers: Record<string, string>, notBeforeMs: number) {
  const judged = await answer(status, headers);
  assert.ok(judged.kind === "later", String(status));
  assert.equal(judged.notBeforeMs, notBeforeMs);
  assert.match(judged.reason, new RegExp(String(status)));
}

test("answer: an event stream is one, whatever follows its type", async () => {
  for (const type of ["text/event-stream", "Text/Event-Stream; charset=utf-8"]) {
    assert.equal((await answer(200, { "content-type": type }, "")).kind, "stream");
  }
});

test("answer: any other type is waited out, and a page is called one", async () => {
  const page = await answer(200, { "content-type": "text/html" }, "<p>");
  assert.ok(page.kind === "later");
  assert.match(page.reason, /expected .* "text\/event-stream", found "text\/html"; is this a page/);
  const none = await answer(200, { "content-type": "" }, "x");
  assert.ok(none.kind === "later");
  assert.match(none.reason, /found nothing/);
});

test("answer: what will not change by itself is final", async () => {
  await refuses(204, /nothing to follow/);
  await refuses(401, /valid token \(401\)/);
  await refuses(403, /does not allow it \(403\)/);
  await refuses(400, /answers 400/);
  await refuses(410, /answers 410/);
});

test("answer: what may pass is tried again", async () => {
  for (const status of [408, 421, 425, 429, 500, 502, 503, 504]) await comesBack(status, {}, 0);
  await comesBack(404, {}, 5000);
});

test("answer: Retry-After is seconds or a date, and a slip in it does no harm", async () => {
  await comesBack(503, { "retry-after": "120" }, 120_000);
  await comesBack(429, { "retry-after": new Date(now + 7000).toUTCString() }, 7000);
  await comesBack(503, { "retry-after": new Date(now - 7000).toUTCString() }, 0);
  await comesBack(503, { "retry-after": "soon" }, 0);
  await comesBack(503, { "retry-after": "99999999999" }, 3_600_000);
});

test("answer: a plain sentence of the server is passed on, cut to one line", async () => {
  const said = await answer(400, { "content-type": "text/plain" }, "expected a span\nmore");
  assert.ok(said.kind === "refused");
  assert.equal(said.reason, "the server answers 400: expected a span");
  const long = await answer(500, { "content-type": "text/plain" }, "x".repeat(100_000));
  assert.ok(long.kind === "later" && long.reason.length < 250);
});
