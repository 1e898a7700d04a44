import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSelection } from "@plotcast/protocol";
import { Fanout } from "../hub/fanout.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { LogStore } from "../store/log-store.ts";
import { historyCsv, historyJson, readHistory } from "./history.ts";

const t = Date.UTC(2026, 0, 31, 12);

async function read(px?: number) {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  await log.append([
    { series: "a", time: t, value: 0.1 },
    { series: 'b{c="x,y"}', time: t + 0.25, value: -0 },
    { series: "a", time: t + 1, value: null },
    { series: "a", time: t, value: 0.30000000000000004 },
    { series: "a", time: t + 2000, value: 7 },
  ]);
  const parts = { log, hub: new Fanout(log.head), store: new LogStore(log) };
  const selection = parseSelection(["*"]);
  return readHistory({ selection, from: t, to: t + 1000, px }, parts);
}

test("history: as JSON every number reads back exactly", async () => {
  const json = historyJson(await read(), { from: t, to: t + 1000 });
  assert.deepEqual(JSON.parse(json), {
    from: t,
    to: t + 1000,
    series: [
      { series: "a", bucketMs: 0, times: [t, t + 1], values: [0.30000000000000004, null] },
      { series: 'b{c="x,y"}', bucketMs: 0, times: [t + 0.25], values: [-0] },
    ],
  });
});

test("history: as CSV a line per time and a column per series", async () => {
  assert.equal(
    historyCsv(await read()),
    [
      'time,a,"b{c=""x,y""}"',
      "2026-01-31T12:00:00.000Z,0.30000000000000004,",
      "2026-01-31T12:00:00.000250Z,,-0",
      "2026-01-31T12:00:00.001Z,,",
      "",
    ].join("\n"),
  );
});

test("history: a table of mostly empty cells is refused, and says what to do instead", () => {
  const column = (series: number) => ({
    times: Array.from({ length: 30 }, (_, i) => series * 30 + i),
  });
  const history = new Map(
    Array.from({ length: 500 }, (_, series) => {
      const { times } = column(series);
      return [`s${series}`, { times, values: times }];
    }),
  );
  assert.throws(() => historyCsv(history), { code: "too-large" });
});

test("history: of nothing is a header and nothing more", () => {
  assert.equal(historyCsv(new Map()), "time\n");
  assert.equal(historyJson(new Map(), { from: 1, to: 2 }), '{"from":1,"to":2,"series":[]}\n');
});

test("history: px thins what does not fit, and says how wide its buckets are", async () => {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  await log.append(Array.from({ length: 100 }, (_, i) => ({ series: "a", time: t + i, value: i })));
  const parts = { log, hub: new Fanout(log.head), store: new LogStore(log) };
  const query = { selection: parseSelection(["a"]), from: t, to: t + 99, px: 10 };
  const history = (await readHistory(query, parts)).get("a");
  assert.equal(history?.bucketMs, 10);
  assert.equal(history?.times.length, 20);
  assert.deepEqual([history?.values[0], history?.values.at(-1)], [0, 99]);
});
