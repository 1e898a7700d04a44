import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvent } from "./sse.ts";

test("sse: an event is id, event, data and a blank line", () => {
  assert.equal(
    encodeEvent({ id: "e-1", event: "samples", data: "x" }),
    "id: e-1\nevent: samples\ndata: x\n\n",
  );
});

test("sse: a block with only an id has no data field, so it fires no event", () => {
  assert.equal(encodeEvent({ id: "e-1" }), "id: e-1\n\n");
});

test("sse: retry is whole digits, or browsers ignore it", () => {
  assert.equal(encodeEvent({ retry: 1234.5678, data: "" }), "retry: 1235\ndata: \n\n");
});

test("sse: each line of data is its own field, whatever the line ending", () => {
  const text = encodeEvent({ id: "e-1", event: "s", data: "a\r\nb\rc\nd" });
  assert.match(text, /data: a\ndata: b\ndata: c\ndata: d\n\n$/);
});

test("sse: an id cannot forge fields", () => {
  for (const id of ["1\ndata: evil", "1\rdata: evil", "1\0"]) {
    assert.throws(() => encodeEvent({ id, event: "s", data: "" }), { code: "bad-input" });
  }
});
