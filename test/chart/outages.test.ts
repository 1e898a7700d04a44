import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { defaultOptions, type Server, startServer } from "@plotcast/server";
import type { Browser, Page } from "playwright-core";
import { browserNames, openBrowser } from "../browsers.ts";
import { freePort, runPlotcast, temporaryFolder } from "../plotcast-process.ts";
import { Feed, openSite, Relay } from "./site.ts";
import {
  inkWithin,
  openCharts,
  put,
  type Seen,
  type Shown,
  see,
  seen,
  shown,
  shows,
} from "./whole-chart.ts";

/* What a chart says and draws when samples stop coming, and of what has come afterwards. */

const everyMs = 100;

/** Sends the same counter to both, ten times a second, from now on. */
function count(t: TestContext, feed: Feed, append: (time: number, value: number) => unknown) {
  const sent: [time: number, value: number][] = [];
  const state = { paused: false, sent };
  const timer = setInterval(() => {
    if (state.paused) return;
    const sample = { time: Date.now(), value: sent.length };
    sent.push([sample.time, sample.value]);
    feed.send(sample);
    void append(sample.time, sample.value);
  }, everyMs);
  t.after(() => clearInterval(timer));
  return state;
}

async function post(url: string, time: number, value: number): Promise<void> {
  const body = JSON.stringify({ time, load: value });
  // While the server is away nobody takes it; what is lost then is not what is tested.
  await fetch(`${url}/v1/samples`, { method: "POST", body }).catch(() => undefined);
}

/** Whether what is shown is a stretch of what was sent: each sample once, none left out. */
function assertExact(
  found: readonly (readonly [number, number])[],
  sent: [number, number][],
): void {
  const first = sent.findIndex(([time]) => time === found[0]?.[0]);
  assert.deepEqual(found, sent.slice(first, first + found.length));
}

function valuesOf({ columns }: { columns: readonly (readonly (readonly number[])[])[] }): number[] {
  return (columns[0] ?? []).map(([, value]) => value!);
}

const charts = `
  <live-chart id="plain" src="/plain" span="20s" style="block-size: 240px" title="Plain"></live-chart>
  <live-chart id="ours" src="/v1/stream?series=load" span="20s" style="block-size: 240px" title="Ours"></live-chart>`;

/** Two charts of the same samples: of a plain endpoint, and of a server of ours behind a relay. */
async function setUp(t: TestContext, browser: Browser, url: string) {
  const feed = new Feed();
  const relay = new Relay(url);
  const site = await openSite(t, { "/plain": feed.handle, "/v1/stream": relay.handle });
  const page = await openCharts(t, browser, site);
  const counter = count(t, feed, (time, value) => post(url, time, value));
  await put(page, charts);
  for (const chart of ["#plain", "#ours"]) {
    await shows(page, "a line", (it) => valuesOf(it).length > 15, chart);
    await seen(page, "to be live", ({ chip }) => chip === "Live", chart);
  }
  return { feed, relay, page, counter };
}

const quiet = ["--log-level", "silent", "--port"];

/** Which an open page sees without being reloaded. */
async function wake(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
}

