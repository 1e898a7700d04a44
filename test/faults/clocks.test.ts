import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Change, follow } from "@plotcast/client";
import { defaultOptions, type Server, startServer } from "@plotcast/server";
import { blockOf } from "../../packages/server/src/log/sample-block.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import { Engine } from "../../packages/server/src/store/engine.ts";
import { temporaryFolder } from "../plotcast-process.ts";

/* What becomes of samples when a clock is wrong: a sender's, or our own. */

const second = 1000;
const minute = 60 * second;
const day = 1440 * minute;
const { keep } = defaultOptions;

async function started(t: TestContext, dataDir: string): Promise<Server> {
  const server = await startServer({ ...defaultOptions, port: 0, dataDir, logLevel: "silent" });
  t.after(() => server.close());
  return server;
}

async function post(server: Server, path: string, body: string) {
  const response = await fetch(`${server.url}${path}`, { method: "POST", body });
  return { status: response.status, said: await response.text() };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** Time and value of every sample of a series, whenever that may be. */
async function samplesOf(server: Server, series: string): Promise<[number, number][]> {
  const query = `series=${series}&raw=1&from=1900-01-01T00:00:00Z&to=2200-01-01T00:00:00Z`;
  const response = await fetch(`${server.url}/v1/history?${query}&format=csv`);
  const lines = (await response.text()).trim().split("\n").slice(1);
  return lines.map((line) => {
    const [time = "", value] = line.split(",");
    return [Date.parse(time), Number(value)];
  });
}

test("clocks: samples from 1970 and from 2100 are told by their lines, the others are kept", async (t) => {
  const server = await started(t, await temporaryFolder(t));
  const now = Date.now();
  const times = [1000, now - minute, Date.UTC(2100, 0, 1), now - 2 * day, now + 30 * second];
  const body = times.map((time, i) => `{"time":"${iso(time)}","temp":${i}}`).join("\n");
  const { status, said } = await post(server, "/v1/samples", body);
  assert.equal(status, 400);
  const told =
    /^line 1: expected a time within what is kept \(since (.+)\), found 1970-01-01T00:00:01Z\nline 3: expected a time at most a year ahead of the server's clock \((.+)\), found 2100-01-01T00:00:00Z; is a clock wrong\?\n/;
  assert.match(said, told);
  const [, since = "", clock = ""] = told.exec(said)!;
  assert.ok(Math.abs(Date.parse(since) - (now - keep.samplesMs)) <= 2 * minute, said);
  assert.ok(Math.abs(Date.parse(clock) - now) <= minute, said);
  assert.deepEqual(await samplesOf(server, "temp"), [
    [times[3], 3],
    [times[1], 1],
    [times[4], 4],
  ]);
});

test("clocks: programs that hand samples over are told as well, and none of theirs is taken", async (t) => {
  const server = await started(t, await temporaryFolder(t));
  for (const time of [1000, Date.UTC(2100, 0, 1)]) {
    const samples = [Date.now(), time].map((time) => ({ series: "temp", time, value: 1 }));
    await assert.rejects(server.append(samples), {
      code: "bad-input",
      message: /^cannot append sample 1: expected a time /,
    });
  }
  assert.deepEqual(await samplesOf(server, "temp"), []);
});

test("clocks: a sender's clock may be ahead; who joins later sees its samples too", async (t) => {
  const server = await started(t, await temporaryFolder(t));
  const now = Date.now();
  const times = [now - second, now + 5 * second, now + 90 * minute, now + 300 * day];
  for (const [value, time] of times.entries()) {
    const { status, said } = await post(
      server,
      "/v1/samples",
      `{"time":"${iso(time)}","temp":${value}}`,
    );
    assert.equal(status, 204, said);
  }
  const off = new AbortController();
  const found: Change[] = [];
  const url = `${server.url}/v1/stream?series=temp&span=1m`;
  for await (const change of follow({ url, signal: off.signal })) {
    found.push(change);
    if (change.type === "history" && change.done) break;
  }
  const history = found.flatMap((change) => (change.type === "history" ? [change.columns] : []));
  const values = history.flatMap((columns) => columns.get("temp")?.values ?? []);
  assert.deepEqual(values, [0, 1, 2, 3]);
});

/** A folder in which a server ran whose clock was so far ahead of ours: it has since been set back. */
async function folderFromAhead(t: TestContext, aheadMs: number) {
  const dir = join(await temporaryFolder(t), "data");
  const now = () => Date.now() + aheadMs;
  const log = await openSqliteLog(dir, { keepMs: defaultOptions.replayMs, maxBytes: 1e9, now });
  const engine = new Engine({ dir, keep, maxBytes: 1e9, now });
  engine.begin(log.epoch, log.head);
  engine.name(1, ["temp"]);
  log.follow((batch) => engine.apply(batch, false), t.signal);
  const samples = Array.from({ length: 3000 }, (_, i) => {
    return { series: "temp", time: Math.floor(now()) - i * second, value: i };
  });
  for (let i = 0; i < samples.length; i += 500)
    await log.append(blockOf(samples.slice(i, i + 500)));
  // Some are in chunks when it ends, and others only in the log.
  while (engine.sealDue(second));
  await log.append(
    blockOf(samples.slice(0, 5).map((sample) => ({ ...sample, time: sample.time + 0.5 }))),
  );
  while (engine.retain());
  engine.close();
  await log.close();
  return { dir, lastTime: samples[0]!.time };
}

for (const [what, aheadMs] of [
  ["a day", day],
  ["a year", 365 * day],
] as const) {
  test(`clocks: our own set back by ${what} loses nothing, and nothing is taken and then dropped`, async (t) => {
    const { dir, lastTime } = await folderFromAhead(t, aheadMs);
    for (let start = 0; start < 2; start++) {
      const server = await started(t, dir);
      const values = (await samplesOf(server, "temp")).map(([, value]) => value);
      assert.equal(values.filter((value) => value < 3000).length, 3005, `start ${start}`);
      // Who has the right time is taken at it.
      const right = `{"time":"${iso(lastTime + minute * (start + 1))}","temp":${5000 + start}}`;
      assert.deepEqual(await post(server, "/v1/samples", right), { status: 204, said: "" });
      // Who has none gets ours, which is wrong: it is taken, or it is told that it is not.
      const { status, said } = await post(server, "/temp", `${6000 + start}`);
      if (aheadMs < keep.samplesMs) assert.equal(status, 204, said);
      else {
        assert.equal(status, 503);
        assert.match(
          said,
          /^cannot append: the server's clock says .+, and what is kept begins at /,
        );
      }
      const now = (await samplesOf(server, "temp")).map(([, value]) => value);
      assert.ok(now.includes(5000 + start));
      assert.equal(now.includes(6000 + start), status === 204);
      await server.close();
    }
  });
}

test("clocks: set back, we never claim to know what was missed where we have forgotten some of it", (t) => {
  const noon = Date.UTC(2026, 0, 31, 12);
  let now = noon;
  const engine = new Engine({
    dir: undefined,
    keep: { ...keep, samplesMs: day },
    maxBytes: 1e9,
    now: () => now,
  });
  t.after(() => engine.close());
  engine.begin("one", 0);
  engine.name(1, ["a"]);
  const arrive = (offset: number, at: number) =>
    engine.apply(
      {
        offset,
        at,
        ids: Uint32Array.of(1),
        times: Float64Array.of(noon),
        values: Float64Array.of(1),
      },
      false,
    );
  arrive(1, noon);
  while (engine.sealDue(second, true));
  arrive(2, noon - 10 * minute);
  while (engine.sealDue(second, true));
  now = noon + day - minute;
  while (engine.retain());
  assert.equal(engine.arrivals.earliestSince(1), undefined);
  now = noon + day + 2 * minute;
  while (engine.retain());
  assert.equal(engine.arrivals.earliestSince(1), undefined);
});
