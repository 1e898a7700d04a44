import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseText } from "./parse-text.ts";

// Pieces that mean something to one format or another, so that chance finds their seams.
const fragment = fc.oneof(
  fc.constantFrom(
    ...["\n", "\r\n", " ", ",", ";", "\t", "=", '"', "{", "}", "[", "]", ":", "\\", "\0", "\ufffd"],
    ...[
      "cpu",
      "time",
      "ts",
      "value",
      "name",
      "series",
      "labels",
      "n/a",
      "NaN",
      "-Infinity",
      "null",
    ],
    ...["1", "-2.5", "1e999", "12ms", "45%", "1600000000", "2026-01-31T12:00:00Z", "2026-02-30"],
    ...['{"cpu":1}', '{"time":1600000000,"a":{"b":2}}', "cpu=1", "a,b", "1,2", "a b", "1 2", "🌡️"],
  ),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const anyText = fc.array(fragment, { maxLength: 40 }).map((fragments) => fragments.join(""));
const options = fc.record({
  loose: fc.boolean(),
  prefix: fc.constantFrom(undefined, "p", 'room/temp{a="b"}'),
});

test("parse: whatever the text, every sample is sound and every rejection says why", () => {
  fc.assert(
    fc.property(anyText, options, (text, given) => {
      const { samples, rejected } = parseText(text, given);
      for (const { series, time, value } of samples) {
        assert.ok(series.length > 0);
        assert.ok(Number.isFinite(time));
        assert.ok(value === null || Number.isFinite(value));
      }
      const lines = text.split("\n").length;
      for (const { line, reason } of rejected) {
        assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
        assert.match(reason, /^expected /);
        assert.ok(reason.length < 400);
      }
      const isBlank = text.replaceAll(/[\s\ufeff]/g, "") === "";
      if (!isBlank && !given.loose) assert.ok(samples.length + rejected.length > 0);
    }),
    { numRuns: 3_000 },
  );
});

const good = fc.constantFrom("cpu=1", "cpu=2 mem=3", "a{b=1,c=2}=3".replace("{b=1,c=2}", ""));
const bad = fc.constantFrom("cpu=n/a", "hello", "=", "\0", "cpu=1e999", "{}");
const blank = fc.constantFrom("", " ", "\t\r");

test("parse: every line is taken, refused or blank", () => {
  const line = fc.oneof(
    good.map((text) => ({ text, is: "good" })),
    bad.map((text) => ({ text, is: "bad" })),
    blank.map((text) => ({ text, is: "blank" })),
  );
  fc.assert(
    fc.property(fc.array(line), (rest) => {
      const lines = [{ text: "first=0", is: "good" }, ...rest];
      const { samples, rejected } = parseText(lines.map(({ text }) => text).join("\n"));
      const stamps = new Set(samples.map(({ time }) => time));
      assert.equal(stamps.size, lines.filter(({ is }) => is === "good").length);
      const refused = new Set(rejected.map((each) => each.line));
      for (const [i, { is, text }] of lines.entries()) {
        // Of binary data after binary data nothing is said.
        if (text !== "\0" && !nearBinary(lines, i))
          assert.equal(refused.has(i + 1), is === "bad", text);
      }
    }),
  );
});

function nearBinary(lines: { text: string; is: string }[], i: number): boolean {
  const lastGood = lines.slice(0, i).findLastIndex(({ is }) => is === "good");
  return lines.slice(lastGood + 1, i).some(({ text }) => text === "\0");
}

test("parse: neighbours never share a time, and the series of one line always do", () => {
  const { samples } = parseText("a=1 b=2\na=3 b=4\na=5 b=6");
  const times = samples.map(({ time }) => time);
  assert.equal(times[0], times[1]);
  assert.ok(times[1]! < times[2]!);
  assert.equal(new Set(times).size, 3);
});

test("parse: a picture is refused once", () => {
  const text = Array.from({ length: 100 }, (_, i) => `\ufffd\0PNG ${i}\nx\n`).join("");
  assert.deepEqual(parseText(text, { prefix: "p" }).rejected, [
    { line: 1, reason: "expected text in UTF-8, found binary data" },
  ]);
});

test("parse: binary data between good lines is refused each time, the lines are kept", () => {
  const { samples, rejected } = parseText("a=1\n\ufffd\n\ufffd\na=2\n\0\na=3");
  assert.deepEqual(
    samples.map(({ value }) => value),
    [1, 2, 3],
  );
  assert.deepEqual(
    rejected.map(({ line }) => line),
    [2, 5],
  );
});

test("parse: a line of more than 1 MiB is passed over", () => {
  const long = `b=${"1".repeat(1024 * 1024)}`;
  const { samples, rejected } = parseText(`a=1\n${long}\na=2`);
  assert.deepEqual(
    samples.map(({ value }) => value),
    [1, 2],
  );
  assert.deepEqual(rejected, [
    { line: 2, reason: "expected a line of at most 1 MiB, found a longer one" },
  ]);
});

test("parse: a long line takes time proportional to its length, however odd it is", () => {
  const long = (text: string) => text.repeat(Math.ceil(300_000 / text.length));
  for (const text of [
    ...["a", " ", '"', "(", "1e", "a{", '{"', '\\"', "a=1 ", "1,", "2026-01-02 "].map(long),
    ...[long('\\"'), long(" "), long('a{"=')].map((rest) => `a="${rest}`),
    `[${long("a,")}`,
    `{"a":"${long('\\"')}"}x`,
    `{"a":${long("NaN,")}}`,
  ]) {
    for (const loose of [true, false]) {
      const began = performance.now();
      parseText(text, { prefix: "p", loose });
      // In quadratic time it would be minutes.
      assert.ok(performance.now() - began < 10_000, text.slice(0, 20));
    }
  }
});
