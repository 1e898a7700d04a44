import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameReader } from "@plotcast/protocol";
import { opensProtocol, readFrame } from "./read-frame.ts";

const hello = {
  ...{ version: 1, epoch: "e", position: "e-1", recovery: "fresh" },
  ...{ serverTime: 1, heartbeatMs: 1, series: [] },
};

function opens(event: string, data: unknown): boolean {
  return opensProtocol(event, JSON.stringify(data));
}

test("read frame: only a whole hello or bye opens the protocol", () => {
  assert.ok(opens("hello", hello));
  assert.ok(opens("bye", { reason: "full", retryMs: 1 }));
  assert.ok(!opens("message", hello));
  assert.ok(!opens("hello", "world"));
  assert.ok(!opens("hello", { ...hello, epoch: 7 }));
  assert.ok(!opens("bye", {}));
  assert.ok(!opensProtocol("hello", "hi"));
});

test("read frame: a field of the wrong type is told by its name", () => {
  const read = (event: string, data: object) => () =>
    readFrame(new FrameReader(), event, JSON.stringify(data));
  const wrong = (field: RegExp) => ({ code: "bad-input", message: field });
  assert.throws(read("samples", { prev: 1, blocks: [] }), wrong(/a string for "prev" of samples/));
  assert.throws(read("gap", { from: "e-1", to: null, reason: "" }), wrong(/"to" of gap/));
  assert.throws(read("hello", { ...hello, heartbeatMs: "1" }), wrong(/"heartbeatMs" of hello/));
  for (const series of [7, null, [null], [{ id: 1 }], [{ id: "1", series: "a" }]]) {
    assert.throws(read("hello", { ...hello, series }), wrong(/series with an id and a name/));
    assert.throws(read("samples", { prev: "", blocks: [], series }), wrong(/an id and a name/));
  }
});

test("read frame: an event we do not know is none, whatever it holds", () => {
  for (const event of ["later", "toString", "constructor"]) {
    assert.equal(readFrame(new FrameReader(), event, "not JSON"), undefined);
  }
});
