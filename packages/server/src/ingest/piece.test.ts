import assert from "node:assert/strict";
import { test } from "node:test";
import { Codes } from "./piece.ts";

test("piece: codes are those of the text, with a 0 behind them whatever was there before", () => {
  const codes = new Codes();
  for (const text of ["x".repeat(100_000), "größe,数,🙂,\ud800", "", "x".repeat(300), "abc"]) {
    const piece = codes.pieceOf(text);
    assert.equal(piece.text, text);
    const expected = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    assert.deepEqual([...piece.codes.subarray(0, text.length + 1)], [...expected, 0]);
  }
});

test("piece: room for a long text is not kept for short ones", () => {
  const codes = new Codes();
  const kept = codes.pieceOf("x".repeat(1_000)).codes.length;
  assert.ok(codes.pieceOf("x".repeat(1_000_000)).codes.length > 1_000_000);
  assert.ok(codes.pieceOf("short").codes.length <= kept);
});
