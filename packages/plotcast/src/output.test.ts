import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { printable, writeTo } from "./output.ts";

test("output: says whether somebody still reads", async () => {
  const out = new PassThrough();
  out.on("error", () => {});
  assert.equal(await writeTo(out, "a"), true);
  out.destroy();
  assert.equal(await writeTo(out, "b"), false);
});

test("output: text from elsewhere cannot steer a terminal", () => {
  assert.equal(printable("a\x1b[2Jb\u009bc\nd"), "a\\x1b[2Jb\\x9bc\\x0ad");
  assert.equal(printable("Größe 5 µm 📈"), "Größe 5 µm 📈");
});
