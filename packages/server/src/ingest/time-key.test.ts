import assert from "node:assert/strict";
import { test } from "node:test";
import { isTimeKey } from "./time-key.ts";

test("time: a time is recognised by its key, in any case", () => {
  for (const key of ["time", "Time", "ts", "TS", "timestamp", "TimeStamp"]) {
    assert.ok(isTimeKey(key), key);
  }
  for (const key of ["times", "t", "tim", "date", "", "uptime", "xs", "timestamps"]) {
    assert.ok(!isTimeKey(key), key);
  }
});
