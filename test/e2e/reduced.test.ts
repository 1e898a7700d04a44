import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Change, follow } from "@plotcast/client";
import { defaultOptions, type Server, startServer } from "@plotcast/server";
import { temporaryFolder } from "../plotcast-process.ts";

/* A viewer that was away for longer than the log reaches, at a whole server. */

async function started(t: TestContext): Promise<Server> {
  const server = await startServer({
    ...defaultOptions,
    ...{ port: 0, logLevel: "silent", dataDir: await temporaryFolder(t) },
    // A log that forgets as soon as it may, which is when the store has all it holds.
    ...{ replayMs: 0, maxDiskBytes: 8_000_000 },
  });
  t.after(() => server.close());
  return server;
}

async function log(server: Server): Promise<{ epoch: string; head: number; oldest: number }> {
  return ((await (await fetch(`${server.url}/v1/stats`)).json()) as { log: never }).log;
}

/** Everything up to the end of the history that a viewer is told who comes with a position. */
async function told(server: Server, position: string, px: number): Promise<Change[]> {
  const off = new AbortController();
  const changes: Change[] = [];
  const url = `${server.url}/v1/stream`;
  for await (const change of follow({ url, series: ["a"], position, px, signal: off.signal })) {
    changes.push(change);
    if (change.type === "history" && change.done) off.abort();
  }
  return changes;
}

test("reduced: who was away for longer than the log reaches gets the gap in buckets, and is told so", async (t) => {
  const server = await started(t);
  const start = Date.now() - 3_600_000;
  const put = (from: number, count: number) =>
    server.append(
      Array.from({ length: count }, (_, i) => ({
        ...{ series: "a", time: start + (from + i) * 100 },
        value: from + i === 12_345 ? 1e6 : Math.random(),
      })),
    );
  await put(0, 1);
  const { epoch, head } = await log(server);
  for (let from = 1; from < 36_000; from += 1000) await put(from, 1000);
  // It is asked for what it has: the log drops the past only when the store is through with it.
  for (let tries = 0; (await log(server)).oldest <= head + 1; tries++) {
    assert.ok(tries < 300, "the log has dropped nothing");
    await delay(100);
    await put(36_000 + tries * 1000, 1000);
  }
  const changes = await told(server, `${epoch}-${head}`, 100);
  const reduced = changes.find((change) => change.type === "reduced");
  assert.ok(reduced, changes.map(({ type }) => type).join());
  // What came in the same minute is told again rather than left out.
  assert.ok(reduced.from >= start && reduced.from <= start + 100);
  assert.match(reduced.reason, /older than the log/);
  const histories = changes.filter((change) => change.type === "history");
  assert.ok(histories.every(({ bucketMs }) => bucketMs > 0));
  const points = histories.flatMap(({ columns }) => columns.get("a")?.values ?? []);
  assert.ok(points.includes(1e6), "the one great value is missing");
  assert.equal(
    changes.some(({ type }) => type === "reset"),
    false,
  );
});
