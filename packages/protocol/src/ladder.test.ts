import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketWidth, bucketWidths } from "./ladder.ts";

test("ladder: a width is the narrowest that makes no more buckets than asked for", () => {
  assert.equal(bucketWidth(60_000, 1200), 50);
  assert.equal(bucketWidth(60_001, 1200), 100);
  assert.equal(bucketWidth(1, 1000), 1);
});

test("ladder: beyond its end there is the widest, however many buckets that makes", () => {
  assert.equal(bucketWidth(1e15, 10), 448 * 24 * 3600e3);
});

test("ladder: widths ascend, and none is more than three and a half times the one before", () => {
  for (const [i, width] of bucketWidths.slice(1).entries()) {
    const times = width / bucketWidths[i]!;
    assert.ok(times > 1 && times <= 3.5, `${width}`);
  }
});
