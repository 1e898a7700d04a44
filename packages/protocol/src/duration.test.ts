import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration.ts";

test("duration: a number and a unit are milliseconds", () => {
  const ms = ["500ms", "60s", "15m", "1.5h", "30d", "2w", "1y"].map(parseDuration);
  assert.deepEqual(ms, [500, 60e3, 900e3, 5400e3, 2592e6, 1209600e3, 31536e6]);
});

test("duration: anything else is none", () => {
  for (const text of [
    "",
    "60",
    "s",
    "-5m",
    "1 h",
    "1h30m",
    "1e3s",
    "5M",
    ".5s",
    `${"9".repeat(400)}y`,
  ]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});
