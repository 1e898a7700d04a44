import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arrival, read } from "./format-contract.ts";
import { JsonShape } from "./json-shape.ts";
import { Codes } from "./piece.ts";

function readsWith(first: string, second: string): boolean | undefined {
  const piece = new Codes().pieceOf(second);
  return JsonShape.of(first, 0, first.length)?.read(piece, 0, second.length);
}

test("json shape: an object that differs in its values only is of the same shape", () => {
  for (const [first, second] of [
    ['{"a":1}', '{"a":-0.25}'],
    ['{"a":1}', '{"a":1.5e-300}'],
    ['{"a":1}', '{"a":0.30000000000000004}'],
    ['{"a":1}', '{"a":null}'],
    ['{ "time": 1700000000, "a": 1 , "b" : 2 }', '{ "time": 1700000001.5, "a": 3 , "b" : 4 }'],
    ['{"ts":"2026-01-31T12:00:00Z","a":1}', '{"ts":"2026-01-31 12:00:01Z","a":1}'],
    ['{"ts":"2026-01-31T12:00:00Z","a":1}', '{"ts":1700000000,"a":1}'],
    ['{"host":"x","up":true,"a":1}', '{"host":"größer","up":false,"a":1}'],
    ['{"series":"cpu","value":1}', '{"series":"größe{a=1}","value":2}'],
  ] as const) {
    assert.equal(readsWith(first, second), true, second);
  }
});

test("json shape: whatever else differs makes another one", () => {
  for (const second of [
    '{"a":1,"b":2}',
    '{"a":1 }',
    '{"b":1}',
    '{"a":"1"}',
    '{"a":true}',
    '{"a":01}',
    '{"a":.5}',
    '{"a":5.}',
    '{"a":1e}',
    '{"a":1e999}',
    '{"a":+1}',
    '{"a":1}}',
    '{"a":NaN}',
    '{"a":nul}',
    '{"a":-}',
    '{"a":}',
  ]) {
    assert.equal(readsWith('{"a":1}', second), false, second);
  }
  const named = '{"name":"x","value":1}';
  for (const name of ['""', '" "', '"a\\n"', '"a\u0001"', "null", '"x']) {
    assert.equal(readsWith(named, `{"name":${name},"value":1}`), false, name);
  }
  for (const time of ['"soon"', "5", "null", "1e30", "true"]) {
    assert.equal(readsWith('{"time":1700000000,"a":1}', `{"time":${time},"a":1}`), false, time);
  }
});

test("json shape: what it takes more than a look at each value to know has none", () => {
  for (const text of [
    "{}",
    '{"a":{"b":1}}',
    '{"a":[1]}',
    '{"a":1,"a":2}',
    '{"b":1,"2":2}',
    '{"a\\u0062":1}',
    '{"":1}',
    '{"time":1700000000}',
    '{"time":null,"a":1}',
    '{"a":"x"}',
    '{"name":"x","value":1,"b":2}',
    '{"name":"x","series":"y","value":1}',
    '{"name":5,"value":1}',
    '{"a":1}x',
    '{"a":01}',
    '{"a" 1}',
    `{${Array.from({ length: 1_001 }, (_, i) => `"n${i}":1`).join()}}`,
  ]) {
    assert.equal(JsonShape.of(text, 0, text.length), undefined, text.slice(0, 50));
  }
});

const key = fc.constantFrom(
  "a",
  "b",
  "größe",
  "time",
  "ts",
  "series",
  "name",
  "value",
  "labels",
  "7",
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: -999, max: 999 }).map((n) => n / 100),
  fc.constantFrom(-0, Number.POSITIVE_INFINITY, 0.1, 1_700_000_000, 1_700_000_000_123, 2 ** 53 + 2),
);
const numberText = number.map((n) =>
  n === Number.POSITIVE_INFINITY ? "1e400" : Object.is(n, -0) ? "-0" : `${n}`,
);
const odd = fc.constantFrom(
  '"x"',
  '"time"',
  '" "',
  "null",
  "true",
  '"a\\"b"',
  '{"b":2}',
  "[]",
  "NaN",
);
const value = fc.oneof({ weight: 4, arbitrary: numberText }, { weight: 1, arbitrary: odd });

test("json shape: lines mean what the same objects mean that are read by JSON.parse", () => {
  const keys = fc.array(key, { minLength: 1, maxLength: 4 });
  const rows = keys.chain((keys) =>
    fc.tuple(
      fc.constant(keys),
      fc.array(fc.tuple(...keys.map(() => value)), { minLength: 2, maxLength: 5 }),
    ),
  );
  fc.assert(
    fc.property(rows, fc.constantFrom(undefined, "p"), ([keys, rows], prefix) => {
      const objects = rows.map((row) =>
        row.map((value, i) => `${JSON.stringify(keys[i])}:${value}`).join(),
      );
      const range = { from: arrival - 1e12, to: arrival + 1e12 };
      const onLines = read(objects.map((object) => `{${object}}\n`).join(""), { prefix, range });
      // Over two lines each, so that none is read by its shape.
      const spread = read(objects.map((object) => `{\n${object}}\n`).join(""), { prefix, range });
      assert.deepEqual(onLines.samples, spread.samples);
      assert.deepEqual(onLines.rejected.map(reasonOf), spread.rejected.map(reasonOf));
    }),
    { numRuns: 2_000 },
  );
});

function reasonOf(rejection: string): string {
  return rejection.replace(/^line \d+: /, "");
}
