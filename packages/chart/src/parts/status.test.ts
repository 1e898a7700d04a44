import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "@plotcast/client";
import { chipOf, hintsOf, messageOf, type Situation, spokenOf } from "./status.ts";

const now = 1_790_000_000_000;

function situation(status: Status, more: Partial<Situation> = {}): Situation {
  const url = "http://localhost/v1/stream";
  const drawn = more.newestAt !== undefined;
  return {
    status,
    since: now,
    now,
    newestAt: undefined,
    expectedMs: undefined,
    known: false,
    drawn,
    url,
    ...more,
  };
}

const live: Status = { state: "live" };

function chip(status: Status, more: Partial<Situation> = {}): string {
  const { tone, text } = chipOf(situation(status, more));
  return `${tone}: ${text.replaceAll("\u00a0", " ")}`;
}

test("status: the chip says where the connection stands", () => {
  assert.equal(chip({ state: "connecting", attempt: 1 }), "idle: Connecting…");
  assert.equal(chip({ state: "connecting", attempt: 2 }), "idle: Reconnecting…");
  assert.equal(chip(live), "idle: Connected");
  assert.equal(chip(live, { newestAt: now - 900 }), "good: Live");
  assert.equal(chip({ state: "ended" }), "idle: Ended");
  assert.equal(chip({ state: "refused", code: 401, reason: "no" }), "bad: Refused (401)");
});

test("status: while waiting, the chip counts down to the next attempt", () => {
  const waiting = { state: "waiting", reason: "cut", retryAt: now + 2100 } as const;
  assert.equal(chip(waiting), "warn: Reconnecting in 3 s");
  assert.equal(chip(waiting, { now: now + 3000 }), "warn: Reconnecting…");
});

test("status: a silence is told when it is longer than the cadence explains", () => {
  const stale = "warn: Last sample 14 s ago";
  assert.equal(chip(live, { newestAt: now - 14_200, expectedMs: 1000 }), stale);
  assert.equal(chip(live, { newestAt: now - 14_200, expectedMs: 10_000 }), "good: Live");
  assert.equal(chip(live, { newestAt: now - 4000, expectedMs: 100 }), "good: Live");
  assert.equal(chip(live, { newestAt: now - 14_200 }), stale);
});

test("status: an empty chart says what it waits for", () => {
  assert.match(messageOf(situation(live))!.title, /^Waiting for the first sample/);
  assert.equal(messageOf(situation({ state: "ended" }))!.title, "The stream ended");
});

test("status: an empty chart says what was wrong with all that has come", () => {
  const message = messageOf(situation(live, { notice: 'expected JSON, found "x"' }))!;
  assert.deepEqual([message.tone, message.detail], ["warn", 'Expected JSON, found "x".']);
});

test("status: of a series that is known, no first sample is waited for", () => {
  const message = messageOf(situation(live, { known: true }))!;
  assert.equal(message.title, "Nothing in this stretch of time");
  assert.match(message.detail, /longer span.*the next one is drawn/);
  const ended = messageOf(situation({ state: "ended" }, { known: true }))!;
  assert.equal(ended.detail, "It had no samples in this stretch of time.");
});

test("status: where no series is what was asked for, it is said which ones there are", () => {
  const detail = (others: string[]) => messageOf(situation(live, { others }))!.detail;
  assert.equal(detail(["cpu"]), "The source has cpu.");
  assert.equal(detail([..."abcdefg"]), "The source has a, b, c, d, e and 2 more.");
});

test("status: data speak for themselves", () => {
  assert.equal(messageOf(situation(live, { newestAt: now })), undefined);
});

test("status: samples outside the window are not denied", () => {
  const message = messageOf(situation(live, { newestAt: now - 3_600_000, drawn: false }))!;
  assert.match(message.detail, /^The last sample is from .*, 1\sh ago\.$/);
});

test("status: trouble is told with its reason, since when, and what to do", () => {
  const refused = { state: "refused", code: 403, reason: "this needs a token" } as const;
  const message = messageOf(situation(refused))!;
  assert.equal(message.title, "This needs a token");
  assert.match(message.detail, /^Since \d.* Ask for a link/);
  const waiting = { state: "waiting", reason: "nothing came", retryAt: now } as const;
  assert.match(messageOf(situation(waiting))!.detail, /^Nothing came\. Since .*trying again/);
  assert.equal(messageOf(situation(waiting))!.title, "Cannot reach the stream");
  assert.equal(messageOf(situation(waiting, { newestAt: now }))!.title, "Connection lost");
});

const seen = { newestAt: now - 14_200, expectedMs: 1000 };

