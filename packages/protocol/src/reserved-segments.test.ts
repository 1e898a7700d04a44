import assert from "node:assert/strict";
import { test } from "node:test";
import { reservedSegments } from "./reserved-segments.ts";
import { canonicalSeries } from "./series.ts";

test("reserved segments: each is one whole segment of a path, and could be the name of a series", () => {
  for (const segment of reservedSegments) {
    assert.equal(new URL(segment, "http://localhost").pathname, `/${segment}`);
    assert.ok(!segment.includes("/"), segment);
    // Otherwise there would be nothing to reserve.
    assert.equal(canonicalSeries(segment), segment);
  }
});
