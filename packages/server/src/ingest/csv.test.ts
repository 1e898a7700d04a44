import assert from "node:assert/strict";
import { test } from "node:test";
import { createRejects, read } from "./format-contract.ts";

function reads(text: string, ...samples: string[]) {
  assert.deepEqual(read(text, { prefix: "p" }), { samples, rejected: [] }, text);
}

test("csv: names in the first line, with commas, semicolons or tabs", () => {
  for (const separator of [",", ";", "\t", " , "]) {
    reads(
      ["a,b", "1,2", "3,4"].join("\n").replaceAll(",", separator),
      "p.a=1",
      "p.b=2",
      "p.a=3",
      "p.b=4",
    );
  }
});

test("csv: a column called value that stands alone is the series of the path itself", () => {
  reads("value\n5\n6", "p=5", "p=6");
  reads("value,b\n5,6", "p.value=5", "p.b=6");
  assert.deepEqual(read("value,b\n5,6").samples, ["value=5", "b=6"]);
});

test("csv: the line end of Windows and a byte order mark are no part of it", () => {
  reads("\ufeffa,b\r\n1,2\r\n", "p.a=1", "p.b=2");
});

test("csv: without names columns are numbered, and one beside a time is the prefix itself", () => {
  reads("1,2,3\n4,5,6", "p.c1=1", "p.c2=2", "p.c3=3", "p.c1=4", "p.c2=5", "p.c3=6");
  reads("2026-01-31T12:00:00Z,5", `p=5 @${Date.UTC(2026, 0, 31, 12)}`);
  reads(
    "2026-01-31T12:00:00Z;5;6",
    `p.c1=5 @${Date.UTC(2026, 0, 31, 12)}`,
    `p.c2=6 @${Date.UTC(2026, 0, 31, 12)}`,
  );
});

test("csv: a column is the time by its name", () => {
  for (const name of ["time", "Timestamp", "TS", "date", "DateTime"]) {
    reads(`a,${name}\n1,1600000000`, "p.a=1 @1600000000000");
  }
});

const noon = new Date(2026, 0, 31, 12).getTime();

test("csv: a date and a time of day are one time", () => {
  reads("date,time,a\n2026-01-31,12:00:00,1", `p.a=1 @${noon}`);
});

test("csv: columns series and value are one sample in each row, of the series it names", () => {
  const at = "@1600000000000";
  const text = (columns: string, ...rows: string[]) => [columns, ...rows].join("\n");
  reads(
    text("series,time,value", "cpu,1600000000,1", "mem,1600000000,2ms", "cpu,1600000001,3"),
    ...[`p.cpu=1 ${at}`, `p.mem=2 ${at}`, "p.cpu=3 @1600000001000"],
  );
  reads(text("Value;Name", "1;a", "2;b"), "p.a=1", "p.b=2");
  reads(text("date,time,series,value", "2026-01-31,12:00:00,a,1"), `p.a=1 @${noon}`);
  reads(
    text("time,series,value", `1600000000,"cpu{host=""a"",core=""0""}",1`),
    `p.cpu{core="0",host="a"}=1 ${at}`,
  );
});

test("csv: in a row that names its series, an empty value is known to be absent", () => {
  reads("series,value\na,\nb,2", "p.a=null", "p.b=2");
});

test("csv: beside other columns, series and value are columns like all others", () => {
  assert.deepEqual(read("series,value,b\n1,2,3").samples, ["series=1", "value=2", "b=3"]);
  assert.deepEqual(read("series,b\n1,2").samples, ["series=1", "b=2"]);
});

test("csv: rows that name their series are refused by it", () => {
  const rejects = createRejects("series,time,value\ncpu,1600000000,1", "cpu,1600000001,2");
  rejects("cpu,1600000002,n/a", 'expected a number for "cpu", found "n/a"');
  rejects("cpu,soon,1", 'expected a time for "time" (ISO 8601 or Unix), found "soon"');
  rejects(",1600000002,1", "expected a series name, found nothing");
  rejects("a{,1600000002,1", 'expected "}" at the end of "a{"');
  rejects("cpu,1600000002", "expected 3 fields, found 2");
});

test("csv: equal times one after the other are read alike, good or bad", () => {
  const [a, b] = ["2026-01-31T12:00:00Z", "2026-02-30T12:00:00Z"];
  const { samples, rejected } = read(
    `time,a\n${[a, a, b, b, a].map((t, i) => `${t},${i}`).join("\n")}`,
  );
  assert.deepEqual(
    samples,
    [0, 1, 4].map((i) => `a=${i} @${Date.UTC(2026, 0, 31, 12)}`),
  );
  assert.equal(rejected.length, 2);
});

