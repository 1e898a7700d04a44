import assert from "node:assert/strict";
import { test } from "node:test";
import { createRejects, read } from "./format-contract.ts";

function reads(text: string, ...samples: string[]) {
  assert.deepEqual(read(text), { samples, rejected: [] }, text);
}

test("pairs: blanks, commas, semicolons and the & of a form stand between them", () => {
  for (const text of [
    "a=1 b=2",
    "a=1,b=2",
    "a=1; b=2",
    "a=1&b=2",
    " a = 1 , b= 2 ",
    "a=1\tb=2\r",
  ]) {
    reads(text, "a=1", "b=2");
  }
});

test("pairs: a value may carry a unit or be quoted", () => {
  reads('a=12ms b=45% c=0.045 ms d="7" e=1e3', "a=12", "b=45", "c=0.045", "d=7", "e=1000");
});

test("pairs: a key may be a whole series", () => {
  reads('cpu{host="a",core="0"}=1 mem=2', 'cpu{core="0",host="a"}=1', "mem=2");
});

test("pairs: a prefix stands above the keys", () => {
  assert.deepEqual(read("cpu=1", { prefix: "host/a" }).samples, ["host/a.cpu=1"]);
});

test("pairs: a time that can be one is the time of its line", () => {
  reads("time=1600000000 a=1\nTS=1600000000500 a=2", "a=1 @1600000000000", "a=2 @1600000000500");
  reads("a=1 timestamp=2026-01-31T12:00:00Z", `a=1 @${Date.UTC(2026, 0, 31, 12)}`);
  reads("time=2026-01-31 12:00:00 a=1", `a=1 @${new Date(2026, 0, 31, 12).getTime()}`);
  reads('a=1 time="2026-01-31 12:00:00"', `a=1 @${new Date(2026, 0, 31, 12).getTime()}`);
});

test("pairs: a time that can be none is a value like any other", () => {
  reads("seq=1 time=0.045 ms", "seq=1", "time=0.045");
  reads("ts=1600000000 time=12", "time=12 @1600000000000");
});

test("pairs: rejects", () => {
  const rejects = createRejects("cpu=1 mem=2", "cpu=3");
  const number = (name: string, found: string) => `expected a number for "${name}", found ${found}`;
  rejects("cpu=n/a", number("cpu", '"n/a"'));
  rejects("cpu=", number("cpu", "nothing"));
  rejects('cpu=""', number("cpu", "nothing"));
  rejects("cpu=NaN", number("cpu", '"NaN"'));
  rejects("cpu=-Infinity", number("cpu", '"-Infinity"'));
  rejects("cpu=1e999", 'expected a number below 1.8e308 for "cpu", found "1e999"');
  rejects("cpu=0x1f", number("cpu", '"0x1f"'));
  rejects("cpu=12k", number("cpu", '"12k"'));
  rejects("cpu=1abc", number("cpu", '"1abc"'));
  rejects("cpu=1.2.3", number("cpu", '"1.2.3"'));
  rejects("cpu==5", number("cpu", '"=5"'));
  rejects("cpu=true", number("cpu", '"true"'));
  rejects("cpu=null", number("cpu", '"null"'));
  rejects('cpu="hello world" mem=5', number("cpu", '"hello world"'));
  rejects(`cpu=${"x".repeat(100)}`, number("cpu", `"${"x".repeat(40)}…"`));
  rejects("cpu=a mem=b", number("cpu", '"a"'), number("mem", '"b"'));
  rejects("cpu=1,5", 'expected name=value, found "5"');
  rejects("hello", 'expected name=value, found "hello"');
  rejects("cpu 5", 'expected name=value, found "cpu"');
  rejects("=5", 'expected name=value, found "=5"');
  rejects('{"cpu":5}', 'expected name=value, found "{\\"cpu\\":5}"');
  rejects("cpu=5 idle now", 'expected name=value, found "idle"');
  rejects("cpu{host=1}=5", 'expected labels as name="value", found "host=1"');
  rejects('a"b=5', 'expected name=value, found "a\\"b=5"');
  rejects("a\\b=5", 'expected a series name without "\\\\", found "a\\\\b"');
  rejects(`${"n".repeat(201)}=5`, "expected a series name of at most 200 characters, found 201");
  rejects(
    "time=2026-02-30T00:00:00 cpu=5",
    'expected a time for "time" (ISO 8601 or Unix), found "2026-02-30T00:00:00"',
  );
  rejects("time=soon cpu=5", number("time", '"soon"'));
  rejects("time=1600000000", "expected a number beside the time, found none");
});
