import assert from "node:assert/strict";
import test from "node:test";
import { briefOf, noticeOf } from "./connection.ts";
import { newSession } from "./session.ts";

const origin = "http://127.0.0.1:8080";

test("connection: the time to the next attempt counts down and is not spoken", () => {
  const waiting = { state: "waiting", reason: "gone", retryAt: 5000 } as const;
  assert.equal(briefOf(waiting, 2001).text, "Reconnecting in 3 s");
  assert.equal(briefOf(waiting, 2001).spoken, briefOf(waiting, 4001).spoken);
});

test("connection: an attempt that is due is under way, never in 0 s", () => {
  const waiting = { state: "waiting", reason: "gone", retryAt: 5000 } as const;
  assert.equal(briefOf(waiting, 6000).text, "Reconnecting…");
});

test("connection: only what is live is shown as live", () => {
  assert.ok(briefOf({ state: "live" }, 0).live);
  assert.ok(!briefOf({ state: "connecting", attempt: 1 }, 0).live);
  assert.ok(!briefOf({ state: "refused", code: 401, reason: "no" }, 0).live);
});

const trouble = { reason: "the connection was cut", since: 0 };
const waiting = { state: "waiting", reason: "the connection was cut", retryAt: 0 } as const;

test("connection: a lost server is told with since when and what to do", () => {
  const lastHeard = new Date(2026, 0, 31, 12, 3, 7).getTime();
  const session = { ...newSession, status: waiting, trouble };
  assert.match(
    noticeOf({ ...session, lastHeard }, 5000, origin)?.text ?? "",
    /^Last heard 12:03:07[^.]*\. The connection was cut\. .*by itself\.$/,
  );
  assert.match(noticeOf(session, 5000, origin)?.text ?? "", /^Nothing heard yet\./);
});

test("connection: a server that is soon back is not told of", () => {
  assert.equal(noticeOf({ ...newSession, status: waiting, trouble }, 1999, origin), undefined);
});

test("connection: the notice stays the same while the next attempts are made", () => {
  const session = { ...newSession, status: waiting, trouble };
  const again = { ...session, status: { state: "connecting", attempt: 2 } as const };
  assert.notEqual(noticeOf(session, 5000, origin), undefined);
  assert.deepEqual(noticeOf(again, 6000, origin), noticeOf(session, 5000, origin));
});

/** What is told of a refusal. */
function refused(code: number, reason: string): string {
  const status = { state: "refused", code, reason } as const;
  return noticeOf({ ...newSession, status }, 0, origin)?.text ?? "";
}

test("connection: a missing token is told with where to put it", () => {
  assert.match(refused(401, "no"), /http:\/\/127\.0\.0\.1:8080\/\?token=/);
});

test("connection: any other refusal is told in the server's words", () => {
  assert.equal(refused(403, "not here"), "Not here. Reload to try again.");
});

test("connection: nothing is told while all is well or just begins", () => {
  assert.equal(noticeOf({ ...newSession, status: { state: "live" } }, 9000, origin), undefined);
  assert.equal(noticeOf(newSession, 9000, origin), undefined);
});
