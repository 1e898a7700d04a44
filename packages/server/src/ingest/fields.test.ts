import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fields } from "./fields.ts";

/** The fields of a line that stands in a longer text; undefined if it has none. */
function split(line: string, delimiter = ","): string[] | undefined {
  const fields = new Fields();
  const before = '9,"9\n';
  const text = `${before}${line}\n9",9`;
  const isSplit = fields.split(text, before.length, before.length + line.length, delimiter);
  return isSplit ? fields.texts() : undefined;
}

test("fields: stand between delimiters, without the blanks around them", () => {
  assert.deepEqual(split("a,b,c"), ["a", "b", "c"]);
  assert.deepEqual(split(" a ,\tb b,\u00a0c\r"), ["a", "b b", "c"]);
  assert.deepEqual(split(",a,,"), ["", "a", "", ""]);
  assert.deepEqual(split("\ta\t", "\t"), ["", "a", ""]);
  assert.deepEqual(split("1"), ["1"]);
});

test("fields: quotes hold delimiters and doubled quotes", () => {
  assert.deepEqual(split('"a,b",c'), ["a,b", "c"]);
  assert.deepEqual(split('a, "b" ,""'), ["a", "b", ""]);
  assert.deepEqual(split('"cpu{host=""a"",core=""0""}",1'), ['cpu{host="a",core="0"}', "1"]);
  assert.deepEqual(split('"""",""""""\r'), ['"', '""']);
  assert.deepEqual(split('\t"a"', "\t"), ["", "a"]);
});

test("fields: a quote that is not closed or not alone is refused", () => {
  for (const line of ['"a', 'a"b"', '"a"b', '"a""', 'a"', '"a"" ,b', '"a,b', 'x "a"']) {
    assert.equal(split(line), undefined, line);
  }
});

test("fields: whatever is written after RFC 4180 is read back", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "1", '"', ",", ";", ".", "°", "🌡️") });
  const write = (text: string, quoted: boolean) =>
    quoted || /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(field, fc.boolean()), { minLength: 1 }),
      fc.constantFrom(",", ";"),
      (all, delimiter) => {
        const line = all.map(([text, quoted]) => write(text, quoted)).join(delimiter);
        assert.deepEqual(
          split(line, delimiter),
          all.map(([text]) => text),
        );
      },
    ),
  );
});

test("fields: numbers are read where they stand, with a unit only if one may be there", () => {
  const fields = new Fields();
  assert.ok(fields.split('x\n-1.50, 2 ,3ms,"4",,-\r\n9', 2, 21, ","));
  assert.deepEqual(
    fields.texts().map((_, i) => [fields.number(i), fields.quantity(i)]),
    [
      [-1.5, -1.5],
      [2, 2],
      [undefined, 3],
      [4, 4],
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
});

test("fields: nothing of one line is left in the next", () => {
  const fields = new Fields();
  assert.ok(fields.split('"a","b",c', 0, 9, ","));
  assert.ok(fields.split("1,2", 0, 3, ","));
  assert.deepEqual([fields.count, fields.texts(), fields.quantity(1)], [2, ["1", "2"], 2]);
  fields.set(["x", "7"]);
  assert.deepEqual([fields.texts(), fields.quantity(1)], [["x", "7"], 7]);
});
