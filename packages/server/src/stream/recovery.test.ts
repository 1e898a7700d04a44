import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./recovery.ts";

const log = { epoch: "k3x9", head: 9, oldest: 4 };

test("recovery: a viewer without a position is fresh", () => {
  assert.equal(judge(undefined, log).recovery, "fresh");
  assert.equal(judge("", log).recovery, "fresh");
});

test("recovery: everything after a position that the log still has is exact", () => {
  for (const text of ["k3x9-3", "k3x9-9", "k3x9-5.2"]) {
    assert.equal(judge(text, log).recovery, "exact", text);
  }
});

test("recovery: any other position is a reset that says why", () => {
  const because = (text: string) => {
    const verdict = judge(text, log);
    assert.equal(verdict.recovery, "reset", text);
    return verdict.recovery === "reset" ? verdict.missed.reason : "";
  };
  assert.match(because("k3x9-2"), /older than the log/);
  assert.match(because("k3x9-10"), /ahead of the log/);
  assert.match(because("k3x9-9.1"), /ahead of the log/);
  assert.match(because("aaaa-5"), /a log that is no more/);
  assert.match(because("garbage\r\n"), /not a position/);
});

test("recovery: of a position that is only too old the place in the log is told", () => {
  const offset = (text: string) => {
    const verdict = judge(text, log);
    return verdict.recovery === "reset" ? verdict.offset : undefined;
  };
  assert.equal(offset("k3x9-2"), 2);
  assert.equal(offset("k3x9-2.7"), 2);
  for (const text of ["k3x9-10", "aaaa-2", "garbage"]) assert.equal(offset(text), undefined, text);
});

test("recovery: a made-up position is cut before it is sent back", () => {
  const verdict = judge("x".repeat(100_000), log);
  assert.ok(verdict.recovery === "reset" && verdict.missed.after.length < 100);
});
