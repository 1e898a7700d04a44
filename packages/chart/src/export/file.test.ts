import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "./file.ts";

const time = Date.UTC(2026, 10, 22, 20, 19, 3, 400);

test("file: a name says of what and of when, and is one on every system", () => {
  assert.equal(fileName("Temperature", time, "png"), "temperature-2026-11-22T20-19-03Z.png");
  assert.equal(
    fileName("Küche: 100 % <b>/..\\", time, "csv"),
    "küche-100-b-2026-11-22T20-19-03Z.csv",
  );
  assert.equal(fileName("", time, "svg"), "chart-2026-11-22T20-19-03Z.svg");
  assert.equal(fileName("../..", time, "svg"), "chart-2026-11-22T20-19-03Z.svg");
  assert.ok(fileName("a".repeat(1000), time, "svg").length < 100);
});
