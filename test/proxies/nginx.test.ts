import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { follow } from "@plotcast/client";
import { freePort, runPlotcast, temporaryFolder } from "../plotcast-process.ts";
import { requireTool } from "../tools.ts";
import { runNginx } from "./nginx.ts";

/** When each value arrived, by value. */
async function arrivals(
  url: string,
  count: number,
  joined: () => void,
): Promise<Map<number, number>> {
  const at = new Map<number, number>();
  const off = new AbortController();
  let isLive = false;
  for await (const change of follow({ url, signal: off.signal })) {
    if (change.type === "status" && change.status.state === "live" && !isLive) {
      isLive = true;
      joined();
    }
    if (change.type !== "samples") continue;
    for (const { values } of change.columns.values()) {
      for (const value of values) at.set(value!, performance.now());
    }
    if (at.size >= count) break;
  }
  return at;
}

test("nginx: through a plain proxy_pass each sample comes within 50 ms of its direct arrival", async (t) => {
  const nginx = requireTool(t, "nginx");
  if (!nginx) return;
  const { url } = await runPlotcast(t, ["--port", "0", "--no-persist", "--log-level", "silent"]);
  const proxied = await runNginx(t, nginx, url);
  for (const path of ["/v1/stream?series=temp", "/chart-data?series=temp"]) {
    let viewers = 0;
    const joined = () => viewers++;
    const both = [url, proxied].map((base) => arrivals(base + path, 20, joined));
    while (viewers < 2) await delay(5);
    // The plain form has no hello: give its viewers the time of one round trip to join.
    await delay(100);
    for (let value = 0; value < 20; value++) {
      await fetch(`${proxied}/temp`, { method: "POST", body: String(value) });
      await delay(30);
    }
    const [direct, through] = (await Promise.all(both)) as [
      Map<number, number>,
      Map<number, number>,
    ];
    const late = direct.entries().map(([value, at]) => through.get(value)! - at);
    const worst = Math.max(...late);
    t.diagnostic(`${path}: at most ${worst.toFixed(1)} ms after the direct arrival`);
    assert.ok(worst < 50, `${path}: ${worst} ms late`);
  }
});

test("nginx: while the server restarts its viewers wait, and then go on where they were", async (t) => {
  const nginx = requireTool(t, "nginx");
  if (!nginx) return;
  const port = await freePort();
  const data = await temporaryFolder(t);
  const args = ["--port", String(port), "--data", data, "--log-level", "silent"];
  const first = await runPlotcast(t, args);
  const proxied = await runNginx(t, nginx, first.url);
  const post = (value: number) => fetch(`${first.url}/temp`, { method: "POST", body: `${value}` });

  const off = new AbortController();
  const seen: number[] = [];
  const reasons: string[] = [];
  let restarted = false;
  const environment = { random: () => 0.1 };
  const url = `${proxied}/v1/stream?series=temp`;
  for await (const change of follow({ url, signal: off.signal, environment })) {
    if (change.type === "status" && change.status.state === "waiting") {
      reasons.push(change.status.reason);
    }
    if (change.type === "history" && change.done) await post(1);
    if (change.type !== "samples") continue;
    for (const { values } of change.columns.values()) seen.push(...(values as number[]));
    if (!restarted) {
      restarted = true;
      await first.stop("SIGTERM");
      setTimeout(async () => {
        await runPlotcast(t, args);
        await post(2);
      }, 500);
    }
    if (seen.at(-1) === 2) break;
  }
  assert.deepEqual(seen, [1, 2]);
  assert.ok(reasons.length > 0);
  t.diagnostic(`it waited because: ${reasons.join("; ")}`);
});