function plain(text: string | undefined): string {
  return text?.replaceAll(/[\u00a0\u2009\u202f]/g, " ") ?? "";
}

test("status: beside a stale chip it is said what was expected, and whose silence it is", () => {
  const message = messageOf(situation(live, { ...seen, drawn: true }))!;
  assert.equal(plain(message.title), "Expected every 1 s");
  assert.match(message.detail, /sender is silent/);
  assert.equal(messageOf(situation(live, { newestAt: now - 14_200, drawn: true })), undefined);
  const slow = { newestAt: now - 700_000, expectedMs: 150_000, drawn: true };
  assert.equal(plain(messageOf(situation(live, slow))?.title), "Expected every 2 min");
});

test("status: a stale chart that shows nothing says so in one sentence", () => {
  const message = messageOf(situation(live, { ...seen, drawn: false }))!;
  assert.match(plain(message.detail), /, 14 s ago, expected every 1 s\.$/);
});

test("status: skew is shown above two seconds, latency is a hint", () => {
  const fresh = { newestAt: now, expectedMs: 1500 };
  assert.equal(chip(live, { ...fresh, skewMs: -2000 }), "good: Live");
  assert.equal(chip(live, { ...fresh, skewMs: 3_600_000 }), "good: Live · clock 1 h ahead");
  assert.equal(chip(live, { ...fresh, skewMs: -9000 }), "good: Live · clock 9 s behind");
  const nearly = { ...fresh, skewMs: 3_599_300 };
  assert.equal(chip(live, nearly), "good: Live · clock 1 h ahead", "less by what a sample takes");
  const hints = hintsOf(situation(live, { ...fresh, skewMs: -9000, latencyMs: 120.4 }));
  assert.deepEqual(hints.map(plain), [
    "Samples are shown 120 ms after their time.",
    "One is expected every 1.5 s.",
    "The source's clock is 9 s behind this one; times are the source's.",
  ]);
  assert.deepEqual(hintsOf(situation(live, { skewMs: 1999 })), []);
});

test("status: held, the chip says at what", () => {
  const zone = "UTC";
  const noon = Date.UTC(2026, 10, 22, 12);
  const about = { ...seen, zone, locale: "en-GB", now: noon, newestAt: noon };
  const held = (from: number, minutes: number) => ({ from, to: from + minutes * 60_000 });
  const text = (at: { from: number; to: number }) => plain(chip(live, { ...about, held: at }));
  assert.match(text(held(noon - 3600_000, 15)), /^idle: Held · 11:00 ?– ?11:15$/);
  assert.match(text(held(noon - 3600_000, 5)), /^idle: Held · 11:00:00 ?– ?11:05:00$/);
  assert.match(text(held(noon - 86_400_000, 15)), /Held · 21 Nov.* 12:00 ?– ?12:15$/);
  const lost = { state: "waiting", reason: "cut", retryAt: noon + 2100 } as const;
  assert.equal(
    chip(lost, { ...about, held: held(noon - 3600_000, 5) }),
    "warn: Reconnecting in 3 s",
  );
  const stale = { ...seen, drawn: true, held: held(0, 5) };
  assert.equal(messageOf(situation(live, stale)), undefined);
  const message = messageOf(situation(live, { ...about, held: held(0, 5), drawn: false }))!;
  assert.match(message.detail, /back to live/);
});

test("status: of several sources it is said which", () => {
  const source = "kitchen";
  assert.equal(chip({ state: "ended" }, { source }), "idle: kitchen: Ended");
  const refused = { state: "refused", code: 403, reason: "no" } as const;
  assert.equal(messageOf(situation(refused, { source }))!.title, "kitchen: No");
  assert.equal(spokenOf(situation(live, { source, newestAt: now })), "kitchen: Live");
});

test("status: what is spoken does not change while it counts", () => {
  const waiting = { state: "waiting", reason: "cut", retryAt: now + 9000 } as const;
  const spoken = (status: Status, more: Partial<Situation>) => spokenOf(situation(status, more));
  assert.equal(spoken(waiting, { newestAt: now }), "Connection lost");
  assert.equal(
    spoken(waiting, { newestAt: now, now: now + 3000 }),
    spoken(waiting, { newestAt: now }),
  );
  assert.equal(spoken(live, { ...seen, drawn: true }), "No new samples");
  const later = { ...seen, drawn: true, newestAt: now - 99_000 };
  assert.equal(spoken(live, later), "No new samples");
  assert.equal(spoken(live, { newestAt: now, held: { from: now - 10, to: now } }), "Live");
});
