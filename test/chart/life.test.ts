import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultOptions, startServer } from "@plotcast/server";
import { browserNames, openBrowser } from "../browsers.ts";
import { eventually, inkOf } from "../ink.ts";
import { Feed, openSite, Relay } from "./site.ts";
import { openCharts, put, type Seen, see, seen, shown, shows } from "./whole-chart.ts";

/* A chart while it lives: its element is moved, told otherwise, put away; its samples come as they like. */

const hourMs = 3600_000;

const isConnected = ({ chip }: Seen) => chip === "Connected" || chip === "Live";

for (const name of browserNames) {
  test(`${name}: a chart does as its element is told, at any time`, async (t) => {
    const browser = await openBrowser(t, name, { keepsPages: true });
    if (!browser) return;
    const feed = new Feed();
    const other = new Feed();
    const site = await openSite(t, { "/feed": feed.handle, "/other": other.handle });
    const page = await openCharts(t, browser, site);
    const set = (attribute: string, value: string | null) =>
      page.evaluate(
        ([key, text]) => {
          const chart = document.querySelector("live-chart")!;
          if (text === null) chart.removeAttribute(key!);
          else chart.setAttribute(key!, text!);
        },
        [attribute, value],
      );
    const values = async () => (await shown(page)).columns[0]?.map(([, value]) => value);

    await t.test(
      "a late sample is drawn where it belongs, and the last word on a time counts",
      async () => {
        await put(page, '<live-chart src="/feed" span="30s"></live-chart>');
        await seen(page, "to be connected", isConnected);
        const start = Date.now() - 20_000;
        const say = (second: number, v: number) => feed.send({ time: start + second * 1000, v });
        for (const second of [0, 1, 2, 3, 4, 6, 7, 8]) say(second, second);
        await shows(page, "all but one", (it) => it.columns[0]?.length === 8);
        const before = await inkOf(page);
        say(5, 40);
        const { columns } = await shows(page, "the late one", (it) => it.columns[0]?.length === 9);
        assert.deepEqual(
          columns[0]!.map(([, value]) => value),
          [0, 1, 2, 3, 4, 40, 6, 7, 8],
        );
        assert.deepEqual(
          columns[0]!.map(([time]) => (time - start) / 1000),
          [0, 1, 2, 3, 4, 5, 6, 7, 8],
        );
        await eventually("its peak", async () => (await inkOf(page)) > before * 1.1);
        say(5, 5);
        await eventually("the last word", async () => (await values())?.[5] === 5);
        assert.deepEqual(
          (await see(page)).bands.filter(({ kind }) => kind !== "silent"),
          [],
        );
      },
    );

    await t.test("attributes that are changed while it runs", async () => {
      await put(page, "");
      await put(page, '<live-chart src="/feed"></live-chart>');
      await seen(page, "to be connected", isConnected);
      const time = Date.now();
      for (let i = 0; i < 20; i++) {
        feed.send({ time: time - 10_000 + i * 100, when: time - 5000 + i * 100, a: i, b: 100 + i });
      }
      await shows(page, "all numbers", (it) => it.names.length === 3);
      await set("fields", "a b");
      await shows(page, "nothing of what was there", (it) => it.names.length === 0);
      await seen(page, "to be connected", isConnected);
      for (let i = 0; i < 20; i++)
        feed.send({ time: time - 2000 + i * 100, when: i, a: i, b: 100 + i });
      assert.deepEqual((await shows(page, "both", (it) => it.columns[1]?.length === 20)).names, [
        "a",
        "b",
      ]);
      await set("series", "b");
      assert.deepEqual((await shows(page, "one", (it) => it.names.length === 1)).names, ["b"]);
      await set("series", "nobody");
      const isMissed = ({ message }: Seen) => message.includes("The source has a, b.");
      await seen(page, "what there is", isMissed);
      await set("series", "b");
      await set("unit", "km");
      await seen(page, "its unit", ({ legend }) => legend.includes("km"));
      await page.locator("live-chart figure").evaluate((it) => it.setAttribute("data-same", ""));
      await set("window", "5");
      await shows(page, "five of them", (it) => it.columns[0]?.length === 5);
      await set("span", "90s");
      await set("delay", "100ms");
      await set("window", null);
      await set("span", null);
      assert.equal(await page.locator("live-chart figure[data-same]").count(), 1, "the same chart");
      await set("series", null);
      await set("title", "Renamed");
      const title = () => page.locator("live-chart .title").innerText();
      await eventually("its title", async () => (await title()) === "Renamed");
      await set("src", "/other");
      await eventually("the first to be left", async () => feed.viewers === 0);
      await seen(page, "to be connected", isConnected);
      other.send({ a: 1 });
      await shows(page, "the other one", (it) => it.columns[0]?.[0]?.[1] === 1);
    });

    await t.test("numbers and times are in the language of the page around it", async () => {
      const end = Date.UTC(2026, 0, 31, 15, 0, 30);
      const view = [end - 30_000, end].map((time) => new Date(time).toISOString()).join("..");
      await put(page, '<div lang="de"><section></section></div>');
      await page.evaluate((html) => {
        const root = document.querySelector("section")!.attachShadow({ mode: "open" });
        root.innerHTML = html;
      }, `<live-chart src="/feed" zone="UTC" view="${view}"></live-chart>`);
      await eventually("a viewer", async () => feed.viewers === 1);
      for (let i = 0; i < 20; i++) feed.send({ time: end - 20_000 + i * 1000, v: 1234.5 + i });
      const chart = page.locator("live-chart");
      await eventually("a legend", async () => (await chart.locator(".legend-value").count()) > 0);
      await chart.locator(".canvas").hover();
      await chart.getByRole("button", { name: "Chart menu" }).click();
      await chart.getByRole("menuitem", { name: "Show as table" }).click();
      /** Labels of axes, the legend, the state and the table. */
      const isWritten = (...wanted: readonly RegExp[]) =>
        eventually(String(wanted), async () => {
          const parts = [".legend-value", ".chip", ".table"];
          const texts = await Promise.all(
            parts.map((part) => chart.locator(part).first().innerText()),
          );
          const svg = await chart.evaluate((it: HTMLElementTagNameMap["live-chart"]) => it.toSVG());
          const all = [svg, ...texts].join("\n").replaceAll(/\s/g, " ");
          return wanted.every((text) => text.test(all));
        });
      await isWritten(/>1\.240</, /15:00:10</, /1\.253,5/, /31\. Jan\.,? 15:00:29/, /Held · 31/);
      // Nearer, and no language: the browser's counts. The table stays as it is for who is in it.
      await page
        .locator("section")
        .first()
        .evaluate((it) => it.setAttribute("lang", "no_such"));
      await isWritten(/>1,240</, /3:00:10</, /1,253\.5/, /Held · Jan/);
    });

    await t.test("it is taken away, put back, and moved", async () => {
      await put(page, "");
      await eventually("everyone to be gone", async () => other.viewers === 0);
      await put(page, '<live-chart src="/feed"></live-chart><div></div>');
      await seen(page, "to be connected", isConnected);
      await page.evaluate(() => {
        const chart = document.querySelector("live-chart")!;
        Object.assign(globalThis, { chart });
        chart.remove();
      });
      await eventually("nobody to be there", async () => feed.viewers === 0);
      await page.evaluate(() => document.body.prepend(Reflect.get(globalThis, "chart")));
      await seen(page, "to be connected", isConnected);
      assert.equal(feed.viewers, 1);
      const { asked } = feed;
      feed.send({ v: 1 });
      await shows(page, "a sample", (it) => it.columns[0]?.length === 1);
      await page.evaluate(() => {
        document.querySelector("div")!.append(document.querySelector("live-chart")!);
      });
      feed.send({ v: 2 });
      await shows(page, "both samples", (it) => it.columns[0]?.length === 2);
      assert.equal(feed.asked, asked, "whoever is moved does not ask again");
    });

    await t.test(
      "a view that was left is not gone back to by an element that is moved",
      async () => {
        await put(page, "");
        await put(
          page,
          '<live-chart src="/feed" view="2023-11-14T22:13:20Z..2023-11-14T22:14:20Z"></live-chart><div></div>',
        );
        await seen(page, "to be held", ({ chip }) => chip.startsWith("Held"));
        const view = () => page.evaluate(() => document.querySelector("live-chart")!.view);
        await eventually(
          "what is asked for",
          async () => (await view())?.from === 1_700_000_000_000,
        );
        const move = () =>
          page.evaluate(() => {
            const chart = document.querySelector("live-chart")!;
            const [place] = [document.querySelector("div")!, document.body].filter(
              (it) => it !== chart.parentElement,
            );
            place!.append(chart);
          });
        await move();
        assert.equal((await view())?.from, 1_700_000_000_000, "held, it stays where it is");
        await page.evaluate(() => {
          document.querySelector("live-chart")!.view = undefined;
        });
        await move();
        await seen(page, "to be connected", isConnected);
        assert.equal(await view(), undefined);
      },
    );

    await t.test(
      "out of sight, its figures are kept up to date, and in sight it is drawn",
      async () => {
        const above = '<div style="height: 5000px"></div>';
        await put(page, "");
        await put(page, `${above}<live-chart src="/feed" span="30s"></live-chart>`);
        await seen(page, "to be connected", isConnected);
        for (let i = 0; i < 5; i++) feed.send({ time: Date.now() - 500 + i * 100, v: i });
        await seen(page, "what came first", ({ legend }) => /^v\s*4/.test(legend));
        feed.send({ time: Date.now(), v: 77 });
        await seen(page, "what came next", ({ legend }) => /^v\s*77/.test(legend));
        await page.locator("live-chart").scrollIntoViewIfNeeded();
        await eventually("a line", async () => (await inkOf(page)) > 50);
      },
    );

    await t.test("what is moved while it begins is held where it is asked to be", async () => {
      await put(page, "");
      const view = () => page.evaluate(() => document.querySelector("live-chart")!.view);
      await page.evaluate(async () => {
        const chart = document.createElement("live-chart");
        chart.setAttribute("src", "/feed");
        chart.setAttribute("view", "2023-11-14T22:13:20Z..2023-11-14T22:14:20Z");
        document.body.append(chart);
        chart.remove();
        await new Promise((resolve) => setTimeout(resolve, 300));
        document.body.append(chart);
        document.body.prepend(chart);
      });
      await seen(page, "to be held", ({ chip }) => chip.startsWith("Held"));
      assert.equal((await view())?.from, 1_700_000_000_000);
    });

    await t.test("whose address a child has is never said to have none", async () => {
      await put(page, "");
      const chips = await page.evaluate(async () => {
        const chips: string[] = [];
        const chart = document.createElement("live-chart");
        chart.innerHTML = '<live-series src="/feed" series="*"></live-series>';
        document.body.append(chart);
        while (!chips.at(-1)?.match(/^(Connected|Live)/) && chips.length < 500) {
          await new Promise(requestAnimationFrame);
          chips.push(chart.shadowRoot?.querySelector(".chip")?.textContent ?? "");
        }
        return [...new Set(chips)];
      });
      assert.match(chips.at(-1)!, /^(Connected|Live)/);
      assert.ok(!chips.some((chip) => /refused|cannot/i.test(chip)), chips.join());
    });

    await t.test(
      "a source whose clock is an hour ahead or behind is drawn, and that is told",
      async () => {
        for (const [way, offMs] of [
          ["ahead", hourMs],
          ["behind", -hourMs],
        ] as const) {
          await put(page, "");
          await put(page, '<live-chart src="/feed"></live-chart>');
          await seen(page, "to be connected", isConnected);
          const start = Date.now() + offMs - 1900;
          for (let i = 0; i < 20; i++) feed.send({ time: start + i * 100, v: i });
          await shows(page, "all of it", (it) => it.columns[0]?.length === 20);
          assert.ok((await inkOf(page)) > 50);
          const { hint } = await seen(
            page,
            "the skew",
            ({ chip }) => chip === `Live · clock 1 h ${way}`,
          );
          assert.match(hint, new RegExp(`clock is 1.h ${way}.* this one; times are the source's`));
        }
      },
    );

    await t.test("our server's clock may be an hour off, and pages may be put away", async (t) => {
      const realNow = Date.now;
      t.mock.method(Date, "now", () => realNow() - hourMs);
      const server = await startServer({ ...defaultOptions, port: 0, logLevel: "silent" });
      t.after(() => server.close());
      const relay = new Relay(server.url);
      const site = await openSite(t, { "/v1/stream": relay.handle });
      const page = await openCharts(t, browser, site);
      await server.append(
        Array.from({ length: 20 }, (_, i) => ({
          ...{ series: "load", time: Date.now() - 1900 + i * 100, value: i },
        })),
      );
      const chart = '<live-chart src="/v1/stream?series=load" span="60s"></live-chart>';
      await put(page, chart);
      const isTold = ({ chip }: Seen) => chip === "Live · clock 1 h behind";
      await seen(page, "the skew", isTold);
      const { columns, notes } = await shows(page, "all", (it) => it.columns[0]?.length === 20);
      assert.ok(columns[0]![0]![0] < realNow() - hourMs, "times are the server's");
      assert.deepEqual(
        notes.filter((note) => !note.includes("Last sample")),
        [],
      );

      await page.evaluate(() => {
        dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      });
      const { passed } = relay;
      await page.evaluate(() => {
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      });
      await eventually("a new connection", async () => relay.passed > passed);
      await server.append([{ series: "load", time: Date.now(), value: 20 }]);
      await shows(page, "what came since", (it) => it.columns[0]?.length === 21);

      await page.evaluate(() => document.body.setAttribute("data-kept", ""));
      await page.goto(`${site}/?elsewhere`);
      await server.append([{ series: "load", time: Date.now(), value: 21 }]);
      await page.goBack({ waitUntil: "commit" });
      await page.waitForFunction(() => customElements.get("live-chart") !== undefined);
      const isKept = (await page.locator("[data-kept]").count()) > 0;
      // Whether it is kept is the browser's business; nothing may be lost either way.
      if (!isKept) await put(page, chart);
      if (name === "chromium") assert.ok(isKept);
      const after = await shows(page, "all of it", (it) => it.columns[0]?.length === 22);
      const all = Array.from({ length: 22 }, (_, i) => i);
      assert.deepEqual(
        after.columns[0]!.map(([, value]) => value),
        all,
      );
      for (const { kind } of (await see(page)).bands) assert.equal(kind, "silent");
    });
  });
}