for (const name of browserNames) {
  const title = `${name}: what is missing is told, with its reason, and nothing is drawn across`;
  test(title, { concurrency: true }, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    // Nearly all of it is waiting: so all at once.
    await Promise.all([
      t.test("an outage is a gap, but of a server that tells afterwards it is none", async (t) => {
        const { url } = await runPlotcast(t, ["--no-persist", ...quiet, "0"]);
        const { feed, relay, page, counter } = await setUp(t, browser, url);
        feed.down = relay.down = true;
        feed.cut();
        for (const chart of ["#plain", "#ours"]) {
          const { chip, note } = await seen(page, "the loss", (it) => it.note !== "", chart);
          assert.match(chip, /^Reconnecting( in \d+ s|…)$/);
          assert.match(note, /^Connection lost\. .+ Since .+; trying again by itself\.$/);
          const isExplained = ({ bands }: Seen) =>
            bands.map(({ kind }) => kind).join() === "offline";
          await seen(page, "one band, which says why", isExplained, chart);
        }
        await delay(1000);
        feed.down = relay.down = false;
        await wake(page);
        for (const chart of ["#plain", "#ours"]) {
          const isBack = (it: Seen) => it.chip === "Live" && it.note === "";
          await seen(page, "to be live again", isBack, chart);
        }
        const back = counter.sent.length;
        await shows(page, "what came since", (it) => valuesOf(it).at(-1)! > back + 5, "#plain");

        const after = await see(page, "#plain");
        const text = "Not connected for a part of this: what was sent then cannot be had";
        assert.deepEqual(after.bands, [{ kind: "offline", text }]);
        assert.equal(await inkWithin(page, "offline", "#plain"), 0);
        const { notes } = await shown(page, "#plain");
        assert.equal(notes.length, 1);
        assert.match(notes[0]!, /^until \S+: Not connected for a part of this/);

        const exact = await shows(page, "all", (it) => valuesOf(it).at(-1)! > back, "#ours");
        assertExact(exact.columns[0]!, counter.sent);
        assert.deepEqual(exact.notes, []);
        assert.deepEqual((await see(page, "#ours")).bands, []);
      }),

      t.test("a server that was started again tells exactly what was missed", async (t) => {
        const port = String(await freePort());
        const args = ["--data", await temporaryFolder(t), ...quiet, port];
        const first = await runPlotcast(t, args);
        const { page, counter } = await setUp(t, browser, first.url);
        counter.paused = true;
        await delay(300); // what was sent is on its disk
        await first.stop("SIGKILL");
        const isCut = ({ chip }: Seen) => chip.startsWith("Reconnecting");
        await seen(page, "the loss", isCut, "#ours");
        await runPlotcast(t, args);
        counter.paused = false;
        const last = counter.sent.at(-1)![1];
        await seen(page, "to be live again", ({ chip }) => chip === "Live", "#ours");
        const isOn = (it: Shown) => valuesOf(it).at(-1)! > last + 5;
        const exact = await shows(page, "what came since", isOn, "#ours");
        assertExact(exact.columns[0]!, counter.sent);
        for (const { kind } of (await see(page, "#ours")).bands) assert.equal(kind, "silent");
      }),

      t.test("silence is told by the second, and can be seen when it is over", async (t) => {
        const { url } = await runPlotcast(t, ["--no-persist", ...quiet, "0"]);
        const { page, counter } = await setUp(t, browser, url);
        counter.paused = true;
        for (const chart of ["#plain", "#ours"]) {
          const isSilent = (it: Seen) => /^Last sample \d+ s ago$/.test(it.chip) && it.note !== "";
          const { note, bands } = await seen(page, "silence", isSilent, chart);
          const said =
            /^Expected every [12]\d\d ms\. The connection is open; its sender is silent\.$/;
          assert.match(note, said);
          // A busy machine may have kept the sender waiting before: that is told as well.
          assert.ok(bands.every(({ kind }) => kind === "silent"));
          assert.match(bands.at(-1)!.text, /^Last sample \d+ s ago, expected every [12]\d\d ms$/);
          assert.equal(await inkWithin(page, "silent", chart), 0);
        }
        counter.paused = false;
        for (const chart of ["#plain", "#ours"]) {
          await seen(page, "to be live again", ({ chip }) => chip === "Live", chart);
          const isOver = (it: Seen) => it.bands.at(-1)?.text.startsWith("No samples for") === true;
          const { bands } = await seen(page, "what it was", isOver, chart);
          assert.ok(bands.every(({ kind }) => kind === "silent"));
          assert.equal(await inkWithin(page, "silent", chart), 0);
          assert.ok((await shown(page, chart)).notes.length >= 1);
        }
      }),

      t.test(
        "a computer without a network is told so, and it is tried again once there is one",
        async (t) => {
          const feed = new Feed("retry: 60000\n\n");
          const site = await openSite(t, { "/plain": feed.handle });
          const page = await openCharts(t, browser, site);
          await put(page, '<live-chart src="/plain"></live-chart>');
          await seen(page, "to be connected", ({ chip }) => chip === "Connected");
          await page.evaluate(() => {
            Object.defineProperty(navigator, "onLine", { get: () => false, configurable: true });
          });
          feed.down = true;
          feed.cut();
          const isFar = (it: Seen) => /Reconnecting in (5\d|6\d) s/.test(it.chip);
          await seen(page, "a long wait", isFar);
          await wake(page);
          await seen(page, "the reason", (it) => it.message.includes("this computer is offline"));
          await page.evaluate(() => Reflect.deleteProperty(navigator, "onLine"));
          feed.down = false;
          await wake(page);
          await seen(page, "to be connected", ({ chip }) => chip === "Connected");
        },
      ),

      t.test(
        "what was missed for longer than the log reaches is marked as an outline",
        async (t) => {
          const server = await startServer({
            ...defaultOptions,
            ...{ port: 0, logLevel: "silent", dataDir: await temporaryFolder(t) },
            // A log that forgets as soon as it may.
            ...{ replayMs: 0, maxDiskBytes: 8_000_000 },
          });
          t.after(() => server.close());
          const start = Date.now() - 3_540_000;
          const append = (from: number, samples: number, series = "load") =>
            server.append(
              Array.from({ length: samples }, (_, i) => ({
                ...{ series, time: start + (from + i) * 100 },
                value: from + i === 12_345 ? 1e6 : Math.random(),
              })),
            );
          await append(0, 500);
          const relay = new Relay(server.url);
          const site = await openSite(t, { "/v1/stream": relay.handle });
          const page = await openCharts(t, browser, site);
          const chart = (span: string) =>
            `<live-chart id="${span}" src="/v1/stream?series=load" span="${span}"></live-chart>`;
          await put(page, chart("1h") + chart("5m"));
          await shows(page, "what was before", (it) => valuesOf(it).length > 10, '[id="1h"]');
          relay.down = true;
          const { oldest } = await logOf(server);
          for (let from = 500; from < 35_000; from += 1500) await append(from, 1500);
          // It drops the past when it needs room, and the store is through with it.
          for (let tries = 0; (await logOf(server)).oldest <= oldest + 1; tries++) {
            assert.ok(tries < 300, "the log has dropped nothing");
            await append(tries * 1000, 1000, "other");
            await delay(50);
          }
          relay.down = false;
          await wake(page);
          const { columns, names } = await shows(
            page,
            "the great one",
            (it) => valuesOf(it).includes(1e6),
            '[id="1h"]',
          );
          assert.match(names[0]!, /extremes only/);
          assert.ok(columns[0]!.length > 500);
          const { bands } = await seen(page, "a band", (it) => it.bands.length > 0, '[id="5m"]');
          const text = "Shown in outline: away for longer than the server's log reaches";
          assert.deepEqual(bands[0], { kind: "reduced", text });
        },
      ),
    ]);
  });
}

async function logOf(server: Server): Promise<{ head: number; oldest: number }> {
  return ((await (await fetch(`${server.url}/v1/stats`)).json()) as { log: never }).log;
}
