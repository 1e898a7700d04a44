import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, type Frame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Columns } from "./sample.ts";

/** What a viewer gets: the fields of the one event, by the line breaks of the SSE specification. */
function roundTrip(frame: Frame): Frame | undefined {
  const lines = encodeFrame(frame, "e-1").split(/\r\n|\r|\n/);
  assert.deepEqual(lines.splice(-2), ["", ""]);
  const fields = new Map(lines.map((line) => line.split(/: (.*)/s) as [string, string]));
  assert.equal(fields.size, lines.length, "each field once");
  assert.equal(fields.get("id"), "e-1");
  return decodeFrame(fields.get("event")!, fields.get("data")!);
}

function decodeFrame(event: string, data: string): Frame | undefined {
  return new FrameReader().read(event, data);
}

const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });
const decimal = fc.tuple(fc.maxSafeInteger(), fc.nat(9)).map(([whole, e]) => whole / 10 ** e);
const time = fc.oneof(
  fc.integer({ min: -62e9, max: 4e12 }),
  fc.integer({ min: 0, max: 4e15 }).map((micros) => micros / 1000),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
);
const columns: fc.Arbitrary<Columns> = fc
  .array(fc.tuple(time, fc.oneof(value, decimal)))
  .map((rows) => ({ times: rows.map(([t]) => t), values: rows.map(([, v]) => v) }));
const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\n", "\r\ndata: x", "🌡️", "</script>", "\u2028", "a\\b"),
);

/** Series without samples do not travel. */
function filled(map: ReadonlyMap<number, Columns>): Map<number, Columns> {
  return new Map([...map].filter(([, { times }]) => times.length > 0));
}

function byId(map: ReadonlyMap<number, Columns>): [number, Columns][] {
  return [...map].sort(([a], [b]) => a - b);
}

test("frame: every float64, every order of times and any name come back as they were", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 1e6 }), columns), {
        selector: ([id]) => id,
      }),
      fc.array(name),
      (rows, names) => {
        const series = names.map((text, id) => ({ id, series: text }));
        const frame = { type: "samples", prev: "e-0", series, columns: new Map(rows) } as const;
        const back = roundTrip(frame);
        assert.ok(back?.type === "samples");
        assert.deepStrictEqual(back.series, series);
        assert.deepStrictEqual(byId(back.columns), byId(filled(frame.columns)));
      },
    ),
    { numRuns: 500 },
  );
});

test("frame: series sampled together share one block of small numbers", () => {
  const tick = (v: number) => ({ times: [1_700_000_000_000], values: [v] });
  const columns = new Map([1, 2, 3, 9].map((id) => [id, tick(100 + id / 100)]));
  const text = encodeFrame({ type: "samples", prev: "e-0", series: [], columns });
  assert.match(
    text,
    /"blocks":\[\{"ids":\[1,3,9,1\],"times":\[0,1700000000000\],"values":\[2,10001,10002,10003,10009\]\}\]/,
  );
});

test("frame: negative zero, the smallest and the largest number survive", () => {
  const values = [-0, 0, 5e-324, Number.MAX_VALUE, 2 ** 53, -(2 ** 53), 0.1 + 0.2, null];
  const times = values.map((_, i) => i);
  const back = roundTrip({
    type: "history",
    from: 0,
    to: 9,
    bucketMs: 0,
    done: true,
    series: [],
    columns: new Map([[7, { times, values }]]),
  });
  assert.ok(back?.type === "history");
  assert.deepStrictEqual(back.columns.get(7), { times, values });
});

test("frame: negative zero survives among whole numbers", () => {
  for (const values of [[-0], [1, -0], [-0, 0, null, 2.5]]) {
    const columns = new Map([[1, { times: values.map((_, i) => i), values }]]);
    const back = roundTrip({ type: "samples", prev: "e-0", series: [], columns });
    assert.ok(back?.type === "samples");
    assert.deepStrictEqual(back.columns, columns);
  }
});

test("frame: hello, gap and bye come back as they were", () => {
  const frames: Frame[] = [
    {
      type: "hello",
      version: 1,
      epoch: "e",
      position: "e-4",
      recovery: "reset",
      missed: { after: "garbage\u2028", reason: "not a position" },
      serverTime: 1.5,
      heartbeatMs: 15_000,
      series: [{ id: 1, series: 'cpu{host="a"}', unit: "%", kind: "gauge", decimals: 1 }],
    },
    {
      type: "hello",
      version: 1,
      epoch: "e",
      position: "e-4",
      recovery: "reduced",
      missed: { after: "e-1", reason: "trimmed" },
      reduced: { from: 1.25, to: 9 },
      serverTime: 1.5,
      heartbeatMs: 15_000,
      series: [],
    },
    { type: "gap", from: "e-1", to: "e-9", reason: "trimmed" },
    { type: "bye", reason: "restart", retryMs: 1234 },
  ];
  for (const frame of frames) assert.deepStrictEqual(roundTrip(frame), frame);
});

test("frame: a field that later versions may add does not change what a frame is", () => {
  assert.equal(decodeFrame("gap", '{"type":"hello","from":"a","to":"b"}')?.type, "gap");
  assert.equal(decodeFrame("samples", '{"type":"x","prev":"a","blocks":[]}')?.type, "samples");
});

test("frame: an unknown event is skipped, a broken one is told", () => {
  assert.equal(decodeFrame("later-version", "{}"), undefined);
  const broken = [
    "",
    "1",
    "null",
    "{",
    "{}",
    '{"blocks":{}}',
    '{"blocks":[{}]}',
    '{"blocks":[{"ids":[1,1],"times":[0,1],"values":[0,1,2]}]}',
    '{"blocks":[{"ids":[1,1],"times":[0,null],"values":[0,1]}]}',
    '{"blocks":[{"ids":[1,1],"times":[0,1],"values":[77,1]}]}',
    '{"blocks":[{"ids":[1],"times":[0,1],"values":[0,1]}]}',
    '{"blocks":[{"ids":[1,1e15],"times":[0,1],"values":[0,1]}]}',
    '{"blocks":[{"ids":[9007199254740992,2],"times":[0,1],"values":[0,1,1]}]}',
    '{"blocks":[{"ids":[1,-1],"times":[0,1],"values":[0]}]}',
    '{"blocks":[null]}',
    '{"blocks":["x"]}',
  ];
  for (const data of broken) {
    assert.throws(() => decodeFrame("samples", data), { code: "bad-input" }, data);
  }
});
