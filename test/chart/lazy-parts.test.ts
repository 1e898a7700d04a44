import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, type SeriesEntry } from "@plotcast/protocol";
import type { Page, Route } from "playwright-core";
import { bundlePages } from "../../scripts/bundle-pages.js";
import { sizesOf } from "../../scripts/size-budget.ts";
import { browserNames, openBrowser } from "../browsers.ts";
import { eventually, inkOf } from "../ink.ts";
import { Feed, openSite } from "./site.ts";
import { openCharts, put, seen, shows } from "./whole-chart.ts";

/* What only some charts need is loaded by those; nothing is seen without it, or thrown for its lack. */

const counted = (await sizesOf(await bundlePages(), async () => ({ raw: 0, gz: 0 })))
  .filter((_, i, all) => i > 0 && i <= Number(/(\d+) files/.exec(all[0]!.what)![1]))
  .map(({ name }) => name);

/** A minute of history of one series, and no more. */
function opening(entry: Partial<SeriesEntry> = {}): string {
  const now = Date.now();
  const times = Array.from({ length: 60 }, (_, i) => now - 60_000 + 1000 * i);
  const values = times.map((_, i) => 20_480 + 1024 * (i % 10));
  const series = [{ id: 1, series: "a", ...entry }];
  const hello = {
    ...({ type: "hello", version: 1, recovery: "fresh" } as const),
    ...{ epoch: "e", position: "e-1", serverTime: now, heartbeatMs: 15_000, series },
  };
  const history = {
    ...({ type: "history", from: now - 900_000, to: now, bucketMs: 0, done: true } as const),
    ...{ series: [], columns: new Map([[1, { times, values }]]) },
  };
  return encodeFrame(hello) + encodeFrame(history, "e-1");
}

async function loaded(page: Page): Promise<string[]> {
  const urls = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name),
  );
  return urls.map((url) => new URL(url).pathname.slice(1)).filter((name) => /\.js$/.test(name));
}

/** What the title of the axis of values has said since the chart was there. */
async function watchTitles(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    const chart = document.querySelector("live-chart")!;
    const look = () => {
      const text = chart.shadowRoot?.querySelector(".y-title")?.textContent ?? "";
      if (text !== "" && said.at(-1) !== text) said.push(text);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => Reflect.get(globalThis, "said") as string[]);
}

for (const name of browserNames) {
  test(`${name}: parts that only some charts need come when they are needed`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    let entry: Partial<SeriesEntry> = {};
    const feed = new Feed();
    const site = await openSite(t, {
      "/v1/stream": (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(opening(entry));
      },
      "/feed": feed.handle,
    });
    const chart = '<live-chart src="/v1/stream"></live-chart>';

    await t.test("a chart of gauges loads what the budget counts, and no more", async () => {
      const page = await openCharts(t, browser, site);
      await put(page, chart);
      await seen(page, "a value", ({ legend }) => /\d{2},\d{3}/.test(legend));
      assert.deepEqual((await loaded(page)).sort(), [...counted].sort());
    });

    entry = { unit: "B" };
    await t.test("a chart with a unit is never seen without it", async () => {
      const page = await openCharts(t, browser, site);
      await put(page, chart);
      const said = await watchTitles(page);
      await seen(page, "a value with its unit", ({ legend }) => /KiB/.test(legend));
      // It is looked for once in a frame, and the legend may be read before the next one.
      await page.waitForFunction(() => Reflect.get(globalThis, "said").length > 0);
      assert.deepEqual(await said(), ["KiB"]);
    });

    await t.test("without what knows units, numbers are followed by what was told", async () => {
      const page = await openCharts(t, browser, site);
      await page.route(/\/units-/, (route) => route.abort());
      await put(page, chart);
      const isSaid = ({ note, legend }: { note: string; legend: string }) =>
        /A part of the program cannot be loaded/.test(note) && /\d{2},\d{3} B/.test(legend);
      await seen(page, "the value, and what is missing", isSaid);
    });

    await t.test("what comes late while a part is awaited is there with it", async () => {
      const page = await openCharts(t, browser, site);
      const end = Date.now();
      const times = [end - 10_000, end].map((time) => new Date(time).toISOString());
      await put(
        page,
        `<live-chart src="/feed" view="${times.join("..")}" y-min="0" y-max="50" span="60s"></live-chart>`,
      );
      await seen(page, "to be held", ({ chip }) => /Held/.test(chip));
      await eventually("to be connected", async () => feed.viewers === 1);
      const say = (second: number, v: number) => feed.send({ time: end - second * 1000, v });
      for (const second of [9, 8, 7, 6, 4, 3, 2, 1]) say(second, 10);
      await shows(page, "all but one", (it) => it.columns[0]?.length === 8);
      await eventually("a line", async () => (await inkOf(page)) > 50);
      const before = await inkOf(page);
      const asked = Promise.withResolvers<Route>();
      await page.route(/\/calendar-/, (route) => asked.resolve(route));
      await page.locator("live-chart").evaluate((it) => {
        it.addEventListener("sample", () => it.setAttribute("data-late", ""));
        it.setAttribute("zone", "Asia/Tokyo");
      });
      const route = await asked.promise;
      say(5, 40);
      await page.locator("live-chart[data-late]").waitFor();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      await route.continue();
      await eventually("its peak", async () => (await inkOf(page)) > before * 1.1);
    });

    await t.test("a chart that asks for all of them at once has them", async () => {
      entry = { unit: "B", kind: "counter" };
      const page = await openCharts(t, browser, site);
      await put(
        page,
        `<live-chart src="/v1/stream /v1/stream?series=a" draw="stacked" zone="Asia/Tokyo" span="30s"
          sync="x" view="${Date.now() - 40_000}..${Date.now() - 10_000}"></live-chart>`,
      );
      await seen(page, "held", ({ chip }) => /Held/.test(chip));
      await seen(page, "rates of two sources", ({ legend }) => /v1\/stream/.test(legend));
      const parts = [
        "calendar",
        "combined-source",
        "rates",
        "reading",
        "stack",
        "sync",
        "units",
        "view-attribute",
      ];
      await eventually("all parts", async () => {
        const names = (await loaded(page)).join();
        return parts.every((part) => names.includes(`/${part}-`));
      });
    });
  });
}
