import assert from "node:assert/strict";
import { test } from "node:test";
import { readColor } from "./color.ts";

test("color: read in each form in which canvases tell it", () => {
  assert.deepEqual(readColor("#4559d2"), [69, 89, 210, 255]);
  assert.deepEqual(readColor("rgb(69, 89, 210)"), [69, 89, 210, 255]);
  assert.deepEqual(readColor("rgba(69, 89, 210, 0.5)"), [69, 89, 210, 128]);
  assert.deepEqual(readColor("color(srgb 0.2 0.4 1)"), [51, 102, 255, 255]);
  assert.deepEqual(readColor("color(srgb 1.2 -0.1 1e-7 / 0.25)"), [255, 0, 0, 64]);
});
