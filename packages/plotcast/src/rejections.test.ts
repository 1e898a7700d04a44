import assert from "node:assert/strict";
import { test } from "node:test";
import { createRejections } from "./rejections.ts";

test("rejections: the first are shown, the others counted", () => {
  const told: string[] = [];
  const rejections = createRejections((sentence) => told.push(sentence));
  for (let line = 1; line <= 1200; line++) rejections.told(line, "expected a number");
  rejections.end();
  assert.equal(told[0], "line 1: expected a number");
  assert.equal(told.length, 7);
  assert.equal(told[6], "1,200 lines could not be read");
});

test("rejections: a file is named, where there is one", () => {
  const told: string[] = [];
  const rejections = createRejections((sentence) => told.push(sentence), "a.csv");
  for (let line = 7; line < 17; line++) rejections.told(line, "expected a number");
  rejections.end();
  assert.equal(told[0], "a.csv, line 7: expected a number");
  assert.equal(told.at(-1), "a.csv, 10 lines could not be read");
});

test("rejections: without any, nothing is said", () => {
  createRejections((sentence) => assert.fail(sentence)).end();
});
