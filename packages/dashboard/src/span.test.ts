import assert from "node:assert/strict";
import test from "node:test";
import { heldSpan, offeredSpans, readSpan, sameSpan, shownSpan } from "./span.ts";

test("span: any stretch of time is taken, anything else is left to us", () => {
  assert.equal(readSpan("2h"), "2h");
  assert.equal(readSpan(" 90s "), "90s");
  assert.equal(readSpan("0m"), "auto");
  assert.equal(readSpan("soon"), "auto");
  assert.equal(readSpan(null), "auto");
});

test("span: one that is not among the usual ones is offered in its place", () => {
  const usual = ["auto", "1m", "5m", "1h", "6h", "24h", "7d", "30d", "1y"];
  assert.deepEqual(offeredSpans("auto"), usual);
  assert.deepEqual(offeredSpans("60s"), usual);
  assert.deepEqual(offeredSpans("1w"), usual);
  assert.deepEqual(offeredSpans("2h"), usual.toSpliced(4, 0, "2h"));
  assert.deepEqual(offeredSpans("2y"), [...usual, "2y"]);
});

test("span: texts that mean the same are the same", () => {
  assert.ok(sameSpan("60s", "1m"));
  assert.ok(sameSpan("auto", "auto"));
  assert.ok(!sameSpan("1h", "1m"));
  assert.ok(!sameSpan("auto", "15m"));
});

test("span: left to us, charts show as much as there is, up to what is held", () => {
  assert.equal(shownSpan("auto", 0), "1m");
  assert.equal(shownSpan("auto", 60_000), "1m");
  assert.equal(shownSpan("auto", 61_000), "2m");
  assert.equal(shownSpan("auto", 301_000), "7m");
  assert.equal(shownSpan("auto", 86_400_000), heldSpan("auto"));
  assert.equal(shownSpan("auto", undefined), heldSpan("auto"));
  assert.equal(shownSpan("6h", 0), "6h");
});
