import assert from "node:assert/strict";
import { test } from "node:test";
import { blockOf } from "../log/sample-block.ts";
import { parseText } from "./parse-text.ts";
import { formatRejection } from "./rejection.ts";
import { clockRefusal, maxAheadMs, outsideOf } from "./time-range.ts";

const now = Date.UTC(2026, 10, 22, 12);
const range = { from: Date.UTC(2026, 9, 23), to: now + maxAheadMs };

const tooOld =
  "expected a time within what is kept (since 2026-10-23T00:00:00Z), found 1974-01-02T00:00:00Z";
const tooNew =
  "expected a time at most a year ahead of the server's clock (2026-11-22T12:00:00Z), found 2100-01-01T00:00:00Z; is a clock wrong?";

function read(text: string) {
  const { samples, rejected } = parseText(text, { prefix: "p", range, clock: () => now });
  return {
    samples: samples.map(({ series, time }) => `${series} ${new Date(time).toISOString()}`),
    rejected: rejected.map(formatRejection),
  };
}

test("time range: the sentence says what is kept, or what the server's clock says", () => {
  assert.equal(outsideOf(range, Date.UTC(1974, 0, 2)), tooOld);
  assert.equal(outsideOf(range, Date.UTC(2100, 0, 1)), tooNew);
});

test("time range: in every format a sample outside is a mistake of its line, the others are kept", () => {
  for (const text of [
    "time,a\n1974-01-02T00:00:00Z,1\n2026-11-01T00:00:00Z,2\n2100-01-01T00:00:00Z,3",
    "time a\n1974-01-02T00:00:00Z 1\n2026-11-01T00:00:00Z 2\n2100-01-01T00:00:00Z 3",
    "\na=1 time=1974-01-02T00:00:00Z\na=2 time=2026-11-01T00:00:00Z\na=3 time=2100-01-01T00:00:00Z",
    '\n{"a":1,"time":126316800}\n{"a":2,"time":1793491200}\n{"a":3,"time":4102444800}',
    '[\n{"a":1,"time":126316800},\n{"a":2,"time":1793491200},\n{"a":3,"time":4102444800}]',
  ]) {
    assert.deepEqual(read(text), {
      samples: ["p.a 2026-11-01T00:00:00.000Z"],
      rejected: [`line 2: ${tooOld}`, `line 4: ${tooNew}`],
    });
  }
});

test("time range: both ends belong to it", () => {
  assert.equal(read(`{"a":1,"time":${range.from}}\n{"a":1,"time":${range.to}}`).samples.length, 2);
  assert.equal(
    read(`{"a":1,"time":${range.from - 1}}\n{"a":1,"time":${range.to + 1}}`).samples.length,
    0,
  );
});

test("time range: a row outside is one mistake, however many columns it has", () => {
  assert.deepEqual(read("time,a,b,c\n2100-01-01T00:00:00Z,1,2,3\n2100-01-01T00:00:00Z,1,2,x"), {
    samples: [],
    rejected: [
      `line 2: ${tooNew}`,
      `line 3: ${tooNew}`,
      'line 3: expected a number for "c", found "x"',
    ],
  });
});

test("time range: one JSON object may be inside in part", () => {
  const text = '{"new":{"time":4102444800,"a":1,"b":2},"good":{"time":1793491200,"a":3}}';
  assert.deepEqual(read(text), {
    samples: ["p.good.a 2026-11-01T00:00:00.000Z"],
    rejected: [`line 1: ${tooNew}`],
  });
});

test("time range: samples at our own time are not taken where our clock is before all that is kept", () => {
  const at = (time: number) => blockOf([{ series: "a", time, value: 1 }]);
  const wrong = Date.UTC(1970, 0, 1);
  assert.equal(clockRefusal(at(now), range.from, now), undefined);
  assert.equal(clockRefusal(at(now), range.from, wrong), undefined);
  const { code, message } = clockRefusal(at(wrong), range.from, wrong) ?? {};
  assert.equal(code, "unavailable");
  assert.match(message ?? "", /^cannot append: the server's clock says 1970-01-01T00:00:00Z, and /);
});
