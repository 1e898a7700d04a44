import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "@plotcast/client";
import { chipOf, messageOf, type Situation } from "./status.ts";

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

test("status: of a series that is known, no first sample is waited for", () => {
  const message = messageOf(situation(live, { known: true }))!;
  assert.equal(message.title, "Nothing in this stretch of time");
  assert.match(message.detail, /longer span.*the next one is drawn/);
  const ended = messageOf(situation({ state: "ended" }, { known: true }))!;
  assert.equal(ended.detail, "It had no samples in this stretch of time.");
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
