import assert from "node:assert/strict";
import { test } from "node:test";
import { count, formatDuration, formatSize, parsePort, parseSize } from "./units.ts";

test("units: a size is decimal, or binary with an i, in any case", () => {
  assert.equal(parseSize("500MB"), 500_000_000);
  assert.equal(parseSize("10 gb"), 10_000_000_000);
  assert.equal(parseSize("4GiB"), 4 * 2 ** 30);
  assert.equal(parseSize("0.5TB"), 500_000_000_000);
});

test("units: what is no size is refused, and so is nothing", () => {
  for (const text of ["", "10", "GB", "-1GB", "0MB", "10XB", "10GBps", "1,5GB", "__proto__"])
    assert.equal(parseSize(text), undefined, text);
});

test("units: a port is a whole number up to 65535", () => {
  assert.deepEqual(["0", "8080", "65535"].map(parsePort), [0, 8080, 65_535]);
  for (const text of ["", "-1", "65536", "80.5", "0x50", "http", " 80"])
    assert.equal(parsePort(text), undefined, text);
});

test("units: amounts are shown as people say them", () => {
  const hour = 3_600_000;
  assert.equal(formatDuration(hour), "1h");
  assert.equal(formatDuration(36 * hour), "36h");
  assert.equal(formatDuration(30 * 24 * hour), "30d");
  assert.equal(formatDuration(3650 * 24 * hour), "10y");
  assert.equal(formatDuration(90_000), "90s");
  assert.equal(formatDuration(900_000), "15m");
  assert.equal(formatDuration(1500), "1500ms");
  assert.equal(formatSize(1), "1 byte");
  assert.equal(formatSize(999), "999 bytes");
  assert.equal(formatSize(1_000_000_000), "1 GB");
  assert.equal(formatSize(1_500_000_000_000), "1.5 TB");
  assert.equal(formatSize(4 * 2 ** 30), "4.29 GB");
  assert.equal(formatSize(500_000), "500 KB");
  assert.equal(count(1, "line"), "1 line");
  assert.equal(count(12_345, "line"), "12,345 lines");
});
