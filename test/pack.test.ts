import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { requireTool } from "./tools.ts";

// What a stranger gets: every package packed, and all of them installed into an empty folder.

const run = promisify(execFile);
const root = path.dirname(import.meta.dirname);
const withinMs = 30_000; // generous: a machine that runs tests may be busy

// Without what npm tells its scripts: a setting of this run must not decide where that one installs.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
);

let folder: string;
const installed = (...names: string[]) => path.join(folder, "node_modules", ...names);
const command = (...args: string[]) => [installed(".bin", "plotcast"), ...args];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "plotcast-pack-"));
  await run(process.execPath, [path.join(root, "scripts/build.ts")]);
  await run("npm", ["pack", "--workspaces", "--pack-destination", folder], { cwd: root, env });
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
  const files = tarballs.map((name) => `./${name}`);
  await run("npm", ["install", ...flags, ...files], { cwd: folder, env });
});

after(() => rm(folder, { recursive: true, force: true }));

/** Runs a script in the folder, as its user would. */
async function script(text: string): Promise<string> {
  await writeFile(path.join(folder, "script.js"), text);
  return (await run(process.execPath, ["script.js"], { cwd: folder })).stdout;
}

/** Starts the demo on a free port; resolves to its address as printed, and what ends it. */
async function startDemo(t: TestContext) {
  const args = command("demo", "--port", "0", "--no-persist");
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  let printed = "";
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const deadline = AbortSignal.timeout(withinMs);
  for (;;) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
    if (url) return { url, child, exited };
    const more = once(child.stdout, "data", { signal: deadline }).catch(() => {
      assert.fail(`no address within ${withinMs} ms; printed: ${printed}`);
    });
    const [code] = await Promise.race([more, exited]);
    if (typeof code === "number") assert.fail(`ended with ${code}; printed: ${printed}`);
  }
}

test("pack: every package has its licence, its types and no sources or tests", async () => {
  const names = await readdir(path.join(root, "packages"));
  for (const name of names) {
    const at = name === "plotcast" ? installed(name) : installed("@plotcast", name);
    const files = await readdir(at, { recursive: true });
    assert.ok(files.includes("LICENSE"), `${name} has a licence`);
    assert.deepEqual(
      files.filter((file) => /(?<!\.d)\.ts$|\.test\.|-contract\.|\bfake-/.test(file)),
      [],
    );
    const { exports: doors } = JSON.parse(await readFile(path.join(at, "package.json"), "utf8"));
    for (const door of Object.values<string | Record<string, string>>(doors)) {
      const targets = typeof door === "string" ? [door] : [door.types!, door.default!];
      for (const target of targets) assert.ok(existsSync(path.join(at, target)), target);
    }
  }
});

test("pack: the command tells its version", async () => {
  const { stdout } = await run(process.execPath, command("--version"), { cwd: folder });
  const manifest = await readFile(installed("plotcast", "package.json"), "utf8");
  assert.equal(stdout.trim(), JSON.parse(manifest).version);
});

test("pack: a Node too old is told in one line what to do", async (t) => {
  const old = await findOldNode();
  if (old === undefined) return t.skip("no Node older than 24.15 on the PATH");
  const failure = await run(old, command("--version")).then(
    () => assert.fail("an old Node must not do"),
    (error: { code: number; stderr: string }) => error,
  );
  assert.equal(failure.code, 1);
  assert.match(failure.stderr, /^plotcast: needs Node 24\.15 or newer, found [\d.]+: .*\n$/);
});

test("pack: the demo sends samples to a plain reader and ends well on SIGTERM", async (t) => {
  const { url, child, exited } = await startDemo(t);
  const signal = AbortSignal.timeout(withinMs);
  const response = await fetch(`${url}/chart-data`, { signal });
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/^data: .+\n/m.test(text)) break;
  }
  assert.match(text, /^data: \{"time":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d","value":[\d.]+\}\n/m);
  const page = await fetch(`${url}/`, { signal, headers: { accept: "text/html" } });
  assert.match(await page.text(), /<!doctype html>/i);
  child.kill("SIGTERM");
  const [code] = await exited;
  assert.equal(code, 0);
});

test("pack: a program can import it", async () => {
  const names = await script(
    'import * as all from "plotcast"; console.log(typeof all.startServer);',
  );
  assert.equal(names.trim(), "function");
});

test("pack: its types arrive", async () => {
  await writeFile(
    path.join(folder, "typed.ts"),
    `import { startServer } from "plotcast";
import { follow } from "@plotcast/client";
export * from "@plotcast/chart";
const server: Parameters<typeof startServer>[0] extends { readonly port: number } ? true : false = true;
const client: ReturnType<typeof follow> extends AsyncIterable<infer C> ? (unknown extends C ? false : true) : false = true;
console.log(server, client);
`,
  );
  const tsc = path.join(root, "node_modules/.bin/tsc");
  const types = ["--types", "node", "--typeRoots", path.join(root, "node_modules/@types")];
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", ...types];
  const { stdout } = await run(tsc, [...flags, "typed.ts"], { cwd: folder }).catch(
    (error) => error,
  );
  assert.equal(stdout, "");
});

test("pack: the element draws on a plain page", async (t) => {
  const executablePath = requireTool(t, "chromium");
  if (!executablePath) return;
  const bundle = await script(
    'console.log(new URL(import.meta.resolve("@plotcast/chart/live-chart.js")).pathname);',
  );
  const url = await servePlainPage(t, path.dirname(bundle.trim()));
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  await page.locator("live-chart canvas").first().waitFor({ timeout: withinMs });
  assert.deepEqual(errors, []);
});

/** A server of somebody else's: a page with the element, and a stream of JSON. */
async function servePlainPage(t: TestContext, bundle: string): Promise<string> {
  const server = createServer((request, response) => {
    if (/^\/live-chart(\/[\w-]+)?\.js$/.test(request.url ?? "")) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(readFileSync(path.join(bundle, request.url!)));
    } else if (request.url === "/numbers") {
      response.setHeader("Content-Type", "text/event-stream");
      response.write('data: {"value":1}\n\n');
    } else {
      response.setHeader("Content-Type", "text/html");
      response.end(
        '<!doctype html><script type="module" src="/live-chart.js"></script>' +
          '<live-chart src="/numbers"></live-chart>',
      );
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The machine's own Node, behind the one that this repository brings. */
async function findOldNode(): Promise<string | undefined> {
  for (const at of (process.env.PATH ?? "").split(path.delimiter)) {
    const node = path.join(at, "node");
    if (at.includes("node_modules") || !existsSync(node)) continue;
    const { stdout } = await run(node, ["--version"]);
    const [major = 0, minor = 0] = stdout.slice(1).split(".").map(Number);
    if (major < 24 || (major === 24 && minor < 15)) return node;
  }
  return undefined;
}
