import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually } from "../ink.ts";
import { freePort, runPlotcast } from "../plotcast-process.ts";

/*
 * Browsers allow six connections to a server. Many pages with five charts each take one; and when the
 * page that has it is closed, the others go on without a sample lost or told twice.
 */

/** Where each page takes seconds to open, fewer show the same. */
const pageCounts = { chromium: 10, firefox: 5 };
const names = ["s0", "s1", "s2", "s3", "s4"];

declare global {
  interface Window {
    /** By series, all that the charts of a page were told as it came. */
    seen: Record<string, number[]>;
    /** What each chart has said of its connection. */
    states: string[][];
    losses: number;
  }
}

/** A site of its own, whose page has a chart for each series. */
async function serveCharts(t: TestContext, server: string): Promise<string> {
  const charts = names.map(
    (name) => `<live-chart src="${server}/v1/stream?series=${name}"></live-chart>`,
  );
  const html = `<!doctype html><title>charts</title>${charts.join("")}
    <script>
      window.seen = {};
      window.losses = 0;
      window.states = [...document.querySelectorAll("live-chart")].map((chart) => {
        const states = [];
        chart.addEventListener("status", ({ detail }) => states.push(detail.state));
        chart.addEventListener("gap", () => window.losses++);
        chart.addEventListener("sample", ({ detail }) => {
          for (const [series, { values }] of detail.columns) {
            (window.seen[series] ??= []).push(...values);
          }
        });
        return states;
      });
    </script>
    <script type="module" src="${server}/live-chart.js"></script>`;
  const site = createServer((asked, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(asked.url === "/" ? html : "");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

/** Streams that the server has open. */
async function viewers(server: string): Promise<number> {
  const text = await (await fetch(`${server}/metrics`)).text();
  const all = [...text.matchAll(/^plotcast_viewers(?:\{[^}]*\})? (\d+)/gm)];
  assert.ok(all.length > 0, "the server tells how many viewers it has");
  return all.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** A batch at a time, one value in each series. */
async function produce(server: string, from: number, to: number): Promise<void> {
  for (let value = from; value < to; value++) {
    const body = `${names.join(",")}\n${names.map(() => value).join(",")}`;
    const response = await fetch(`${server}/v1/samples`, { method: "POST", body });
    assert.equal(response.status, 204, await response.text());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function isLive(page: Page): Promise<boolean> {
  return await page.evaluate(() => window.states.every((states) => states.at(-1) === "live"));
}

for (const name of browserNames) {
  test(`${name}: ${pageCounts[name]} pages of five charts have one connection, which outlives the page that has it`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const port = await freePort();
    const server = `http://127.0.0.1:${port}`;
    const site = await serveCharts(t, server);
    const args = ["--port", String(port), "--no-persist", "--log-level", "silent"];
    await runPlotcast(t, [...args, "--allow-origin", site]);
    await produce(server, 0, 1);

    const first = await openPage(t, browser);
    const pages = [first];
    await first.goto(site);
    for (let i = 1; i < pageCounts[name]; i++) {
      const page = await first.context().newPage();
      pages.push(page);
      await page.goto(site);
    }
    for (const page of pages) await eventually("all charts to be live", () => isLive(page));
    assert.equal(await viewers(server), 1);

    // The first came first, and has the connection. Two more go the same way.
    for (let i = 0; i < 3; i++) {
      const from = 1 + i * 100;
      await Promise.all([
        produce(server, from, from + 100),
        new Promise((resolve) => setTimeout(resolve, 200)).then(() => pages[i]!.close()),
      ]);
    }
    const last = 300;
    const left = pages.slice(3);
    for (const page of left) {
      await eventually("the last value in every chart", () =>
        page.evaluate((value) => {
          return Object.values(window.seen).every((values) => values.at(-1) === value);
        }, last),
      );
      const { seen, losses, states } = await page.evaluate(() => {
        const { seen, losses, states } = window;
        return { seen, losses, states };
      });
      const expected = Array.from({ length: last }, (_, value) => value + 1);
      for (const series of names) assert.deepEqual(seen[series], expected);
      assert.equal(losses, 0);
      for (const told of states) assert.ok(!told.includes("waiting"), told.join());
    }
    assert.equal(await viewers(server), 1);
  });
}
