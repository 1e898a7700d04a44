import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { defaultOptions, startServer } from "@plotcast/server";
import type { Page } from "playwright-core";
import { browserNames, openBrowser } from "../browsers.ts";
import { Feed, openSite, Relay } from "./site.ts";
import {
  inkWithin,
  openCharts,
  put,
  type Seen,
  type Shown,
  see,
  seen,
  shows,
} from "./whole-chart.ts";

/* A page that did not run for ten minutes: frozen, put away, asleep with its machine. */

const awayMs = 600_000;
const startedMs = 20_000;

const charts = `
  <live-chart id="plain" src="/plain" span="15m" style="block-size: 240px" title="Plain"></live-chart>
  <live-chart id="ours" src="/v1/stream?series=load" span="15m" style="block-size: 240px" title="Ours"></live-chart>`;

/** A page and its servers, whose clocks can be put on together. */
async function setUp(t: TestContext, browser: Parameters<typeof openCharts>[1]) {
  let aheadMs = 0;
  const realNow = Date.now;
  t.mock.method(Date, "now", () => realNow() + aheadMs);
  const server = await startServer({ ...defaultOptions, port: 0, logLevel: "silent" });
  t.after(() => server.close());
  const feed = new Feed();
  const relay = new Relay(server.url);
  const site = await openSite(t, { "/plain": feed.handle, "/v1/stream": relay.handle });
  const page = await openCharts(t, browser, site, { fakeClock: true });
  await put(page, charts);
  for (const chart of ["#plain", "#ours"]) {
    await seen(page, "to be connected", ({ chip }) => chip === "Connected", chart);
  }
  const sent: [time: number, value: number][] = [];
  /** One sample a second, of all the time since the last one. */
  const send = async () => {
    const from = sent.at(-1)?.[0] ?? Date.now() - startedMs;
    const fresh: [number, number][] = [];
    for (let time = from + 1000; time <= Date.now(); time += 1000) {
      fresh.push([time, sent.length + fresh.length]);
    }
    sent.push(...fresh);
    for (const [time, value] of fresh) feed.send({ time, value });
    await server.append(fresh.map(([time, value]) => ({ series: "load", time, value })));
  };
  const pass = async (ms: number) => {
    aheadMs += ms;
    await page.clock.fastForward(ms);
  };
  await send();
  for (const chart of ["#plain", "#ours"]) {
    await shows(page, "a line", (it) => it.columns[0]?.length === sent.length, chart);
  }
  return { feed, relay, page, sent, send, pass };
}

async function fire(page: Page, type: string): Promise<void> {
  await page.evaluate((name) => {
    document.dispatchEvent(new Event(name));
  }, type);
}

const isLive = ({ chip, note }: Seen) => chip === "Live" && note === "";

for (const name of browserNames) {
  test(`${name}: after ten minutes of not running all is there that can be had, and the rest is told`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;

    await t.test(
      "what a plain endpoint has sent meanwhile is gone, since the page was asleep",
      async (t) => {
        const { feed, relay, page, sent, send, pass } = await setUp(t, browser);
        await fire(page, "freeze");
        feed.down = relay.down = true;
        feed.cut();
        await pass(awayMs);
        await send();
        feed.down = relay.down = false;
        await fire(page, "resume");
        await page.evaluate(() => dispatchEvent(new Event("online")));
        await seen(page, "to be connected", ({ chip }) => !/onnecting/.test(chip), "#plain");
        await pass(1000);
        await send();
        const isThere = (it: Shown) => it.columns[0]?.at(-1)?.[1] === sent.at(-1)![1];

        const exact = await shows(page, "all", isThere, "#ours");
        assert.deepEqual(exact.columns[0], sent);
        assert.deepEqual(exact.notes, []);
        assert.deepEqual((await seen(page, "to be live", isLive, "#ours")).bands, []);

        const { notes } = await shows(page, "the newest", isThere, "#plain");
        const text = "This page was asleep, and what was sent meanwhile cannot be had";
        assert.deepEqual((await see(page, "#plain")).bands, [{ kind: "paused", text }]);
        assert.equal(await inkWithin(page, "paused", "#plain"), 0);
        assert.match(notes.join(), new RegExp(`^until \\S+: ${text}$`));
      },
    );
  });
}

test("chromium: a frozen tab whose connections live on catches up exactly", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const { page, sent, send, pass } = await setUp(t, browser);
  const remote = await page.context().newCDPSession(page);
  await remote.send("Page.setWebLifecycleState", { state: "frozen" });
  await pass(awayMs);
  await send();
  await remote.send("Page.setWebLifecycleState", { state: "active" });
  await pass(1000);
  await send();
  for (const chart of ["#plain", "#ours"]) {
    const isThere = (it: Shown) => it.columns[0]?.at(-1)?.[1] === sent.at(-1)![1];
    const { columns, notes } = await shows(page, "all", isThere, chart);
    assert.deepEqual(columns[0], sent, chart);
    assert.deepEqual(notes, []);
  }
});
