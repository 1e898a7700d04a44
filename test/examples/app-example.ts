import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Page } from "playwright-core";
import { openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf } from "../ink.ts";

/**
 * What the application of each framework does with a chart, at `url`: draws, tells of each event,
 * takes attributes and properties, and leaves nothing running when the chart is gone.
 */
export async function checkApp(t: TestContext, url: string): Promise<void> {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const page = await openPage(t, browser);
  await countFrames(page);
  await page.goto(url);
  const told = () => page.locator("#told").innerText();
  const until = (pattern: RegExp) =>
    eventually(`${pattern}`, async () => pattern.test(await told()));
  const chart = page.locator("live-chart");
  await eventually("a line", async () => (await inkOf(page)) > 20);
  await until(/^live, [1-9]\d* samples, 0 gaps, following$/);
  assert.equal(await chart.getAttribute("title"), "Temperatures");

  await chart.evaluate((element) =>
    element.dispatchEvent(new CustomEvent("gap", { detail: { reason: "a test" } })),
  );
  await until(/, 1 gaps, /);

  await page.getByRole("combobox", { name: "Span" }).selectOption("60s");
  await eventually("the attribute", async () => (await chart.getAttribute("span")) === "60s");

  await page.getByRole("button", { name: "Look at the last 5 s" }).click();
  await until(/, held$/);
  const view = await chart.evaluate(
    (element) => (element as HTMLElementTagNameMap["live-chart"]).view,
  );
  assert.equal(view!.to - view!.from, 5000);
  await page.getByRole("button", { name: "Look at the last 5 s" }).click();
  await until(/, following$/);

  assert.equal(await viewersOf(url), 1);
  await page.getByRole("button", { name: "Hide" }).click();
  await eventually("no chart", async () => (await chart.count()) === 0);
  await eventually("no stream", async () => (await viewersOf(url)) === 0);
  await assertStill(page);
  await page.getByRole("button", { name: "Show" }).click();
  await eventually("a line again", async () => (await inkOf(page)) > 20);
}

/** Lets the page say how many animation frames and timers have been asked for. */
async function countFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counted = window as unknown as { asked: number };
    counted.asked = 0;
    for (const name of ["requestAnimationFrame", "setTimeout", "setInterval"] as const) {
      const real = window[name] as (...args: unknown[]) => number;
      Object.assign(window, {
        [name]: (...args: unknown[]) => {
          counted.asked++;
          return real(...args);
        },
      });
    }
  });
}

/** Nothing on the page asks for a frame or a timer any more: a chart would, several times a second. */
async function assertStill(page: Page): Promise<void> {
  const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked);
  let before = await asked();
  let since = performance.now();
  await eventually("nothing to run", async () => {
    const now = await asked();
    if (now !== before) since = performance.now();
    before = now;
    return performance.now() - since > 1500;
  });
}

async function viewersOf(url: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  const streams = /^plotcast_viewers(?:\{[^}]*\})? (\d+)$/m.exec(text);
  assert.ok(streams, "the server tells how many streams it has");
  return Number(streams[1]);
}
