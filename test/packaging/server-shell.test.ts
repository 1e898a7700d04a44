import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { renderShell } from "@plotcast/chart";
import { bundlePages } from "../../scripts/bundle-pages.js";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf, textOf } from "../ink.ts";

const noon = Date.UTC(2026, 0, 31, 12);
const evil = "<img src=x onerror=\"document.title = 'broken'\">";

const shell = renderShell({
  attributes: { src: "/numbers", title: "Kitchen", span: "60s" },
  columns: new Map([
    ["oven", { times: [noon, noon + 1000], values: [180.5, 181] }],
    [evil, { times: [noon], values: [1] }],
  ]),
  nonce: "abc",
});

/** A site with a strict policy, whose page has a shell; `/plain` is without the element's script. */
async function serve(t: TestContext): Promise<string> {
  const { files } = await bundlePages();
  const policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'nonce-abc'";
  const site = createServer((request, response) => {
    const at = request.url!.slice(1);
    const file = files.get(at);
    if (file) {
      response.setHeader("Content-Type", "text/javascript").end(file);
    } else if (at === "numbers") {
      response.setHeader("Content-Type", "text/event-stream");
      for (const value of [1, 2, 3]) response.write(`data: {"oven":${value}}\n\n`);
    } else {
      const script = '<script type="module" src="/live-chart.js"></script>';
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Content-Security-Policy", policy);
      response.end(`<!doctype html><title>Site</title>${at === "plain" ? "" : script}${shell}`);
    }
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

for (const name of browserNames) {
  test(`${name}: a shell from the server is a table before any script has run, and as high as the chart`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const url = await serve(t);
    const page = await openPage(t, browser);
    await page.goto(`${url}/plain`);
    assert.equal(await page.locator("live-chart caption").innerText(), "Kitchen");
    assert.deepEqual(await page.locator("live-chart th").allInnerTexts(), ["Time", "oven", evil]);
    assert.deepEqual(await page.locator("live-chart td").allInnerTexts(), [
      ...["Jan 31, 2026, 12:00:00 PM UTC", "180.5", "1"],
      ...["Jan 31, 2026, 12:00:01 PM UTC", "181", ""],
    ]);
    assert.equal(await page.title(), "Site");
    const height = async () => (await page.locator("live-chart").boundingBox())!.height;
    const before = await height();
    await page.goto(url);
    await eventually("a line", async () => (await inkOf(page)) > 20);
    assert.equal(await height(), before);
  });

  test(`${name}: the element takes a shell over: the table is gone, the chart is there, nothing was refused`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const url = await serve(t);
    const page = await openPage(t, browser); // fails for whatever the policy refused
    await page.goto(url);
    await eventually("a line", async () => (await inkOf(page)) > 20);
    assert.doesNotMatch(await textOf(page), /180\.5/s);
    assert.equal(await page.locator("live-chart > template").count(), 0);
    assert.match(await textOf(page), /Kitchen/);
  });
}

test("chromium: with JavaScript switched off a shell is a table", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(await serve(t));
  assert.match(await page.locator("live-chart table").innerText(), /oven.*180\.5/s);
});
