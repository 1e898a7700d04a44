import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { type BrowserName, browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf, textOf } from "../ink.ts";
import { type RunningPlotcast, runPlotcast } from "../plotcast-process.ts";
import { flawsOf, gridLightOf, inkOfEach, plotTopsOf, watchShifts } from "./look.ts";

/*
 * The states that a reader meets, in real browsers. What can be asserted without stored pictures is;
 * the pictures themselves are left in `.tmp/screenshots/` for people to look at.
 */

const folder = path.join(import.meta.dirname, "../../.tmp/screenshots");
const wide = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };
const views = [
  [{ ...wide, dark: false }, "wide"],
  [{ ...phone, dark: true }, "phone"],
] as const;

/** Takes the picture, and finds no flaw in the page. */
async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Hiding the caret would need a style that our own policy refuses.
  await page.screenshot({
    path: path.join(folder, `${name}.png`),
    fullPage: true,
    caret: "initial",
  });
  assert.deepEqual(await flawsOf(page), [], name);
}

async function send(url: string, samples: readonly Record<string, number>[]): Promise<void> {
  const body = samples.map((sample) => JSON.stringify(sample)).join("\n");
  const response = await fetch(`${url}/v1/samples`, { method: "POST", body });
  assert.equal(response.status, 204, await response.text());
}

/** Two minutes of waves, a sample a second; the last one is from now. */
function waves(names: readonly string[]): Record<string, number>[] {
  return Array.from({ length: 120 }, (_, i) => {
    const values = names.map((name, k) => [name, Math.round(500 + 400 * Math.sin(i / 9 + k)) / 10]);
    return { time: Date.now() - (119 - i) * 1000, ...Object.fromEntries(values) };
  });
}

const twenty = Array.from({ length: 20 }, (_, i) => `load{core="${i}",host="web-1"}`);
const cards = Array.from({ length: 20 }, (_, i) => `room${i}`);

async function start(t: TestContext): Promise<RunningPlotcast> {
  return await runPlotcast(t, ["--no-persist", "--port", "0", "--log-level", "silent"]);
}

/** What Firefox has no remote control for is done in the page itself, for the lines of the grid. */
async function turnDark(page: Page, name: BrowserName): Promise<void> {
  if (name === "chromium") return await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => document.documentElement.style.setProperty("--line", "#2a2c30"));
}

/** Whether the page is dark, as its own background says. */
async function isDark(page: Page): Promise<boolean> {
  const color = await page.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  return Number(/\d+/.exec(color)?.[0]) < 128;
}

test("chromium: an empty server shows how to feed it, in the colours and the width of the screen", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const { url } = await start(t);
  for (const [view, label] of views) {
    const page = await openPage(t, browser, view);
    await page.goto(url);
    await eventually("the address to send to", async () =>
      (await page.innerText("main")).includes(`curl -d 21.4 ${url}/temp`),
    );
    assert.equal(await isDark(page), view.dark);
    await shoot(page, `chromium-empty-${label}`);
  }
});

