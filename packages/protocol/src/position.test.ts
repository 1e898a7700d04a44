import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPosition, parsePosition } from "./position.ts";

test("position: what we write we can read", () => {
  assert.deepEqual(parsePosition(formatPosition("k3x9", 1042)), {
    epoch: "k3x9",
    offset: 1042,
    part: 0,
  });
  assert.deepEqual(parsePosition(formatPosition("k3x9", 0, 3)), {
    epoch: "k3x9",
    offset: 0,
    part: 3,
  });
});

test("position: anything else means start over", () => {
  const wrong = ["", "1042", "k3x9-", "-1", "k3x9-1e3", "K3X9-1", "k3x9-1\n", "a-9999999999999999"];
  for (const text of [...wrong, "k3x9-1.0", "k3x9-1.", "k3x9-1.2.3", "k3x9--1", "ä-1"]) {
    assert.equal(parsePosition(text), undefined, JSON.stringify(text));
  }
});
