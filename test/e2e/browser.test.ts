import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf, textOf } from "../ink.ts";
import { freePort, runPlotcast, temporaryFolder } from "../plotcast-process.ts";
import { requireTool } from "../tools.ts";

const quiet = ["--log-level", "silent", "--no-persist", "--port", "0"];

/** `<command> | plotcast`, really. */
async function pipe(t: TestContext, command: string, args: string[]): Promise<string> {
  const producer = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => producer.kill());
  const server = await runPlotcast(t, quiet, { input: "pipe" });
  producer.stdout.pipe(server.child.stdin!);
  // The server may be gone first, at the end of the test.
  server.child.stdin!.on("error", () => {});
  return server.url;
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body });
  assert.equal(response.status, 204, await response.text());
}

/** A site of its own, with one page. */
async function serve(t: TestContext, html: string, chartData = ""): Promise<string> {
  const chartJs = await readFile(
    fileURLToPath(import.meta.resolve("chart.js-2/dist/Chart.min.js")),
  );
  const site = createServer((asked, response) => {
    if (asked.url === "/chart.js") return response.end(chartJs);
    if (asked.url?.startsWith("/chart-data") && chartData) {
      const headers = { ...asked.headers, host: new URL(chartData).host };
      const onward = request(`${chartData}${asked.url}`, { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      response.on("close", () => onward.destroy());
      return onward.end();
    }
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    return response.end(asked.url === "/" ? html : "");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

for (const name of browserNames) {
  test(`${name}: vmstat and ping piped in are charts with their history`, async (t) => {
    const browser = await openBrowser(t, name);
    const vmstat = requireTool(t, "vmstat");
    const ping = requireTool(t, "ping");
    if (!browser || !vmstat || !ping) return;
    for (const [command, args, series] of [
      [vmstat, ["-n", "1"], ["free", "cs", "us"]],
      [ping, ["-i", "0.2", "127.0.0.1"], ["icmp_seq", "ttl", "time"]],
    ] as const) {
      const url = await pipe(t, command, [...args]);
      const page = await openPage(t, browser);
      await page.goto(url);
      await eventually("all series to have a chart with a line", async () => {
        const text = await textOf(page);
        if (!series.every((each) => text.includes(each))) return false;
        const charts = await page.locator("live-chart").count();
        return (await inkOf(page)) > charts * 20;
      });
    }
  });

  test(`${name}: what curl posts is drawn at once, on the page of the path it was posted to`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const { url } = await runPlotcast(t, quiet);
    const page = await openPage(t, browser);
    await page.goto(`${url}/temp`);
    await eventually("the page to say how", async () =>
      (await page.textContent("body"))!.includes(`${url}/temp`),
    );
    for (const value of [21.4, 22.8, 20.1]) await post(`${url}/temp`, String(value));
    await eventually("a line", async () => (await inkOf(page)) > 20);
    await eventually("the last value", async () => (await textOf(page)).includes("20.1"));
  });

  test(`${name}: fifty columns of CSV are fifty charts`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const { url } = await runPlotcast(t, quiet);
    const names = Array.from({ length: 50 }, (_, i) => `col${i}`);
    const rows = Array.from({ length: 100 }, (_, row) => {
      const time = new Date(Date.now() - (100 - row) * 1000).toISOString();
      return [time, ...names.map((_, i) => Math.sin((row + i) / 9).toFixed(3))].join(",");
    });
    await post(`${url}/v1/samples`, ["time", ...names].join(",").concat("\n", rows.join("\n")));
    const page = await openPage(t, browser);
    await page.goto(url);
    await eventually("fifty charts", async () => (await page.locator("live-chart").count()) === 50);
    await eventually("lines in those on screen", async () => (await inkOf(page)) > 1000);
  });

  test(`${name}: two lines of HTML on another site are a chart`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const site = await serve(
      t,
      `<!doctype html><script type="module" src="${own}/live-chart.js"></script>
       <live-chart src="${own}/v1/stream?series=temp" title="Kitchen"></live-chart>`,
    );
    const args = ["--port", String(port), "--no-persist", "--log-level", "silent"];
    await runPlotcast(t, [...args, "--allow-origin", site]);
    for (const value of [1, 2, 3]) await post(`${own}/temp`, String(value));
    const page = await openPage(t, browser);
    await page.goto(site);
    await eventually("a line", async () => (await inkOf(page)) > 20);
    assert.match(await textOf(page), /Kitchen/);
  });

  test(`${name}: the element draws the plain endpoint, and so does a page written for the tutorial`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const { url } = await runPlotcast(t, ["demo", ...quiet]);
    // As in the tutorial: an EventSource, a category axis, labels shifted out on the left.
    const site = await serve(
      t,
      `<!doctype html><canvas id="canvas"></canvas><script src="/chart.js"></script><script>
        const chart = new Chart(document.getElementById("canvas"), {
          type: "line", data: { labels: Array(20).fill(""), datasets: [{ label: "Random Dataset",
          data: Array(20).fill(null), borderColor: "rgb(255, 99, 132)", fill: false }] } });
        window.seen = [];
        new EventSource("/chart-data").onmessage = (event) => {
          const { time, value } = JSON.parse(event.data);
          const { labels, datasets } = chart.data;
          labels.push(time); datasets[0].data.push(value);
          labels.shift(); datasets[0].data.shift();
          chart.update(); window.seen.push({ time, value });
        };
      </script>`,
      url,
    );
    const tutorial = await openPage(t, browser);
    await tutorial.goto(site);
    const element = await openPage(t, browser);
    await element.goto(url);
    await element.evaluate(() => {
      document.body.innerHTML =
        '<live-chart id="plain" src="/chart-data" window="20"></live-chart>';
    });
    type Seen = { time: string; value: number }[];
    const seen = () => tutorial.evaluate(() => (window as unknown as { seen: Seen }).seen);
    await eventually("three samples", async () => (await seen()).length >= 3);
    for (const { time, value } of await seen()) {
      assert.match(time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      assert.ok(value >= 0 && value <= 100);
    }
    await eventually("a line", async () => (await inkOf(element, "#plain")) > 20);
  });

  test(`${name}: when the server comes back the page goes on, without a sample missing`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const port = await freePort();
    const data = await temporaryFolder(t);
    const args = ["--port", String(port), "--data", data, "--log-level", "silent"];
    const first = await runPlotcast(t, args);
    const page = await openPage(t, browser);
    await page.goto(`${first.url}/temp`);
    for (const value of [11, 12]) await post(`${first.url}/temp`, String(value));
    await eventually("12", async () => (await textOf(page)).includes("12"));
    await first.stop("SIGKILL");
    await eventually("it to say that the server is gone", async () =>
      /reconnect|unreachable|retry/i.test(await textOf(page)),
    );
    await runPlotcast(t, args);
    await post(`${first.url}/temp`, "13");
    await eventually("13", async () => (await textOf(page)).includes("13"));
  });
}
