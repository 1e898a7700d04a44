import assert from "node:assert/strict";
import { test } from "node:test";
import { PlainDelivery } from "./plain-delivery.ts";

const now = 1_700_000_000_000;

/** Times and values per series, of events given as [data, arrival after now]. */
function told(...events: [unknown, number][]) {
  const plain = new PlainDelivery();
  const all: Record<string, [number, number | null][]> = {};
  for (const [data, after] of events) {
    for (const change of plain.accept({ data: JSON.stringify(data) }, now + after)) {
      if (change.type !== "samples") continue;
      for (const [series, { times, values }] of change.columns) {
        all[series] ??= [];
        all[series].push(...times.map((t, i) => [t - now, values[i]!] as [number, number | null]));
      }
    }
  }
  return all;
}

function notices(plain: PlainDelivery, event: string | undefined, ...data: string[]) {
  const given = data.flatMap((text) =>
    plain.accept({ ...(event === undefined ? {} : { event }), data: text }, now),
  );
  return given.flatMap((c) => (c.type === "notice" ? [`${c.code} ${c.count}: ${c.message}`] : []));
}

test("plain delivery: a series is introduced before its first sample, once", () => {
  const plain = new PlainDelivery();
  const first = plain.accept({ data: `{"ts":${now},"a":1}`, id: "7" }, now);
  assert.deepEqual(first, [
    { type: "series", series: [{ id: 1, series: "a" }] },
    { type: "samples", columns: new Map([["a", { times: [now], values: [1] }]]), position: "7" },
  ]);
  const second = plain.accept({ data: `{"ts":${now + 1},"a":2,"b":3}` }, now);
  assert.deepEqual(second[0], { type: "series", series: [{ id: 2, series: "b" }] });
  assert.equal(plain.accept({ data: `{"ts":${now + 2},"a":2,"b":3}` }, now).length, 1);
});

test("plain delivery: samples of one second are spread by their arrival, inside that second", () => {
  const at = { ts: now / 1000 };
  const events: [unknown, number][] = [0, 250, 500, 5000].map((ms, i) => [
    { ...at, v: i },
    ms + 80,
  ]);
  assert.deepEqual(told(...events), {
    v: [
      [0, 0],
      [250, 1],
      [500, 2],
      [999.9990234375, 3],
    ],
  });
});

test("plain delivery: samples of one second that arrive together keep their order", () => {
  const rows = [1, 2, 3].map((v) => ({ ts: now / 1000, v }));
  const times = told([rows, 0], [rows, 0]).v!.map(([t]) => t);
  assert.equal(times.length, 6);
  for (let i = 1; i < times.length; i++) assert.ok(times[i]! > times[i - 1]!, `${times}`);
});

test("plain delivery: equal times with fractions are the same sample", () => {
  assert.deepEqual(told([{ ts: now + 1, v: 1 }, 0], [{ ts: now + 1, v: 2 }, 300]), {
    v: [
      [1, 1],
      [1, 2],
    ],
  });
});

test("plain delivery: without a time it is the time of arrival, which is said", () => {
  assert.deepEqual(told([1, 0], [2, 40]).value, [
    [0, 1],
    [40, 2],
  ]);
  const plain = new PlainDelivery();
  assert.match(notices(plain, undefined, "1")[0]!, /^time-missing 1: no time is sent/);
  assert.match(
    notices(plain, undefined, '{"time":"soon","v":1}')[0]!,
    /^time-unreadable 1: expected a time, found "soon"/,
  );
});

test("plain delivery: what cannot be used is counted, and said at 1, 10, 100", () => {
  const plain = new PlainDelivery();
  const said = notices(plain, undefined, ...Array(101).fill("hello"));
  assert.deepEqual(
    said,
    [1, 10, 100].map((n) => `not-json ${n}: expected JSON, found "hello"`),
  );
  assert.deepEqual(notices(plain, undefined, '{"a":"b"}'), [
    'no-numbers 1: expected a number somewhere, found "{\\"a\\":\\"b\\"}"',
  ]);
  assert.ok(notices(plain, undefined, ...Array(9).fill("x".repeat(1e6))).join().length < 200);
});

test("plain delivery: a signal with a name and no number is not for us", () => {
  assert.deepEqual(notices(new PlainDelivery(), "ping", "", "{}", "hello"), []);
});

test("plain delivery: null makes no series, but a sample in one that is there", () => {
  assert.deepEqual(told([{ ts: now, a: null, b: 1 }, 0], [{ ts: now + 1, b: null }, 0]), {
    b: [
      [0, 1],
      [1, null],
    ],
  });
});

test("plain delivery: names that no series can have are made fit", () => {
  const data = { 'a{"': 1, 'cpu{b="2",a="1"}': 2, [`${"😀".repeat(150)}`]: 3 };
  const [bad, labelled, long] = Object.keys(told([data, 0]));
  assert.deepEqual([bad, labelled], ["a__", 'cpu{a="1",b="2"}']);
  assert.ok(long!.length <= 200 && long!.isWellFormed());
});

test("plain delivery: series beyond a thousand are left out, which is said", () => {
  const data = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`s${i}`, i]));
  const plain = new PlainDelivery();
  const changes = plain.accept({ data: JSON.stringify(data) }, now);
  const samples = changes.find((change) => change.type === "samples");
  assert.equal(samples?.columns.size, 1000);
  assert.match(JSON.stringify(changes), /too-many-series/);
});
