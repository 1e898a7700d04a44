import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { fakeCertificate } from "../../packages/server/src/http/fake-certificate.ts";
import { openBrowser } from "../browsers.ts";
import { eventually, inkOf, textOf } from "../ink.ts";
import { runPlotcast } from "../plotcast-process.ts";
import { requireTool } from "../tools.ts";

const execute = promisify(execFile);

async function runWithTls(t: TestContext) {
  const files = fakeCertificate(t);
  if (!files) return undefined;
  const { certFile, keyFile } = files;
  const tls = ["--tls-cert", certFile, "--tls-key", keyFile];
  const quiet = ["--log-level", "silent", "--no-persist", "--port", "0"];
  const { url, output } = await runPlotcast(t, [...quiet, ...tls]);
  return { url, output, certFile };
}

for (const version of ["--http2", "--http1.1"]) {
  test(`tls: curl ${version} sends, reads and follows`, async (t) => {
    const curl = requireTool(t, "curl");
    const server = curl && (await runWithTls(t));
    if (!curl || !server) return;
    const { url, certFile, output } = server;
    assert.match(output(), new RegExp(`Open +${url}\n`));
    assert.match(url, /^https:/);
    const common = ["--silent", "--show-error", "--cacert", certFile, version];
    const ask = async (...args: string[]) => (await execute(curl, [...common, ...args])).stdout;
    const spoken = await ask("-d", "21.4", "-w", "%{http_version} %{http_code}", `${url}/temp`);
    assert.equal(spoken, version === "--http2" ? "2 204" : "1.1 204");
    assert.match(await ask(`${url}/v1/history?series=temp&format=csv`), /,21\.4\n/);
    for (const compressed of [[], ["--compressed"]]) {
      const stream = spawn(curl, [...common, ...compressed, "-N", `${url}/v1/stream?series=temp`]);
      t.after(() => stream.kill());
      let text = "";
      stream.stdout.on("data", (chunk) => {
        text += chunk;
      });
      await eventually("hello and history", async () => /event: hello.*event: history/s.test(text));
      await ask("-d", "22.5", `${url}/temp`);
      await eventually("what is sent meanwhile", async () => /event: samples/.test(text));
    }
  });
}

test("tls: a browser shows a chart, by HTTP/2", async (t) => {
  const browser = await openBrowser(t, "chromium");
  const server = browser && (await runWithTls(t));
  if (!browser || !server) return;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  t.after(() => context.close());
  const page = await context.newPage();
  const { url, certFile } = server;
  await page.goto(`${url}/temp`);
  const protocols = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol),
    );
  const post = (value: number) =>
    execute("curl", ["-s", "--cacert", certFile, "-d", String(value), `${url}/temp`]);
  for (const value of [21.4, 22.8, 20.1]) await post(value);
  await eventually("a line", async () => (await inkOf(page)) > 20);
  await eventually("the last value", async () => (await textOf(page)).includes("20.1"));
  assert.ok((await protocols()).every((protocol) => protocol === "h2"));
});

test("tls: files that will not do are told of, and nothing starts", async (t) => {
  const files = fakeCertificate(t);
  if (!files) return;
  const tls = ["--tls-cert", files.certFile, "--tls-key", files.otherKeyFile];
  await assert.rejects(runPlotcast(t, ["--no-persist", "--port", "0", ...tls]), {
    message: /cannot use .*other\.pem as key: it is not the one that .*cert\.pem was made with/,
  });
});
