import assert from "node:assert/strict";
import { test } from "node:test";
import { offAfter } from "./legend.ts";

const all = ["a", "b", "c"];

function after(off: readonly string[], chosen: string, toggles = false): string[] {
  return [...offAfter(all, new Set(off), chosen, toggles)].sort();
}

test("legend: a click shows a series alone, another click on it shows all again", () => {
  assert.deepEqual(after([], "b"), ["a", "c"]);
  assert.deepEqual(after(["a", "c"], "b"), []);
});

test("legend: a click on another one, on or off, shows that alone", () => {
  assert.deepEqual(after(["a", "c"], "a"), ["b", "c"]);
  assert.deepEqual(after(["a"], "b"), ["a", "c"]);
});

test("legend: with Ctrl or Shift a series is switched, but never the last one off", () => {
  assert.deepEqual(after([], "b", true), ["b"]);
  assert.deepEqual(after(["b"], "b", true), []);
  assert.deepEqual(after(["a"], "b", true), ["a", "b"]);
  assert.deepEqual(after(["a", "c"], "b", true), []);
});
