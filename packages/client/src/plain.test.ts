import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlainRules, readPlain } from "./plain.ts";
import { SourceZone } from "./source-zone.ts";

const now = 1_700_000_000_000;

function read(data: string, options: Partial<PlainRules> = {}, event?: string) {
  return readPlain(event, data, { now, source: new SourceZone(undefined), ...options });
}

function values(data: unknown, event?: string): Record<string, number | null> {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const { samples } = read(text, {}, event);
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}

function problem(data: string) {
  return read(data).problem;
}

test("plain: the tutorial's event is one sample at its local time", () => {
  const time = "2026-03-04 05:06:07";
  const { samples } = read(JSON.stringify({ time, value: 21.4 }));
  const ms = new Date(2026, 2, 4, 5, 6, 7).getTime();
  assert.deepEqual(samples, [
    { name: "value", value: 21.4, time: { ms, stepMs: 1000, format: "iso" } },
  ]);
});

test("plain: each numeric field is a series, nested names are joined", () => {
  const event = { time: now, temp: 1, battery: { soc: 2, cells: [3, 4] }, unit: "°C", on: true };
  assert.deepEqual(values(event), {
    temp: 1,
    "battery.soc": 2,
    "battery.cells.0": 3,
    "battery.cells.1": 4,
  });
});

test("plain: bare numbers, and numbers in quotes, are numbers", () => {
  assert.deepEqual(values("21.4"), { value: 21.4 });
  assert.deepEqual(values('"21.4"'), { value: 21.4 });
  assert.deepEqual(values({ a: " -1e3 ", b: "0x10", c: "", d: "1,5" }), { a: -1000 });
  assert.deepEqual(values("[1,2]"), { "value.0": 1, "value.1": 2 });
});

test("plain: null is null, and so is what Python writes for it", () => {
  assert.deepEqual(values({ value: null }), { value: null });
  assert.deepEqual(values('{"a": NaN, "b": -Infinity, "c": "NaN", "d": 1e999, "e": 1}'), {
    a: null,
    b: null,
    d: null,
    e: 1,
  });
});

test("plain: an array of objects is samples in their order", () => {
  const data = JSON.stringify([
    { ts: 1.7e9, v: 1 },
    { ts: 1.7e9 + 1, v: 2 },
  ]);
  const { samples } = read(data);
  assert.deepEqual(
    samples.map(({ name, value, time }) => [name, value, time?.ms]),
    [
      ["v", 1, now],
      ["v", 2, now + 1000],
    ],
  );
});

test("plain: the name of an event goes in front, `value` adds nothing to a name", () => {
  assert.deepEqual(values({ value: 1, temp: 2 }, "cpu"), { cpu: 1, "cpu.temp": 2 });
  assert.deepEqual(values("3", "cpu"), { cpu: 3 });
  assert.deepEqual(values({ value: 1 }, "message"), { value: 1 });
  assert.deepEqual(values({ temp: { value: 1, unit: "K" } }), { temp: 1 });
});

test("plain: a text beside a value names it", () => {
  const rows = [
    { name: "a", value: 1 },
    { series: "b", value: 2, min: 0 },
  ];
  assert.deepEqual(values(rows), { a: 1, b: 2, "b.min": 0 });
  assert.deepEqual(values({ name: "device", temp: 1 }), { temp: 1 });
});

test("plain: a time holds for all inside its object, a date and a time of day belong together", () => {
  const inner = read(JSON.stringify({ TimeStamp: now, d: { x: 1 } }), { now: 0 }).samples;
  assert.equal(inner[0]?.time?.ms, now);
  const apart = { date: "2026-03-04", time: "05:06:07", value: 1 };
  const { samples } = read(JSON.stringify(apart));
  assert.equal(samples[0]?.time?.ms, new Date(2026, 2, 4, 5, 6, 7).getTime());
});

test("plain: a time that makes no sense is told, one that is missing is not there", () => {
  const strange = read('{"time":"yesterday","value":1}');
  assert.deepEqual([strange.unreadable, strange.samples[0]?.time], ["yesterday", undefined]);
  const none = read('{"time":null,"value":1}');
  assert.deepEqual([none.unreadable, none.samples[0]?.time], [undefined, undefined]);
});

test("plain: what is no JSON, and what holds no number, is a problem", () => {
  for (const data of ["", "hello", "21.4 °C", "a=1", "{", "NaN ok", "<b>1</b>", "1 2"]) {
    assert.equal(problem(data), "not-json", data);
  }
  for (const data of ["{}", "[]", "true", '"ping"', '{"status":"ok"}', `{"time":${now}}`]) {
    assert.equal(problem(data), "no-numbers", data);
  }
  assert.equal(problem(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`), "no-numbers");
});

test("plain: a time field that was told is the time, and no other is", () => {
  const event = { ts: 5, at: now, temp: 1 };
  const { samples, timeField } = read(JSON.stringify(event), { timeField: "at" });
  assert.deepEqual(
    samples.map(({ name, value, time }) => [name, value, time?.ms]),
    [
      ["ts", 5, now],
      ["temp", 1, now],
    ],
  );
  assert.equal(timeField, "at");
  assert.equal(read(JSON.stringify(event)).timeField, "ts");
});

test("plain: a time field may be a path, which holds from where it begins, or one name with dots", () => {
  const nested = { meta: { at: now, seq: 7 }, data: [{ temp: 1 }, { temp: 2 }] };
  const names = (event: object, timeField: string) =>
    read(JSON.stringify(event), { timeField }).samples.map(({ name, time }) => [name, time?.ms]);
  assert.deepEqual(names(nested, "meta.at"), [
    ["meta.seq", now],
    ["data.temp", now],
    ["data.temp", now],
  ]);
  const rows = {
    rows: [
      { at: now, v: 1 },
      { at: now + 1, v: 2 },
    ],
  };
  assert.deepEqual(names(rows, "at"), [
    ["rows.v", now],
    ["rows.v", now + 1],
  ]);
  assert.deepEqual(names({ "meta.at": now, v: 1 }, "meta.at"), [["v", now]]);
  assert.deepEqual(names({ v: 1 }, "__proto__.at"), [["v", undefined]]);
});

test("plain: only the fields that were told are shown, by name, path or glob", () => {
  const event = {
    time: now,
    id: 4,
    battery: { soc: 1, cells: [2, 3], name: "b", value: 9 },
    out: { temp: 5, "temp.max": 6 },
  };
  const shown = (...fields: string[]) =>
    read(JSON.stringify(event), { fields }).samples.map(({ value }) => value);
  assert.deepEqual(shown("soc"), [1]);
  assert.deepEqual(shown("battery.soc", "out.temp"), [1, 5, 6]);
  assert.deepEqual(shown("battery"), [1, 2, 3, 9]);
  assert.deepEqual(shown("*.cells"), [2, 3]);
  assert.deepEqual(shown("temp*"), [5, 6]);
  assert.deepEqual(shown("time", "nothing"), []);
  assert.deepEqual(read("21", { fields: ["value"] }).samples.length, 1);
});

test("plain: with `arrival` no time is read, and none is a value", () => {
  const { samples, unreadable } = read('{"time":"soon","v":1}', { timeFormat: "arrival" });
  assert.deepEqual(samples, [{ name: "v", value: 1, time: undefined }]);
  assert.equal(unreadable, undefined);
});
