import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createRejections } from "./rejections.ts";

test("rejections: the first are shown, the others counted", () => {
  const stderr = new PassThrough();
  const rejections = createRejections(stderr);
  for (let line = 1; line <= 1200; line++) rejections.told(line, "expected a number");
  rejections.end();
  const lines = stderr.read().toString().trimEnd().split("\n");
  assert.equal(lines[0], "plotcast: line 1: expected a number");
  assert.equal(lines.length, 7);
  assert.equal(lines[6], "plotcast: 1,200 lines could not be read");
});

test("rejections: without any, nothing is said", () => {
  const stderr = new PassThrough();
  createRejections(stderr).end();
  assert.equal(stderr.read(), null);
});
