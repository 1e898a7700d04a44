import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { languageOf } from "./language.ts";

/** What is said of an element whose nearest `lang` is that, to a reader of some languages. */
function told(t: TestContext, lang: string, ...own: string[]): string | undefined {
  t.mock.getter(navigator, "languages", () => own);
  const nearest = { getAttribute: () => lang };
  const language = languageOf({ closest: () => nearest } as unknown as Element);
  t.mock.restoreAll();
  return language;
}

test("language: one that leaves the country open is the reader's own, if that is one", (t) => {
  assert.equal(told(t, "en", "de-DE", "en-GB"), "en-GB");
  assert.equal(told(t, "EN", "en-GB"), "en-GB");
  assert.equal(told(t, "en", "de-DE"), "en");
  assert.equal(told(t, "en-US", "en-GB"), "en-US");
});

test("language: what is no language is not taken, whoever says it", (t) => {
  assert.equal(told(t, "en", "en-US@posix"), "en");
  assert.equal(told(t, "", "en-GB"), undefined);
  assert.equal(told(t, "english, please", "en-GB"), undefined);
});
