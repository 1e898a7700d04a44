import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { fakeServer } from "./fake-server.ts";

const t = Date.UTC(2026, 0, 31, 12);

async function start(test: TestContext) {
  const backupDir = await mkdtemp(path.join(tmpdir(), "plotcast-"));
  test.after(() => rm(backupDir, { recursive: true }));
  const server = fakeServer({ backupDir, keptFrom: 0 });
  await server.put({ series: "a", time: t, value: 1 }, { series: "a", time: t - 1, value: 1 });
  return { ...server, files: () => readdir(backupDir) };
}

test("stats: what the store keeps, and where the log stands", async (c) => {
  const { get, log } = await start(c);
  const stats = JSON.parse(await (await get("/v1/stats")).text());
  assert.equal(stats.series, 1);
  assert.equal(stats.oldest, t - 1);
  assert.deepEqual(stats.tiers[0], { tier: "samples", rows: 1, samples: 2, bytes: 32, from: 0 });
  assert.deepEqual(stats.log, { epoch: log.epoch, head: 1, oldest: 1 });
});

test("backup: is one file to keep, as long as it says, of which nothing stays here", async (c) => {
  const { app, files } = await start(c);
  for (let again = 0; again < 2; again++) {
    const response = await app.request("/v1/backup", { method: "POST" });
    assert.equal(
      response.headers.get("content-disposition"),
      'attachment; filename="plotcast-2026-01-31.db"',
    );
    const text = await response.text();
    assert.equal(response.headers.get("content-length"), String(text.length));
    assert.match(text, /"series":"a"/);
    assert.deepEqual(await files(), []);
  }
});

test("backup: one at a time; whoever leaves makes room for the next", async (c) => {
  const { app, files } = await start(c);
  const first = await app.request("/v1/backup", { method: "POST" });
  const second = await app.request("/v1/backup", { method: "POST" });
  assert.equal(second.status, 503);
  assert.match(await second.text(), /cannot make a backup: another one is being made/);
  await first.body?.cancel();
  assert.match(await (await app.request("/v1/backup", { method: "POST" })).text(), /"series":"a"/);
  assert.deepEqual(await files(), []);
});

test("backup: one that fails leaves nothing behind, and the next may try", async (c) => {
  const { app, store, files } = await start(c);
  const backup = store.backup.bind(store);
  store.backup = async (file) => {
    await backup(file);
    throw new PlotcastError("storage-full", "cannot write the backup: the disk is full");
  };
  for (let again = 0; again < 2; again++) {
    const response = await app.request("/v1/backup", { method: "POST" });
    assert.equal(response.status, 507);
    assert.deepEqual(await files(), []);
  }
  store.backup = backup;
  assert.match(await (await app.request("/v1/backup", { method: "POST" })).text(), /"series":"a"/);
});
