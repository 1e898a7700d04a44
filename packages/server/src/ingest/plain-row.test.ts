import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { read } from "./format-contract.ts";
import { Codes } from "./piece.ts";
import { readPlainRow } from "./plain-row.ts";

const comma = 44;

function numbersIn(line: string, width: number): number[] | undefined {
  const into = new Float64Array(width);
  const { codes } = new Codes().pieceOf(line);
  return readPlainRow(codes, 0, line.length, comma, into) ? [...into] : undefined;
}

test("plain row: numbers of at most sixteen digits are read exactly", () => {
  assert.deepEqual(numbersIn("1,-2.5,0.1,.5,5.,-0", 6), [1, -2.5, 0.1, 0.5, 5, -0]);
  const long = [
    "1700000000123",
    "123456789",
    "1234567890",
    "0.1234567890123456",
    "-99999999.999999",
  ];
  assert.deepEqual(numbersIn(long.slice(0, 3).join(), 3), long.slice(0, 3).map(Number));
  assert.deepEqual(
    numbersIn("0.123456789012345,-99999999.999999", 2),
    [0.123456789012345, -99999999.999999],
  );
});

test("plain row: every decimal that it takes is the float64 nearest to it", () => {
  const digits = fc.stringMatching(/^-?\d{0,12}\.?\d{0,12}$/);
  fc.assert(
    fc.property(digits, (text) => {
      const [value] = numbersIn(text, 1) ?? [];
      if (value !== undefined) assert.ok(Object.is(value, Number(text)), text);
    }),
    { numRuns: 5_000 },
  );
});

test("plain row: any other line is left to others", () => {
  for (const line of [
    "1,2",
    "1,2,3,4",
    "1,2,",
    ",1,2",
    "1,,2",
    "1, 2,3",
    "1,2,3 ",
    "1,2,3\r",
    "1,2,x",
    '1,2,"3"',
    "1,2,1e5",
    "1,2,1.2.3",
    "1,2,--3",
    "1,2,3-",
    "1,2,-",
    "1,2,.",
    "1,2,12345678901234567",
    "1,2,9999999999999999",
    "1;2;3",
    "",
  ]) {
    assert.equal(numbersIn(line, 3), undefined, line);
  }
});

test("plain row: a table of numbers means what it means with quotes around them", () => {
  const field = fc.oneof(
    fc.integer({ min: -9_999, max: 9_999 }).map((n) => `${n / 100}`),
    fc.constantFrom("", "x", "5 %", "1e3", "1700000000000.25", "0.30000000000000004", "-0"),
  );
  const times = fc.constantFrom("1700000000", "1700000000123", "2026-01-31T12:00:00Z", "soon", "7");
  const row = fc.tuple(times, field, field);
  const header = fc.constantFrom("time,a,b", "a,ts,value", "time,größe,a", "a,b,a", undefined);
  fc.assert(
    fc.property(header, fc.array(row, { minLength: 1 }), (header, rows) => {
      const text = (of: (field: string) => string) =>
        [...(header === undefined ? [] : [header]), ...rows.map((row) => row.map(of).join())].join(
          "\n",
        );
      assert.deepEqual(
        read(text(String), { prefix: "p" }),
        read(
          text((field) => (field === "" ? "" : `"${field}"`)),
          { prefix: "p" },
        ),
      );
    }),
    { numRuns: 1_000 },
  );
});

test("plain row: a column without a name of its own belongs to the path, alone or counted", () => {
  const at = "1700000000000";
  for (const [text, ...samples] of [
    [`time,value\n${at},1\n${at},2`, "p=1", "p=2"],
    [`2026-01-31T12:00:00Z,1\n2026-01-31T12:00:00Z,2`, "p=1", "p=2"],
    ["1,2\n3,4", "p.c1=1", "p.c2=2", "p.c1=3", "p.c2=4"],
  ] as const) {
    const found = read(text, { prefix: "p" });
    assert.deepEqual(found.rejected, []);
    assert.deepEqual(
      found.samples.map((sample) => sample.replace(/ @.*/, "")),
      samples,
    );
  }
});
