import assert from "node:assert/strict";
import { test } from "node:test";
import { newsText } from "./back-to-live.ts";

test("back to live: it tells how many samples have come, as the language has it", () => {
  assert.equal(newsText(0, "en"), "(+0)");
  assert.equal(newsText(7, "en"), "(+7)");
  assert.equal(newsText(1204, "en"), "(+1,204)");
  assert.equal(newsText(1204, "de"), "(+1.204)");
});
