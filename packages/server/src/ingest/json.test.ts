import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { samplesOf } from "../log/sample-block.ts";
import { Collector } from "./collector.ts";
import { createRejects, read } from "./format-contract.ts";
import { parseText } from "./parse-text.ts";
import { Parser } from "./parser.ts";
import { SeriesNames } from "./series-names.ts";

function reads(text: string, ...samples: string[]) {
  assert.deepEqual(read(text), { samples, rejected: [] }, text);
}

test("json: numbers are series, nested keys are joined by dots, null is known to be absent", () => {
  reads('{"cpu":12.5,"mem":{"used":3,"free":null}}', "cpu=12.5", "mem.used=3", "mem.free=null");
  reads('{"load":[1,2],"disks":[{"free":5}]}', "load.0=1", "load.1=2", "disks.0.free=5");
});

test("json: texts and booleans are passed over beside a number", () => {
  reads('{"host":"web-1","up":true,"id":"42","cpu":5,"in":{"x":"y"}}', "cpu=5");
});

test("json: an object on each line, over many lines, in an array, or close together", () => {
  const objects = ['{"a":1}', '{"a":2}', '{"a":3}'];
  for (const text of [
    objects.join("\n"),
    `${objects.join("\r\n")}\r\n`,
    objects.join(""),
    objects.join(",\n"),
    `[${objects}]`,
    `[\n  ${objects.join(",\n  ")}\n]\n`,
    `[${objects.slice(0, 1)}]\n[${objects.slice(1)}]`,
    '{\n  "a":\n  1\n}\n{\n  "a": 2 }\n{"a"\n:3}',
    `\ufeff\n\n ${objects.join("\n\n")}`,
  ]) {
    reads(text, "a=1", "a=2", "a=3");
  }
});

test("json: brackets, quotes and line ends inside of texts are no structure", () => {
  reads('{"s":"}]\\"{[,\\n","a":1}\n{"s":"\\\\","a":2}', "a=1", "a=2");
});

test("json: an array of numbers is as many samples, each with its own arrival", () => {
  assert.deepEqual(read("[1,2, 3]\n[4]", { prefix: "p" }).samples, ["p=1", "p=2", "p=3", "p=4"]);
  assert.deepEqual(read("[\n1,\nnull\n]", { prefix: "p" }).samples, ["p=1", "p=null"]);
});

test("json: a time in any of its forms", () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  for (const time of [noon / 1000, noon, noon * 1000, noon * 1e6, '"2026-01-31T12:00:00Z"']) {
    reads(`{"time":${time},"a":1}`, `a=1 @${noon}`);
  }
  reads('{"a":1,"Timestamp":"1600000000.5"}', "a=1 @1600000000500");
  reads('{"ts":"2026-01-31 12:00:00","a":1}', `a=1 @${new Date(2026, 0, 31, 12).getTime()}`);
});

test("json: a time holds for the object it stands in, and further down it may be a duration", () => {
  reads(
    '{"x":{"ts":1600000000,"a":1},"b":2,"y":{"time":12}}',
    "x.a=1 @1600000000000",
    "b=2",
    "y.time=12",
  );
});

test("json: a value alone belongs to the path, beside others it is one of them", () => {
  const samples = (text: string) => read(text, { prefix: "temp" }).samples;
  assert.deepEqual(samples('{"time":1600000000,"value":21,"unit":"C"}'), [
    "temp=21 @1600000000000",
  ]);
  assert.deepEqual(samples('{"value":21,"hum":40}'), ["temp.value=21", "temp.hum=40"]);
  reads('{"value":21}', "value=21");
});

test("json: an object may name its series, and label it", () => {
  reads('{"series":"cpu","value":1,"time":1600000000}', "cpu=1 @1600000000000");
  reads('{"name":"cpu","value":null}', "cpu=null");
  reads(
    '{"name":"cpu{b=\\"2\\"}","labels":{"a":"x\\"y","c":3},"value":1}',
    'cpu{a="x\\"y",b="2",c="3"}=1',
  );
  reads(
    '{"name":"disk","labels":{"host":"a"},"value":1,"free":2}',
    'disk{host="a"}=1',
    'disk.free{host="a"}=2',
  );
  reads('{"name":"web-1","cpu":5}', "cpu=5");
  assert.deepEqual(read('{"labels":{"room":"a"},"value":21}', { prefix: "temp" }).samples, [
    'temp{room="a"}=21',
  ]);
  assert.deepEqual(read('{"name":"cpu","value":1}', { prefix: "host" }).samples, ["host.cpu=1"]);
});

