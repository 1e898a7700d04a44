import assert from "node:assert/strict";
import { test } from "node:test";
import { browserNames, openBrowser } from "../browsers.ts";
import { eventually, inkOf } from "../ink.ts";
import { Feed, openSite } from "./site.ts";
import { openCharts, put, type Seen, seen, shown, shows } from "./whole-chart.ts";

/* What a chart stands on is changed while it is there: clocks, colours, renderers, series. */

const isConnected = ({ chip }: Seen) => chip === "Connected" || chip === "Live";

for (const name of browserNames) {
  test(`${name}: a chart outlives what is changed under it`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const feed = new Feed();
    const site = await openSite(t, { "/feed": feed.handle });
    const page = await openCharts(t, browser, site);
    // Before anybody has asked for the time.
    await page.addInitScript(() => {
      const now = Date.now.bind(Date);
      const offset = { ms: 0 };
      Object.assign(Date, { offset, now: () => now() + offset.ms });
      const request = requestAnimationFrame.bind(globalThis);
      const frames = { asked: 0 };
      const counted = (run: FrameRequestCallback) => {
        frames.asked++;
        return request(run);
      };
      Object.assign(globalThis, { frames, requestAnimationFrame: counted });
    });
    const setClock = (ms: number) =>
      page.evaluate((ms) => Object.assign(Reflect.get(Date, "offset"), { ms }), ms);
    await page.reload();
    await page.waitForFunction(() => customElements.get("live-chart") !== undefined);
    const begin = async (html = '<live-chart src="/feed" span="30s"></live-chart>') => {
      await put(page, "");
      await put(page, html);
      await seen(page, "to be connected", isConnected);
    };

    await t.test("a computer's clock that is set back by an hour stops nothing", async () => {
      await begin('<live-chart src="/feed" window="30"></live-chart>');
      for (let i = 0; i < 20; i++) feed.send({ time: Date.now() - 2000 + i * 100, v: i });
      await shows(page, "what came before", (it) => it.columns[0]?.length === 20);
      await setClock(-3600_000);
      const going = setInterval(() => feed.send({ time: Date.now(), v: 20 }), 100);
      t.after(() => clearInterval(going));
      const isLater = ([, value]: readonly [number, number]) => value === 20;
      await shows(page, "what came after", (it) => it.columns[0]?.some(isLater) ?? false);
      clearInterval(going);
      await setClock(0);
    });

    await t.test("what has no room asks for no frames, and is drawn when it has", async () => {
      await begin('<live-chart src="/feed" span="30s" style="display: none"></live-chart>');
      for (let i = 0; i < 20; i++) feed.send({ time: Date.now() - 2000 + i * 100, v: i });
      const asked = await page.evaluate(async () => {
        const frames = Reflect.get(globalThis, "frames") as unknown as { asked: number };
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const before = frames.asked;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return frames.asked - before;
      });
      assert.ok(asked < 10, `${asked} frames in a second`);
      await page.locator("live-chart").evaluate((it) => it.removeAttribute("style"));
      await eventually("a line", async () => (await inkOf(page)) > 50);
      assert.equal((await shown(page)).columns[0]?.length, 20);
    });

    await t.test("what comes late while nobody can see it is there when somebody can", async () => {
      // Held, with heights of its own: nothing else makes it draw anew.
      const end = Date.now();
      const times = [end - 10_000, end].map((time) => new Date(time).toISOString());
      await begin(`<live-chart src="/feed" span="60s" y-min="0" y-max="50"
        style="display: block; margin-block-end: 3000px"></live-chart>`);
      await page
        .locator("live-chart")
        .evaluate((it, view) => it.setAttribute("view", view), times.join(".."));
      const say = (second: number, v: number) => feed.send({ time: end - second * 1000, v });
      for (const second of [9, 8, 7, 6, 4, 3, 2, 1]) say(second, 10);
      await shows(page, "all but one", (it) => it.columns[0]?.length === 8);
      await eventually("a line", async () => (await inkOf(page)) > 50);
      const before = await inkOf(page);
      await page.evaluate(() => scrollTo(0, 2500));
      say(5, 40);
      await shows(page, "the late one", (it) => it.columns[0]?.length === 9);
      assert.equal(await inkOf(page), before);
      await page.evaluate(() => scrollTo(0, 0));
      await eventually("its peak", async () => (await inkOf(page)) > before * 1.1);
    });

    await t.test("a key stays on its series while others come", async () => {
      await begin();
      for (let i = 0; i < 5; i++) feed.send({ time: Date.now() - 500 + i * 100, b: i });
      await seen(page, "a series", ({ legend }) => legend.startsWith("b"));
      const focused = () =>
        page.evaluate(
          () =>
            document
              .querySelector("live-chart")!
              .shadowRoot!.activeElement?.closest("li")
              ?.querySelector(".legend-name")?.textContent,
        );
      await page.locator("live-chart .legend-button").focus();
      assert.equal(await focused(), "b");
      feed.send({ time: Date.now(), a: 1, b: 5, c: 2 });
      await eventually(
        "the others",
        async () => (await page.locator("live-chart .legend-item").count()) === 3,
      );
      assert.equal(await focused(), "b");
    });

    await t.test("a renderer that fails late does not take the place of the next one", async () => {
      await begin();
      for (let i = 0; i < 20; i++) feed.send({ time: Date.now() - 2000 + i * 100, v: i });
      await shows(page, "its samples", (it) => it.columns[0]?.length === 20);
      await page.evaluate(async () => {
        const address = "/live-chart.js";
        const { registerRenderer } = await import(address);
        const chart = document.querySelector("live-chart")!;
        const late = Promise.withResolvers<never>();
        registerRenderer("late", () => late.promise);
        registerRenderer("mine", async () => (host: HTMLElement) => {
          host.append(Object.assign(document.createElement("i"), { className: "mine" }));
          return { configure() {}, resize() {}, draw() {} };
        });
        chart.setAttribute("renderer", "late");
        chart.setAttribute("renderer", "mine");
        await new Promise(requestAnimationFrame);
        late.reject(new Error("too late"));
      });
      const mine = page.locator("live-chart .mine");
      await mine.waitFor({ state: "attached" });
      feed.send({ time: Date.now(), v: 20 });
      await shows(page, "what came since", (it) => it.columns[0]?.length === 21);
      assert.equal(await mine.count(), 1);
      const { note, message } = await seen(page, "to be connected", isConnected);
      assert.deepEqual([note, message], ["", ""]);
    });

    await t.test("whoever asks for strong colours gets lines and labels in them", async (t) => {
      await begin();
      for (let i = 0; i < 20; i++) feed.send({ time: Date.now() - 2000 + i * 100, v: i });
      await shows(page, "its samples", (it) => it.columns[0]?.length === 20);
      await page.emulateMedia({ forcedColors: "active" });
      const isForced = () => matchMedia("(forced-colors: active)").matches;
      if (!(await page.evaluate(isForced))) return t.skip("cannot be asked of this browser");
      const inkIs = () =>
        page.evaluate(() => {
          const root = document.querySelector("live-chart")!.shadowRoot!;
          const ink = getComputedStyle(root.querySelector(".probes .ink")!).color;
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "CanvasText";
          const wanted = getComputedStyle(probe).color;
          probe.remove();
          return { ink, wanted };
        });
      const { ink, wanted } = await inkIs();
      assert.equal(ink, wanted);
      await eventually("a line", async () => (await inkOf(page)) > 50);
      await page.emulateMedia({ forcedColors: "none" });
    });
  });
}
