import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { healthRoutes } from "./health.ts";

/** A server of which the test says how it is. */
function server() {
  const state = { draining: false, takes: async () => {} };
  const limits: (() => void)[] = [];
  const app = healthRoutes({
    draining: () => state.draining,
    takes: () => state.takes(),
    later: () => new Promise<void>((resolve) => limits.push(resolve)),
  });
  const get = async (path: string, method = "GET") => {
    const response = await app.request(path, { method });
    assert.equal(response.headers.get("cache-control"), "no-store");
    return [response.status, await response.text()];
  };
  return { state, get, limits };
}

test("health: a server that takes samples is alive and ready", async () => {
  const { get } = server();
  assert.deepEqual(await get("/healthz"), [200, "ok\n"]);
  assert.deepEqual(await get("/readyz"), [200, "ready\n"]);
  assert.deepEqual(await get("/readyz", "HEAD"), [200, ""]);
});

test("health: one that is about to end is alive and not ready", async () => {
  const { state, get } = server();
  state.draining = true;
  assert.deepEqual(await get("/healthz"), [200, "ok\n"]);
  assert.deepEqual(await get("/readyz"), [503, "not ready: the server is about to end\n"]);
});

test("health: whatever keeps samples out is named, and nothing that is secret", async () => {
  const { state, get } = server();
  const failing = async (error: Error) => {
    state.takes = async () => {
      throw error;
    };
    return await get("/readyz");
  };
  const secret = 'only 3 MB are free on the disk of "/home/ada"';
  assert.deepEqual(await failing(new PlotcastError("storage-full", secret)), [
    503,
    "not ready: the disk is full\n",
  ]);
  assert.deepEqual(await failing(new PlotcastError("closed", secret)), [
    503,
    "not ready: the server is about to end\n",
  ]);
  const unknown = [503, "not ready: samples cannot be stored; see the server's log\n"];
  assert.deepEqual(await failing(new PlotcastError("unavailable", secret)), unknown);
  assert.deepEqual(await failing(new Error(secret)), unknown);
  state.takes = async () => {};
  assert.deepEqual(await get("/readyz"), [200, "ready\n"]);
});

test("health: a store that makes senders wait is told after a while, however many ask", async () => {
  const { state, get, limits } = server();
  let asked = 0;
  state.takes = () => {
    asked++;
    return new Promise(() => {});
  };
  const answers = Promise.all([get("/readyz"), get("/readyz")]);
  await new Promise((resolve) => setImmediate(resolve));
  for (const pass of limits) pass();
  const behind = [503, "not ready: the history is far behind the samples\n"];
  assert.deepEqual(await answers, [behind, behind]);
  assert.equal(asked, 1);
});
