import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { startServer } from "@plotcast/server";
import { readConfig } from "./config.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { start } from "./start.ts";

test("start: of two servers with the same usual data folder, the second keeps samples in memory", async (t) => {
  const home = mkdtempSync(path.join(os.tmpdir(), "plotcast-start-"));
  t.after(() => rmSync(home, { recursive: true }));
  const env = { PLOTCAST_PORT: "0", XDG_DATA_HOME: home };
  const world = { startServer, findAssetDirs: () => [], openBrowser: () => {} };
  const started = async () => {
    const terminal = fakeTerminal();
    const config = readConfig({ logLevel: "silent" }, "plotcast", { env, platform: "linux" });
    const presentation = { out: terminal.stdout, series: "temp", open: false };
    const server = await start(config, presentation, terminal, world);
    t.after(() => server.close());
    return terminal;
  };

  const first = await started();
  assert.equal(first.said(), "");
  assert.ok(first.printed().includes(`Data   ${home}/plotcast, samples kept`));
  const second = await started();
  assert.match(second.said(), /^plotcast: another plotcast is using .* memory only\n$/);
  assert.match(second.printed(), /Data {3}in memory only/);
});
