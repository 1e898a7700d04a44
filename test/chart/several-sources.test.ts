import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultOptions, startServer } from "@plotcast/server";
import { browserNames, openBrowser } from "../browsers.ts";
import { eventually } from "../ink.ts";
import { Feed, openSite } from "./site.ts";
import { openCharts, put, seen, shown, shows } from "./whole-chart.ts";

/* A chart of several sources that is held: each is asked for what is older, if it can be. */

const minuteMs = 60_000;

for (const name of browserNames) {
  test(`${name}: whoever looks back sees what each of several servers has kept`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const now = Date.now();
    const feed = new Feed(() => `data:${JSON.stringify({ time: now, raw: 7 })}\n\n`);
    const site = await openSite(t, { "/feed": feed.handle });
    const servers = await Promise.all(
      [1, 2].map(async (sign) => {
        const options = { ...defaultOptions, port: 0, logLevel: "silent" as const };
        const server = await startServer({ ...options, allowedOrigins: [site] });
        t.after(() => server.close());
        // Of the same name, for an hour; and of the second server half of it.
        await server.append(
          Array.from({ length: 60 / sign + 1 }, (_, i) => {
            return { series: "load", time: now - i * minuteMs, value: sign * 1000 + i };
          }),
        );
        return server;
      }),
    );
    const [one, two] = servers.map(({ url }) => new URL(url).host);
    const page = await openCharts(t, browser, site);
    await put(
      page,
      `<live-chart span="10s" src="http://${one}/v1/stream">
        <live-series src="http://${two}/v1/stream"></live-series>
        <live-series src="/feed"></live-series>
      </live-chart>`,
    );
    await shows(page, "the three of them", ({ names }) => names.length === 3);
    const look = (from: number, to: number) =>
      page.evaluate(
        (view) => {
          document.querySelector("live-chart")!.view = view;
        },
        { from: now - from * minuteMs, to: now - to * minuteMs },
      );
    await look(20.5, 10.5);
    const { names, columns } = await shows(page, "what both have kept", (it) => {
      return it.columns[0]?.length === 10 && it.columns[1]?.length === 10;
    });
    assert.match(names[0]!, new RegExp(`^${one}`));
    assert.deepEqual(
      columns.slice(0, 2).map((column) => column.map(([, value]) => value)),
      [1, 2].map((sign) => Array.from({ length: 10 }, (_, i) => sign * 1000 + 20 - i)),
    );
    const isSaid = (label: string, text: RegExp) => async () => {
      const { bands } = await seen(page, "bands", () => true);
      return bands.some((band) => band.text.includes(label) && text.test(band.text));
    };
    await eventually("the one that cannot be asked", isSaid("/feed: ", /Nothing is held/));

    await look(45.5, 25.5);
    await shows(page, "where one ends", ({ columns: [a, b] }) => {
      return a?.length === 20 && b?.length === 5;
    });
    await eventually("that it ends there", isSaid(`${two}/v1/stream: `, /Nothing is kept/));
    assert.equal(await isSaid(`${one}/v1/stream: `, /Nothing/)(), false);

    await page.evaluate(() => {
      document.querySelector("live-chart")!.view = undefined;
    });
    await eventually("to be live", async () => (await shown(page)).columns[0]!.length <= 2);
  });
}