test("csv: quotes hold separators and quotes", () => {
  reads('"a, total",b\n"1", "2" ', "p.a, total=1", "p.b=2");
  assert.deepEqual(read('"say ""hi""",b\n1,2', { prefix: "p" }), {
    samples: ["p.b=2"],
    rejected: ['line 2: expected a series name without "\\"", found "say \\"hi\\""'],
  });
});

test("csv: an empty field says nothing", () => {
  reads("a,b,c\n1,,3", "p.a=1", "p.c=3");
});

test("csv: columns without a name and with the same name are told apart", () => {
  reads(",a,a\n1,2,3", "p.c1=1", "p.a=2", "p.a.2=3");
});

test("csv: fifty columns share one time", () => {
  const columns = Array.from({ length: 50 }, (_, i) => i);
  const text = `${columns.map((i) => `n${i}`).join()}\n${columns.join()}`;
  reads(text, ...columns.map((i) => `p.n${i}=${i}`));
});

test("csv: rejects", () => {
  const rejects = createRejects("time,cpu,mem\n1600000000,1,2", "1600000001,3,4");
  const number = (name: string, found: string) => `expected a number for "${name}", found ${found}`;
  const time = (found: string) => `expected a time for "time" (ISO 8601 or Unix), found ${found}`;
  rejects("1600000000.5,n/a,5", number("cpu", '"n/a"'));
  rejects("1600000000.5,n/a,-", number("cpu", '"n/a"'), number("mem", '"-"'));
  rejects("1600000000.5,NaN,5", number("cpu", '"NaN"'));
  rejects("1600000000.5,inf,5", number("cpu", '"inf"'));
  rejects("1600000000.5,Infinity,5", number("cpu", '"Infinity"'));
  rejects("1600000000.5,1e400,5", 'expected a number below 1.8e308 for "cpu", found "1e400"');
  rejects("1600000000.5,0x10,5", number("cpu", '"0x10"'));
  rejects("1600000000.5,1 2,5", number("cpu", '"1 2"'));
  rejects("1600000000.5,null,5", number("cpu", '"null"'));
  rejects("1600000000.5,true,5", number("cpu", '"true"'));
  rejects("1600000000.5,web-1,5", number("cpu", '"web-1"'));
  rejects('1600000000.5,"a ""b""",5', number("cpu", '"a \\"b\\""'));
  rejects("1600000000.5,1", "expected 3 fields, found 2");
  rejects("1600000000.5,1,2,3", "expected 3 fields, found 4");
  rejects("1600000000.5;1;2", "expected 3 fields, found 1");
  rejects("hello", "expected 3 fields, found 1");
  rejects("1600000000.5,,", "expected a number, found empty fields");
  rejects(",1,2", time("nothing"));
  rejects("12,1,2", time('"12"'));
  rejects("soon,1,2", time('"soon"'));
  rejects("2026-02-30,1,2", time('"2026-02-30"'));
  rejects("2026-01-01T25:00:00Z,1,2", time('"2026-01-01T25:00:00Z"'));
  rejects("1e30,1,2", time('"1e30"'));
  rejects("time,cpu,mem", time('"time"'));
  const field = (found: string) => `expected a field or a field in quotes, found ${found}`;
  rejects('1600000000.5,"1,2', field('"1600000000.5,\\"1,2"'));
  rejects('1600000000.5,"1"x,2', field('"1600000000.5,\\"1\\"x,2"'));
  rejects('1600000000.5,x"1",2', field('"1600000000.5,x\\"1\\",2"'));
});

test("csv: without names, a field that is no number is named by its place", () => {
  const rejects = createRejects("1,2", "3,4", { prefix: "p" });
  rejects("5,n/a", 'expected a number for "c2", found "n/a"');
});

test("csv: a name that cannot be one is refused on each line, the other columns are kept", () => {
  assert.deepEqual(read("a{,b\n1,2\n3,4", { prefix: "p" }), {
    samples: ["p.b=2", "p.b=4"],
    rejected: [
      'line 2: expected "}" at the end of "a{"',
      'line 3: expected "}" at the end of "a{"',
    ],
  });
});

test("csv: names alone are told that nothing stands below them", () => {
  assert.deepEqual(read("a,b\n").rejected, ["line 1: expected rows below the names, found none"]);
});
