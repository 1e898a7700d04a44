import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { type Change, follow } from "@plotcast/client";
import { eventually } from "../ink.ts";
import { type RunningPlotcast, runPlotcast } from "../plotcast-process.ts";

/** Large enough for a reserve that can be met, small enough to be filled in a moment. */
const diskMebibytes = 96;
const perPost = 500;
const patienceMs = 10_000;

/** A disk of its own; undefined where we may not mount one. */
function smallDisk(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), "plotcast-disk-"));
  try {
    const options = ["-t", "tmpfs", "-o", `size=${diskMebibytes}m`, "none", folder];
    execFileSync("mount", options, { stdio: "pipe" });
  } catch (error) {
    rmdirSync(folder);
    t.skip(`NOT TESTED: no small disk can be mounted here: ${error}`);
    return undefined;
  }
  t.after(() => {
    execFileSync("umount", ["-l", folder]);
    rmdirSync(folder);
  });
  const ballast = (name: string) => path.join(folder, name);
  return {
    data: path.join(folder, "data"),
    /** Leaves so many bytes to everyone else; 0: none. */
    fill(name: string, leave: number) {
      const { bavail, bsize } = statfsSync(folder);
      const bytes = bavail * bsize - leave;
      if (bytes > 0) writeFileSync(ballast(name), Buffer.alloc(bytes));
    },
    free(name: string) {
      rmSync(ballast(name));
    },
  };
}

/** Sends values that count up, and remembers which of them were acknowledged. */
class Sender {
  readonly #began = Date.now();
  readonly acknowledged: number[] = [];
  sent = 0;

  /** Resolves to the status and the sentence. */
  async post(server: RunningPlotcast): Promise<{ status: number; said: string }> {
    const values = Array.from({ length: perPost }, () => this.sent++);
    const body = values.map((value) => `{"time":${this.#began + value},"n":${value}}\n`).join("");
    const response = await fetch(`${server.url}/v1/samples`, { method: "POST", body });
    const said = await response.text();
    if (response.status === 204) this.acknowledged.push(...values);
    return { status: response.status, said };
  }

  /** All that was acknowledged is there, once; the rest of it may have been on its way. */
  async check(server: RunningPlotcast): Promise<void> {
    const to = this.#began + this.sent;
    const query = `series=n&raw=1&format=csv&from=${this.#began}&to=${to}`;
    const response = await fetch(`${server.url}/v1/history?${query}`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const values = text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[1]));
    const found = new Set(values);
    assert.equal(found.size, values.length, "none is there twice");
    assert.deepEqual(
      this.acknowledged.filter((value) => !found.has(value)),
      [],
      "none is lost",
    );
    assert.ok(values.every((value) => value < this.sent));
  }
}

/** A viewer that must never be cut, and what it has seen. */
function watch(t: TestContext, server: RunningPlotcast) {
  const off = new AbortController();
  t.after(() => off.abort());
  const seen = { last: -1, ended: "" };
  const url = `${server.url}/v1/stream`;
  const listen = async () => {
    const changes: AsyncIterable<Change> = follow({ url, series: ["n"], signal: off.signal });
    for await (const change of changes) {
      if (
        change.type === "status" &&
        !["connecting", "live", "ended"].includes(change.status.state)
      )
        seen.ended = JSON.stringify(change);
      if (change.type !== "samples") continue;
      seen.last = Math.max(seen.last, ...(change.columns.get("n")?.values ?? []).map(Number));
    }
  };
  void listen();
  return seen;
}

test("full disk: senders are told early, viewers notice nothing, and it ends by itself", async (t) => {
  const disk = smallDisk(t);
  if (!disk) return;
  const args = ["--data", disk.data, "--log-level", "silent"];
  const server = await runPlotcast(t, ["--port", "0", ...args]);
  const sender = new Sender();
  const viewer = watch(t, server);
  for (let i = 0; i < 10; i++) assert.equal((await sender.post(server)).status, 204);
  await eventually("the viewer to see it", async () => viewer.last === sender.sent - 1);

  const told = async (what: string, sentence: RegExp) =>
    await eventually(
      `senders to be told that ${what}`,
      async () => {
        const { status, said } = await sender.post(server);
        if (status !== 204) assert.equal(status, 507, said);
        return sentence.test(said);
      },
      patienceMs,
    );
  const readsGoOn = async () => {
    await sender.check(server);
    const stream = await fetch(`${server.url}/v1/stream?series=n`);
    const reader = stream.body!.getReader();
    const { value } = await reader.read();
    assert.match(Buffer.from(value!).toString(), /^(:|retry:|event: hello)/);
    await reader.cancel();
    assert.equal(viewer.ended, "");
  };

  disk.fill("much", 500_000);
  await told(
    "little is left",
    /^cannot append: only 0(\.\d)? MB are free on the disk of ".*"; free some space \(at least 1\.3 MB\)\n$/,
  );
  for (let i = 0; i < 10; i++) assert.equal((await sender.post(server)).status, 507);
  await readsGoOn();
  disk.fill("rest", 0);
  await told("nothing is left", /^cannot append: only 0 MB are free /);
  await readsGoOn();

  disk.free("much");
  await eventually(
    "a sender to be taken again",
    async () => (await sender.post(server)).status === 204,
    patienceMs,
  );
  for (let i = 0; i < 10; i++) assert.equal((await sender.post(server)).status, 204);
  await eventually("the viewer to see it", async () => viewer.last === sender.sent - 1);
  await readsGoOn();
  await server.stop("SIGKILL");
  await sender.check(await runPlotcast(t, ["--port", "0", ...args]));
});