for (const name of browserNames) {
  test(`${name}: twenty series are twenty cards or twenty lines, also on a phone`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const { url } = await start(t);
    await send(url, waves([...cards, ...twenty]));
    for (const [view, label] of views) {
      const page = await openPage(t, browser, view);
      await page.goto(url);
      // Those out of sight as well: a page is also printed, and photographed in full.
      await eventually("twenty-one charts, each with a line", async () => {
        const inked = (await inkOfEach(page)).filter((ink) => ink > 20).length;
        return inked === cards.length + 1;
      });
      assert.equal(await isDark(page), view.dark && name === "chromium");
      await shoot(page, `${name}-cards-${label}`);
      await page.goto(`${url}/load`);
      await eventually("twenty lines", async () => (await inkOf(page)) > 2000);
      assert.equal(await page.locator("live-chart .legend-item").count(), twenty.length);
      await shoot(page, `${name}-lines-${label}`);
    }
  });

  test(`${name}: without its server a page says so, keeps its lines and follows the theme`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const server = await start(t);
    await send(server.url, waves(cards));
    const overview = await openPage(t, browser, wide);
    const single = await openPage(t, browser, phone);
    await overview.goto(server.url);
    await single.goto(`${server.url}/room1`);
    for (const page of [overview, single]) {
      await eventually("a line", async () => (await inkOf(page)) > 100);
    }
    const tops = await plotTopsOf(overview);
    await server.stop("SIGKILL");
    for (const page of [overview, single]) {
      await eventually("it to say so", async () =>
        /No connection to the server/.test(await page.innerText("body")),
      );
      assert.match(await page.innerText("#state"), /^Reconnecting/);
    }
    await eventually("the charts to know of it", async () =>
      (await textOf(overview)).includes("Connection lost"),
    );
    assert.deepEqual(await plotTopsOf(overview), tops);
    await shoot(single, `${name}-disconnected-phone`);
    await shoot(overview, `${name}-disconnected`);
    assert.ok((await gridLightOf(overview, 0)) > 200);
    await turnDark(overview, name);
    const last = cards.length - 1;
    await eventually("dark lines in sight", async () => (await gridLightOf(overview, 0)) < 90);
    await overview.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await eventually("and out of it", async () => (await gridLightOf(overview, last)) < 90);
    assert.ok((await inkOfEach(overview)).every((ink) => ink > 20));
    await shoot(overview, `${name}-disconnected-dark`);
  });
}

test("chromium: nothing shifts while numbers grow, neither on a card nor in a legend", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const { url } = await start(t);
  await send(url, waves(["one", "two", "three"]));
  const pages = [];
  for (const at of ["/", "/one", "/t*"]) {
    const page = await openPage(t, browser, wide);
    await page.goto(`${url}${at}`);
    await eventually("a line", async () => (await inkOf(page)) > 100);
    pages.push({ page, at, shifted: await watchShifts(page) });
  }
  for (const value of [7, 77, 777, 7777]) {
    await send(url, [{ one: value, two: value, three: -value }]);
    const text = value.toLocaleString("en-US");
    for (const { page } of pages) {
      await eventually(text, async () => (await textOf(page)).includes(text));
    }
  }
  for (const { page, at, shifted } of pages) {
    // Figures that end at the edge of a card begin a little further left when they are more; those of
    // a legend have room for most numbers, and take more of it at once when that is used up.
    assert.ok((await shifted()) <= 0.001, `${at} shifted by ${await shifted()}`);
    await shoot(page, `chromium-grown${at.replace(/\W/g, "-")}`);
  }
});

test("chromium: how far a page looks back is chosen with the keyboard, and kept in its address", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const { url } = await start(t);
  const hourly = Array.from({ length: 24 * 20 }, (_, i) => {
    return { time: Date.now() - (i + 1) * 3_600_000, one: i % 24, two: 50 - (i % 24) };
  });
  await send(url, hourly.reverse());
  const page = await openPage(t, browser, { width: 320, height: 640 });
  // One that is not among the usual ones is offered as well: there are never more of them.
  await page.goto(`${url}/?span=2h`);
  const pressed = () => page.locator(".spans [aria-pressed=true]").allInnerTexts();
  await eventually("charts", async () => (await page.locator("live-chart").count()) === 2);
  assert.deepEqual(await pressed(), ["2h"]);
  await shoot(page, "chromium-spans-small");
  const tops = await page
    .locator(".spans button")
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
  assert.equal(new Set(tops).size, 1);

  await page.getByRole("button", { name: "30d" }).focus();
  await page.keyboard.press("Enter");
  await eventually("both lines", async () => (await inkOf(page)) > 1000);
  assert.equal(new URL(page.url()).search, "?span=30d");
  await page.getByRole("link", { name: "two" }).click();
  await page.waitForURL(`${url}/two?span=30d`);
  await eventually("a line", async () => (await inkOf(page)) > 1000);
  await page.reload();
  await eventually("the same line", async () => (await inkOf(page)) > 1000);
  assert.deepEqual(await pressed(), ["30d"]);
  await shoot(page, "chromium-month-small");
});
