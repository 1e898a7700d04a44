import assert from "node:assert/strict";
import { test } from "node:test";
import type { Guess, PlainOptions } from "./index.ts";
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
  const guess = { from: "guessed" } as const;
  const guesses = [
    { what: "time field", found: "ts", ...guess, attribute: "time-field" },
    { what: "time format", found: "unix-ms", ...guess, attribute: "time-format" },
    { what: "value fields", found: "a", ...guess, attribute: "fields" },
  ];
  assert.deepEqual(first, [
    { type: "series", series: [{ id: 1, series: "a" }] },
    { type: "guesses", guesses },
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

/** What is guessed after these events, shortly. */
function guesses(options: PlainOptions, ...events: [unknown, string?][]): string[][] {
  const plain = new PlainDelivery(options);
  const short = ({ what, found, from }: Guess) => `${what}: ${found} (${from})`;
  return events.flatMap(([data, event]) =>
    plain
      .accept({ data: JSON.stringify(data), ...(event === undefined ? {} : { event }) }, now)
      .flatMap((change) => (change.type === "guesses" ? [change.guesses.map(short)] : [])),
  );
}

test("plain delivery: what is guessed is told with the first samples, and again when it is more", () => {
  const first = { ts: now / 1000, temp_c: 1 };
  const told = guesses({}, [first], [first], [{ a: 1 }, "cpu"], [first], [{ a: 2 }, "cpu"]);
  const more = [
    "time field: ts, none (guessed)",
    "time format: unix-s, arrival (guessed)",
    "value fields: temp_c, cpu.a (guessed)",
    "events: message, cpu (guessed)",
    "unit: °C (temp_c) (guessed)",
  ];
  const few = [
    "time field: ts (guessed)",
    "time format: unix-s (guessed)",
    "value fields: temp_c (guessed)",
    "unit: °C (temp_c) (guessed)",
  ];
  assert.deepEqual(told, [few, more]);
});

test("plain delivery: what was told is not called guessed, and a zone only where one is needed", () => {
  const event = { at: "2026-03-04 05:06:07", temp: 1, id: 2 };
  const options = {
    timeField: "at",
    timeFormat: "iso",
    zone: "Asia/Tokyo",
    fields: ["temp"],
  } as const;
  const told = [
    "time field: at",
    "time format: iso",
    "time zone: Asia/Tokyo",
    "value fields: temp",
  ];
  assert.deepEqual(guesses(options, [event]), [told.map((text) => `${text} (told)`)]);
  const [guessed] = guesses({}, [{ ...event, at: undefined, time: event.at }]);
  assert.match(guessed![2]!, /^time zone: .+ \(guessed\)$/);
});

test("plain delivery: what is guessed stays short, whatever the endpoint calls its fields", () => {
  const data = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`${i}`.repeat(60), i]));
  const [list] = guesses({}, [data, "e".repeat(1e5)]);
  assert.ok(list!.join("").length < 1000, list!.join());
  assert.match(list![2]!, /, 894 more/);
  const events = Array.from({ length: 99 }, (_, i): [unknown, string] => [
    { [`f${i}`]: 1 },
    `e${i}`,
  ]);
  const last = guesses({}, ...events).at(-1);
  assert.match(last!.at(-1)!, /^events: e0, e1, e2, e3, e4, e5 \(guessed\)$/);
});

test("plain delivery: only the events that were told count", () => {
  const plain = new PlainDelivery({ events: ["cpu"] });
  assert.deepEqual(plain.accept({ data: "1" }, now), []);
  assert.deepEqual(plain.accept({ data: "hello", event: "ping" }, now), []);
  const changes = plain.accept({ data: "2", event: "cpu" }, now);
  assert.ok(changes.some(({ type }) => type === "samples"));
  assert.ok(new PlainDelivery({ events: ["message"] }).accept({ data: "1" }, now).length > 0);
});

test("plain delivery: how coarse times are is told with the samples; those of arrival are none", () => {
  const steps = (data: unknown, options: PlainOptions = {}) =>
    new PlainDelivery(options)
      .accept({ data: JSON.stringify(data) }, now)
      .flatMap((change) => (change.type === "samples" ? [change.stepMs] : []));
  assert.deepEqual(steps({ ts: now, v: 1 }), [undefined]);
  assert.deepEqual(steps({ ts: now / 1000, v: 1 }), [1000]);
  assert.deepEqual(steps({ v: 1 }), [Number.POSITIVE_INFINITY]);
  assert.deepEqual(steps({ ts: now, v: 1 }, { timeFormat: "arrival" }), [Number.POSITIVE_INFINITY]);
});

test("plain delivery: times of arrival that were asked for need no notice, other failures do", () => {
  const said = (options: PlainOptions, ...data: string[]) =>
    notices(new PlainDelivery(options), undefined, ...data);
  assert.deepEqual(said({ timeFormat: "arrival" }, '{"ts":1,"v":1}'), []);
  assert.deepEqual(said({ timeField: "at" }, '{"ts":1,"v":1}'), [
    'time-missing 1: no time is sent in "at": the time of arrival is taken',
  ]);
  assert.deepEqual(said({ timeFormat: "iso" }, `{"ts":${now},"v":1}`), [
    `time-unreadable 1: expected a time as iso, found "${now}": the time of arrival is taken`,
  ]);
  assert.deepEqual(said({ fields: ["temp", "hum"] }, '{"v":1}'), [
    'no-numbers 1: expected a number in "temp, hum", found "{\\"v\\":1}"',
  ]);
});

test("plain delivery: a table with the newest on top is told by time", () => {
  const rows = [3, 1, 2].map((n) => ({ ts: now + n, v: n }));
  assert.deepEqual(told([rows, 0]).v, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test("plain delivery: of polled answers only what is new is told, or has another value", () => {
  const plain = new PlainDelivery({}, true);
  const poll = (rows: unknown, after = 0) =>
    plain.accept({ data: JSON.stringify(rows) }, now + after).flatMap((change) => {
      if (change.type !== "samples") return [];
      return [...change.columns].map(([series, { times, values }]) => [
        series,
        ...times.map((t, i) => [t - now, values[i]]),
      ]);
    });
  const row = (at: number, v: number) => ({ ts: now + at, v });
  assert.deepEqual(poll([row(0, 1), row(1, 2)]), [["v", [0, 1], [1, 2]]]);
  assert.deepEqual(poll([row(0, 1), row(1, 2)]), []);
  assert.deepEqual(poll([row(1, 2), row(2, 3)]), [["v", [2, 3]]]);
  assert.deepEqual(poll([row(1, 2), row(2, 4)]), [["v", [2, 4]]]);
  const second = { ts: now / 1000 };
  const coarse = [
    { ...second, w: 1 },
    { ...second, w: 2 },
  ];
  assert.deepEqual(poll(coarse), [["w", [0, 1], [0.0009765625, 2]]]);
  assert.deepEqual(poll(coarse, 700), []);
  assert.deepEqual(poll({ x: 5 }, 10), [["x", [10, 5]]]);
  assert.deepEqual(poll({ x: 5 }, 20), [["x", [20, 5]]], "without a time each answer is a sample");
});