test("json: keys of JavaScript's own are keys like any other", () => {
  reads('{"__proto__":{"value":1},"constructor":2}', "__proto__.value=1", "constructor=2");
});

test("json: what is too deep or too much for a row of measurements is refused, and quickly", () => {
  const deep = `{"time":${"[".repeat(100_000)}${"]".repeat(100_000)},"a":1}`;
  const long = `{"a":[${"0,".repeat(100_000)}0]}`;
  const { rejected } = parseText(`${deep}\n${long}\n{"b":1}`);
  assert.deepEqual(
    rejected.map(({ reason }) => reason),
    [
      'expected a time for "time" (ISO 8601 or Unix), found "…"',
      "expected at most 10000 numbers in one object, found more; send several",
    ],
  );
});

test("json: rejects, on each line", () => {
  const rejects = createRejects('{"cpu":1}', '{"cpu":2}');
  const json = (found: string) => `expected JSON, found ${JSON.stringify(found)}`;
  const time = (found: string) =>
    `expected a time for "time" (ISO 8601 or Unix), found ${JSON.stringify(found)}`;
  rejects('{"cpu":"n/a"}', 'expected a number for "cpu", found "n/a"');
  rejects('{"cpu":"12.5"}', 'expected a number for "cpu", found "12.5"');
  rejects('{"a":{"b":"x"},"c":true}', 'expected a number for "a.b", found "x"');
  rejects('{"cpu":true}', 'expected a number, found "{\\"cpu\\":true}"');
  rejects("{}", 'expected a number, found "{}"');
  rejects('{"time":1600000000}', 'expected a number, found "{\\"time\\":1600000000}"');
  rejects(
    '{"cpu":NaN,"mem":5}',
    'expected a number below 1.8e308 for "cpu", found NaN or Infinity',
  );
  rejects('{"cpu":-Infinity}', 'expected a number below 1.8e308 for "cpu", found NaN or Infinity');
  rejects('{"cpu":1e999}', 'expected a number below 1.8e308 for "cpu", found NaN or Infinity');
  rejects('{"time":12,"cpu":5}', time("12"));
  rejects('{"time":"soon","cpu":5}', time("soon"));
  rejects('{"time":null,"cpu":5}', time("null"));
  rejects('{"time":"2026-02-30","cpu":5}', time("2026-02-30"));
  rejects('{"time":"2026-01-01T25:00:00Z","cpu":5}', time("2026-01-01T25:00:00Z"));
  rejects('{"time":{"s":1600000000},"cpu":5}', time('{"s":1600000000}'));
  rejects('{"cpu":5', json('{"cpu":5'));
  rejects('{"cpu":5,', json('{"cpu":5,'));
  rejects('{"cpu":[5', json('{"cpu":[5'));
  rejects('{"cpu":"5}', json('{"cpu":"5}'));
  rejects('{"cpu":5,}', json('{"cpu":5,}'));
  rejects('{"cpu" 5}', json('{"cpu" 5}'));
  rejects('{"cpu":[1}', json('{"cpu":[1}'));
  rejects('{"cpu":05}', json('{"cpu":05}'));
  rejects('{"cpu":5}}', json("}"));
  rejects("{cpu:5}", 'expected JSON, with its keys in double quotes, found "{cpu:5}"');
  rejects("{'cpu':5}", "expected JSON, with its keys in double quotes, found \"{'cpu':5}\"");
  rejects("hello", json("hello"));
  rejects("cpu=5", json("cpu=5"));
  rejects('"5"', 'expected a number or an object, found "5"');
  rejects("true", 'expected a number or an object, found "true"');
  rejects("[]", "expected numbers in the array, found none");
  rejects("[[1]]", "expected a number or an object, found an array");
  rejects("5", "expected a name for the number, found 5; POST it to /<series>, or send name=value");
  rejects('{"":5}', "expected a series name, found nothing");
  rejects('{"a\\nb":5}', 'expected a series name without "\\n", found "a\\nb"');
  rejects('{"\\ud800":5}', 'expected a series name without "\ufffd", found "\\ud800"');
  rejects('{"name":" ","value":5}', "expected a series name, found nothing");
  rejects('{"name":"a{","value":5}', 'expected "}" at the end of "a{"');
  rejects('{"name":"a{","labels":{},"value":5}', 'expected "}" at the end of "a{"');
  rejects(
    '{"name":"a","labels":{"b":{}},"value":5}',
    'expected text for label "b", found an object',
  );
  rejects(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`, "expected at most 32 levels, found more");
  rejects(
    `${"[".repeat(100_000)}1${"]".repeat(100_000)}`,
    "expected a number or an object, found an array",
  );
});

test("json: what is broken in an array is refused by its line, the others are kept", () => {
  const text = '[\n  {"a":1},\n  {"a":tru},\n  {"a":"x},\n  {"a":3}, "y",\n  {"a":4}\n]\n{"a":5}';
  assert.deepEqual(read(text), {
    samples: ["a=1", "a=3", "a=4", "a=5"],
    rejected: [
      'line 3: expected JSON, found "{\\"a\\":tru}"',
      'line 4: expected JSON, found "{\\"a\\":\\"x},"',
      'line 5: expected a number or an object, found "y"',
    ],
  });
});

test("json: a broken object over many lines is one mistake", () => {
  const text = '{\n  "a": 1,\n  "b": "x,\n  "c": 2\n}\n{"a":2}';
  assert.deepEqual(read(text), {
    samples: ["a=2"],
    rejected: ['line 1: expected JSON, found "{\\n  \\"a\\": 1,\\n  \\"b\\": \\"x,"'],
  });
});

test("json: a text that ends too early keeps what was whole", () => {
  assert.deepEqual(read('[{"a":1},\n{"a":2},\n{"a":'), {
    samples: ["a=1", "a=2"],
    rejected: ['line 3: expected the rest of "{\\"a\\":", found the end'],
  });
  assert.deepEqual(read('[{"a":1},\n'), {
    samples: ["a=1"],
    rejected: ['line 2: expected "]" after the last value, found the end'],
  });
});

test("json: a value may be 16 MiB long, an array of values as long as it likes", () => {
  const many = Array.from({ length: 3 }, (_, i) => `{"a":${i},"s":"${"x".repeat(6e6)}"}`);
  reads(`[${many}]`, "a=0", "a=1", "a=2");
  assert.deepEqual(read(`{"a":1,"s":"${"x".repeat(17e6)}"}\n{"a":2}`), {
    samples: ["a=2"],
    rejected: [
      "line 1: expected a JSON value of at most 16 MiB, found a longer one; send one object per line (NDJSON)",
    ],
  });
});

const fragment = fc.constantFrom(
  ...['{"a":1}', '{"a":NaN}', '{"b":"}"}', '{"a":{"b":3}}', '{"a":null}', '{"a":', '{"é":4}'],
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    '"b":',
    ":",
    "2",
    "\\",
    '\\"',
    " ",
    "\r",
    "\n",
    "\n",
    "\n",
    "\n",
  ],
);

test("json: an object alone on its line is read as if each character had been looked at", () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
      const text = `{"z":0}\n${fragments.join("")}`;
      const whole = readPieces([text]);
      assert.deepEqual(whole, readPieces([...text]));
    }),
    { numRuns: 3_000 },
  );
});

function readPieces(pieces: readonly string[]) {
  const rejected: [number, string][] = [];
  const collector = new Collector(new SeriesNames(undefined, undefined), () => 0, {
    loose: false,
    onRejected: (line, reason) => rejected.push([line, reason]),
  });
  const parser = new Parser(collector);
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return { samples: samplesOf(collector.take()), rejected, tally: collector.tally };
}
