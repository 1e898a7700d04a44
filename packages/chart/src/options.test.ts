import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "./options.ts";

function options(attributes: Record<string, string>) {
  return parseOptions((name) => attributes[name] ?? null);
}

test("options: without attributes everything is shown, in a stretch of time that suits", () => {
  const { extent, selection, problems } = options({});
  assert.deepEqual([extent, selection, problems], [{ kind: "auto" }, undefined, []]);
});

test("options: window and span", () => {
  assert.deepEqual(options({ window: "20" }).extent, { kind: "points", count: 20 });
  assert.deepEqual(options({ span: "15m" }).extent, { kind: "span", ms: 900_000 });
  assert.deepEqual(options({ span: "60s", window: "20" }).extent, { kind: "span", ms: 60_000 });
  assert.deepEqual(options({ span: "1y" }).extent, { kind: "span", ms: 365 * 86_400_000 });
  assert.deepEqual(options({ span: " 500ms " }).extent, { kind: "span", ms: 500 });
});

test("options: what is not understood is said and done without", () => {
  const { extent, problems } = options({ span: "sixty", window: "1" });
  assert.deepEqual(extent, { kind: "auto" });
  assert.deepEqual(problems, [
    'expected span="60s", "15m" or "30d", found "sixty"',
    'expected window="20", a number of samples from 2, found "1"',
  ]);
  for (const span of ["", "-5s", "5", "11y", "0s"]) {
    assert.deepEqual(options({ span }).extent, { kind: "auto" }, span);
  }
});

test("options: several selectors are separated by commas, which labels may have too", () => {
  const { selection } = options({ series: 'cpu.*, mem{host="a,b",disk="1"}' });
  assert.equal(selection!.matches("cpu.user"), true);
  assert.equal(selection!.matches('mem{disk="1",host="a,b"}'), true);
  assert.equal(selection!.matches('mem{disk="1",host="b"}'), false);
});

test("options: what is in quotes is a name as it is, whatever its labels", () => {
  const { selection } = options({ series: '"a,b*", cpu.*' });
  const matched = ["a,b*", 'a,b*{host="x"}', "a,bc", "a", "cpu.user"].filter((series) =>
    selection!.matches(series),
  );
  assert.deepEqual(matched, ["a,b*", 'a,b*{host="x"}', "cpu.user"]);
  assert.equal(options({ series: '"a' }).problems.length, 1);
});

test("options: a selector that is none is said, and all series are shown", () => {
  const { selection, problems } = options({ series: 'cpu{host="a"' });
  assert.equal(selection, undefined);
  assert.equal(problems.length, 1);
});
