import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf, textOf } from "../ink.ts";
import { runPlotcast } from "../plotcast-process.ts";
import { checkApp } from "./app-example.ts";
import { replacePorts, runExample } from "./run-example.ts";

const tested: string[] = [];

function example(name: string, check: (t: TestContext) => Promise<void>): void {
  tested.push(name);
  test(`example ${name}: does what its README says`, check);
}

/** Resolves when charts on the page show these names, each with a line. */
async function drawn(t: TestContext, url: string, ...texts: string[]): Promise<void> {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const page = await openPage(t, browser);
  await page.goto(url);
  await eventually(`lines for ${texts}`, async () => {
    const text = await textOf(page);
    return texts.every((each) => text.includes(each)) && (await inkOf(page)) > 20 * texts.length;
  });
}

example("pipe", async (t) => {
  const running = await runExample(t, "pipe", new Map());
  const url = await running.printed(/(?<=Open +)http:\S+/);
  await drawn(t, url, "load", "processes", "disk_percent");
  await running.interrupt();
});

example("tutorial", async (t) => {
  const running = await runExample(t, "tutorial", await replacePorts("8091"));
  await drawn(t, await running.printed(/(?<=open )http:\S+/), "Random Dataset", "value");
  await running.interrupt();
});

example("embed", async (t) => {
  const running = await runExample(t, "embed", await replacePorts("8080", "8090"));
  await running.printed(/Open +http:/);
  await drawn(t, await running.printed(/(?<=open )http:\S+/), "Requests", "per second");
  await running.interrupt();
});

example("node-follow", async (t) => {
  const ports = await replacePorts("8080");
  const server = ["demo", "--port", String(ports.get("8080")), "--no-persist"];
  const first = await runPlotcast(t, server);
  const running = await runExample(t, "node-follow", ports);
  await running.printed(/^live/m);
  await running.printed(/^\d{4}-\d\d-\d\dT[\d:.]+Z cpu [\d.]+$/m);
  await running.printed(/^\d{4}-\d\d-\d\dT[\d:.]+Z memory [\d.]+$/m);
  assert.doesNotMatch(running.output(), /random/);
  await first.stop();
  await running.printed(/^waiting/m);
  await runPlotcast(t, server);
  await running.printed(/^waiting.*^live.* cpu [\d.]+$/ms);
  await running.interrupt();
  assert.match(running.output(), /^ended/m);
});

example("node-app", async (t) => {
  const running = await runExample(t, "node-app", await replacePorts("8092"));
  const url = await running.printed(/(?<=open )http:\S+/);
  await drawn(t, url, "loop_delay_ms", "heap_mb");
  await running.interrupt();
});

example("renderer", async (t) => {
  const running = await runExample(t, "renderer", await replacePorts("8097"));
  const url = await running.printed(/(?<=open )http:\S+/);
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const page = await openPage(t, browser);
  await page.goto(url);
  await eventually("two lines", async () => (await inkOf(page)) > 40);
  // A chart that does not know its renderer says so, and draws with another.
  assert.doesNotMatch(await textOf(page), /renderer/);
  await running.interrupt();
});

for (const [name, port] of [
  ["html", "8093"],
  ["react", "8094"],
  ["vue", "8095"],
  ["svelte", "8096"],
] as const) {
  example(name, async (t) => {
    const running = await runExample(t, name, await replacePorts(port));
    await checkApp(t, await running.printed(/(?<=open )http:\S+/));
    await running.interrupt();
  });
}

test("example react: its types fit", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  const tsc = path.join(root, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["-p", "examples/react"], { cwd: root, encoding: "utf8" });
  assert.deepEqual(
    stdout.split("\n").filter((line) => line.startsWith("examples/")),
    [],
  );
});

test("examples: each is run here", () => {
  const folders = readdirSync(path.resolve(import.meta.dirname, "../../examples"), {
    withFileTypes: true,
  });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(names.sort(), tested.sort());
});
