import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { globMatches, parseSelection } from "./selection.ts";

function selects(selectors: string[], series: string): boolean {
  return parseSelection(selectors).matches(series);
}

test("selection: a name selects that name with any labels", () => {
  assert.ok(selects(["cpu"], "cpu"));
  assert.ok(selects(["cpu"], 'cpu{host="a"}'));
  assert.ok(!selects(["cpu"], "cpu2"));
});

test("selection: a glob and label matchers narrow it", () => {
  assert.ok(selects(["cpu.*"], "cpu.user"));
  assert.ok(!selects(["cpu.*"], "mem.user"));
  assert.ok(selects(['cpu{host="web-?"}'], 'cpu{host="web-1",zone="b"}'));
  assert.ok(!selects(['cpu{host="web-?"}'], 'cpu{host="db-1"}'));
  assert.ok(!selects(['cpu{host="a"}'], "cpu"));
});

test("selection: any of several selectors is enough", () => {
  assert.ok(selects(["a", "b"], "b"));
  assert.ok(!selects([], "b"));
});

test("selection: equal selections have equal keys, however they were written", () => {
  const key = (...selectors: string[]) => parseSelection(selectors).key;
  assert.equal(key("b", 'a{x="1", y="2"}', "b"), key('a{y="2",x="1"}', "b"));
  assert.notEqual(key("a", "b"), key("ab"));
});

test("selection: too many selectors, and a broken one, are refused with a sentence", () => {
  assert.throws(() => parseSelection(Array(65).fill("a")), /at most 64 selectors, found 65/);
  assert.throws(() => parseSelection(["cpu{"]), { code: "bad-input" });
});

test("selection: a glob means what the regular expression means", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 6 });
  fc.assert(
    fc.property(glob, text, (pattern, subject) => {
      const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
      assert.equal(globMatches(pattern, subject), new RegExp(`^${source}$`).test(subject));
    }),
    { numRuns: 2000 },
  );
});
