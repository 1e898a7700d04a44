import assert from "node:assert/strict";
import { test } from "node:test";
import { createPost } from "./post-samples.ts";

const base = new URL("http://a:1/plots/");
const some = [
  { series: "a", time: 1_700_000_000_000, value: 1 },
  { series: 'b{x="1"}', time: 1_700_000_000_000, value: null },
];

/** Posts to a server that answers with that response, or fails with that error. */
async function post(answer: Response | Error, token?: string) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const outcome = await createPost({ base, token, fetch })(some);
  return { outcome, ...asked[0]! };
}

function failure(code: string): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(`x ${code}`), { code }) });
}

test("post: sends a line per sample, with the token", async () => {
  const { outcome, url, init } = await post(new Response(null, { status: 204 }), "w");
  assert.deepEqual(outcome, { type: "acknowledged" });
  assert.equal(url, "http://a:1/plots/v1/samples");
  assert.equal(new Headers(init.headers).get("authorization"), "Bearer w");
  assert.equal(
    init.body,
    '{"series":"a","time":1700000000000,"value":1}\n{"series":"b{x=\\"1\\"}","time":1700000000000,"value":null}\n',
  );
});

test("post: what the server rejects is told in its words, with the series for its line", async () => {
  const body = "line 2: cannot take a new series\nline 9: \x1b[2Jno\n";
  const { outcome } = await post(new Response(body, { status: 400 }));
  const reason = 'b{x="1"}: cannot take a new series\nline 9: \\x1b[2Jno';
  assert.deepEqual(outcome, { type: "rejected", reason });
});

test("post: a server that is away, busy or broken is worth another attempt", async () => {
  const reason = async (answer: Response | Error) => {
    const { outcome } = await post(answer);
    return outcome.type === "unreachable" ? outcome.reason : outcome.type;
  };
  const reach = "cannot reach http://a:1/plots/: ";
  assert.equal(await reason(failure("ECONNREFUSED")), `${reach}nothing listens there`);
  assert.equal(await reason(failure("ESTRANGE")), `${reach}x ESTRANGE`);
  const timeout = new DOMException("aborted", "TimeoutError");
  assert.equal(await reason(timeout), `${reach}no answer within 30 s`);
  const feed = "cannot feed http://a:1/plots/: ";
  assert.equal(
    await reason(new Response("disk is full\n", { status: 507 })),
    `${feed}disk is full`,
  );
  assert.equal(await reason(new Response("", { status: 502 })), `${feed}it answered 502`);
});

test("post: Retry-After is passed on, in ms", async () => {
  const busy = (value: string) =>
    new Response("", { status: 503, headers: { "retry-after": value } });
  const after = async (value: string) => {
    const { outcome } = await post(busy(value));
    return outcome.type === "unreachable" && outcome.retryAfterMs;
  };
  assert.equal(await after("3"), 3000);
  assert.equal(await after("Wed, 21 Oct 2026 07:28:00 GMT"), 0);
});

test("post: what no attempt can mend is thrown", async () => {
  const refused = (status: number, code: string, message: RegExp) =>
    assert.rejects(post(new Response("no entry", { status })), { code, message });
  await refused(
    401,
    "unauthorized",
    /^cannot feed http:\/\/a:1\/plots\/: no entry; here that is --write-token$/,
  );
  await refused(403, "forbidden", /no entry$/);
  await refused(404, "not-found", /no entry$/);
  // Left to itself, fetch would follow with GET, and take the answer for an acknowledgement.
  assert.equal((await post(new Response(null, { status: 204 }))).init.redirect, "manual");
  const moved = new Response(null, { status: 301, headers: { location: "https://a/" } });
  await assert.rejects(post(moved), { code: "not-found", message: /has moved to https:\/\/a\/$/ });
});
