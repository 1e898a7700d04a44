import assert from "node:assert/strict";
import { test } from "node:test";
import { createRejects, read } from "./format-contract.ts";

function reads(text: string, ...samples: string[]) {
  assert.deepEqual(read(text, { prefix: "p" }), { samples, rejected: [] }, text);
}

const vmstat = `procs -----------memory---------- ---swap--
 r  b   swpd   free
 1  0      0 243016
 2  0      0 243017
procs -----------memory---------- ---swap--
 r  b   swpd   free
 3  0      0 243018
`;

test("table: one number is the prefix itself, several are numbered", () => {
  reads("21.4", "p=21.4");
  reads("21.4\n\n 22 \r\n23", "p=21.4", "p=22", "p=23");
  reads("1 2\n3 4 5", "p.c1=1", "p.c2=2", "p.c1=3", "p.c2=4", "p.c3=5");
});

test("table: a number may carry a unit", () => {
  reads("21.4 °C", "p=21.4");
  reads("12ms 45%", "p.c1=12", "p.c2=45");
});

test("table: words above as many numbers are their names, and what is above them decoration", () => {
  assert.deepEqual(read(vmstat), {
    samples: [1, 2, 3].flatMap((r) => [`r=${r}`, "b=0", "swpd=0", `free=${243015 + r}`]),
    rejected: [],
  });
});

test("table: one column with its name is a table too", () => {
  reads("temp\n21\n22", "p.temp=21", "p.temp=22");
});

test("table: new names begin a new table", () => {
  reads("a b\n1 2\nc d e\n3 4 5", "p.a=1", "p.b=2", "p.c=3", "p.d=4", "p.e=5");
});

test("table: a line may begin with its time", () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  reads("2026-01-31T12:00:00Z 5", `p=5 @${noon}`);
  reads("2026-01-31 12:00:00Z 5 6", `p.c1=5 @${noon}`, `p.c2=6 @${noon}`);
  reads("time a b\n2026-01-31 12:00:00Z 5 6", `p.a=5 @${noon}`, `p.b=6 @${noon}`);
});

test("table: numbers without a name and a prefix are refused with what to do", () => {
  assert.deepEqual(read("21.4\n1 2").rejected, [
    "line 1: expected a name for the number, found 21.4; POST it to /<series>, or send name=value",
    "line 2: expected a name for the number, found 1; POST it to /<series>, or send name=value",
  ]);
});

test("table: rejects, of bare numbers", () => {
  const rejects = createRejects("1", "2", { prefix: "p" });
  const mixed = (found: string) => `expected numbers or name=value, found ${found}`;
  const words = (found: string) => `expected a number, found ${found}`;
  rejects("cpu 12", mixed('"cpu 12"'));
  rejects("12 cpu load", mixed('"12 cpu load"'));
  rejects("12 3/4", mixed('"12 3/4"'));
  rejects("1 2 n/a", mixed('"1 2 n/a"'));
  rejects("5 , n/a", mixed('"5 , n/a"'));
  rejects("hello world", words('"hello world"'));
  rejects("NaN NaN", words('"NaN NaN"'));
  rejects("1e999 -1e999", words('"1e999 -1e999"'));
  rejects("0x10 0x11", words('"0x10 0x11"'));
  rejects("12k 13k", words('"12k 13k"'));
  rejects("1_000 2_000", words('"1_000 2_000"'));
  rejects("1,5 -", words('"1,5 -"'));
  rejects("a{b=1 c", words('"a{b=1 c"'));
  rejects("<html> <body>", words('"<html> <body>"'));
  rejects(`${"x".repeat(60)} y`, words(`"${"x".repeat(40)}…"`));
  rejects("2026-02-30 5", mixed('"2026-02-30 5"'));
});

test("table: a word that is no number below a name is refused by that name", () => {
  assert.deepEqual(read("temp\nn/a\n22"), {
    samples: ["temp=22"],
    rejected: ['line 2: expected a number for "temp", found "n/a"'],
  });
});

test("table: rejects, of rows", () => {
  const rejects = createRejects("cpu mem disk\n1 2 3", "4 5 6");
  const number = (name: string, found: string) => `expected a number for "${name}", found ${found}`;
  rejects("7 n/a 8", number("mem", '"n/a"'));
  rejects("NaN 1 2", number("cpu", '"NaN"'));
  rejects("1 2 inf", number("disk", '"inf"'));
  rejects("1e999 1 2", 'expected a number below 1.8e308 for "cpu", found "1e999"');
  rejects("- - 8", number("cpu", '"-"'), number("mem", '"-"'));
  rejects("- - -", number("cpu", '"-"'), number("mem", '"-"'), number("disk", '"-"'));
  rejects("cpu mem x", number("cpu", '"cpu"'), number("mem", '"mem"'), number("disk", '"x"'));
  rejects("1 2", "expected 3 fields, found 2");
  rejects("1 2 3 4", "expected 3 fields, found 4");
  rejects("12", "expected 3 fields, found 1");
  rejects("1 2 3 four", "expected 3 fields, found 4");
  rejects("hello world", 'expected a number, found "hello world"');
});

test("table: words that nothing follows are refused at the end", () => {
  assert.deepEqual(read("1\nhello\nbig world", { prefix: "p" }).rejected, [
    'line 2: expected a number, found "hello"',
    'line 3: expected a number, found "big world"',
  ]);
});
