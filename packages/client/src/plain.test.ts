import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlain } from "./plain.ts";

const now = 1_700_000_000_000;

function values(data: unknown, event?: string): Record<string, number | null> {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const { samples } = readPlain(event, text, now);
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}

function problem(data: string) {
  return readPlain(undefined, data, now).problem;
}

test("plain: the tutorial's event is one sample at its local time", () => {
  const time = "2026-03-04 05:06:07";
  const { samples } = readPlain(undefined, JSON.stringify({ time, value: 21.4 }), now);
  const ms = new Date(2026, 2, 4, 5, 6, 7).getTime();
  assert.deepEqual(samples, [{ name: "value", value: 21.4, time: { ms, stepMs: 1000 } }]);
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
  const { samples } = readPlain(undefined, data, now);
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
  const inner = readPlain(undefined, JSON.stringify({ TimeStamp: now, d: { x: 1 } }), 0).samples;
  assert.equal(inner[0]?.time?.ms, now);
  const apart = { date: "2026-03-04", time: "05:06:07", value: 1 };
  const { samples } = readPlain(undefined, JSON.stringify(apart), now);
  assert.equal(samples[0]?.time?.ms, new Date(2026, 2, 4, 5, 6, 7).getTime());
});

test("plain: a time that makes no sense is told, one that is missing is not there", () => {
  const strange = readPlain(undefined, '{"time":"yesterday","value":1}', now);
  assert.deepEqual([strange.unreadable, strange.samples[0]?.time], ["yesterday", undefined]);
  const none = readPlain(undefined, '{"time":null,"value":1}', now);
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
