import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { type BrowserName, browserNames, openBrowser, openPage } from "../browsers.ts";
import { openScripted } from "./scripted-page.ts";

/** The plot of the fake chart: where it is in the page, and how long a pixel of it is. */
const plot = { left: 48, top: 28 + 8, width: 536, height: 162 };
const msPerPx = 60_000 / plot.width;
const origin = { x: 20, y: 100 };

const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Gestures</title>
<meta name="viewport" content="width=device-width">
<style>body { margin: 0; block-size: 4000px }
gestures-chart { position: absolute; left: ${origin.x}px; top: ${origin.y}px; inline-size: 600px }</style>
<gestures-chart></gestures-chart><button id="after" style="position: absolute; top: 500px">after</button>
<script type="module" src="/page.js"></script>`;

async function openGestures(page: Page): Promise<void> {
  const script = new URL("./gestures-page.ts", import.meta.url);
  await openScripted(page, script, html, "gestures-chart");
}

async function open(t: TestContext, name: BrowserName): Promise<Page | undefined> {
  const browser = await openBrowser(t, name);
  if (!browser) return undefined;
  const page = await openPage(t, browser);
  await openGestures(page);
  return page;
}

/** A place in the page, by fractions of the plot. */
function at(across: number, down = 0.5): [number, number] {
  const { left, top, width, height } = plot;
  return [origin.x + left + across * width, origin.y + top + down * height];
}

async function held(page: Page) {
  return await page.evaluate(() => document.querySelector("gestures-chart")!.held);
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
  await page.mouse.move(...to, { steps: 4 });
}

/** How far the page has scrolled, once it has had the time to. */
async function scrolled(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    for (let last = -1; last !== scrollY; ) {
      last = scrollY;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return scrollY;
  });
}

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} instead of ${expected}`);
}

for (const name of browserNames) {
  test(`${name}: a plain wheel scrolls the page, and zooms only a chart that is handled`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.mouse.move(...at(0.5));
    await page.mouse.wheel(0, 100);
    assert.ok((await scrolled(page)) > 0);
    assert.equal(await held(page), undefined);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(500);
    await page.mouse.click(...at(0.25));
    await page.mouse.wheel(0, -100);
    assert.equal(await scrolled(page), 0);
    const { from, to } = (await held(page))!;
    assert.ok(to - from < 55_000 && to - from > 30_000, `${to - from}`);
    // What is under the pointer stays there.
    near(from + 0.25 * (to - from), 15_000, 2 * msPerPx);
  });

  test(`${name}: a turn of the wheel that began over the page goes on with the page`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const [passing, own] = await page.evaluate(async () => {
      const chart = document.querySelector("gestures-chart")!;
      chart.viewport.hold({ from: 0, to: 30_000 });
      const canvas = chart.shadowRoot!.querySelector(".canvas")!;
      const turn = (target: Element) => {
        const how = { deltaY: 100, bubbles: true, composed: true, cancelable: true };
        return target.dispatchEvent(new WheelEvent("wheel", how)) ? "page" : "chart";
      };
      turn(document.body);
      const passing = [turn(canvas), turn(canvas)];
      await new Promise((resolve) => setTimeout(resolve, 500));
      return [passing, turn(canvas)];
    });
    assert.deepEqual([passing, own], [["page", "page"], "chart"]);
  });

  test(`${name}: the wheel zooms with Ctrl, and pans sideways`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.mouse.move(...at(0.5));
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, 100);
    await page.keyboard.up("Control");
    await page.waitForFunction(() => document.querySelector("gestures-chart")!.held);
    const { from, to } = (await held(page))!;
    assert.ok(to - from > 65_000);
    await page.mouse.wheel(-54, 0);
    await page.waitForFunction(
      (before) => document.querySelector("gestures-chart")!.held!.from !== before,
      from,
    );
    const panned = (await held(page))!;
    near(panned.to - panned.from, to - from, 0.01);
    near(panned.from, from - (to - from) / 10, 2 * msPerPx);
    assert.equal(await scrolled(page), 0);
  });

  test(`${name}: a drag pans with the pointer, also out of the chart, and is no click`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await drag(page, at(0.5), [at(0.75)[0], 700]);
    near((await held(page))!.from, -15_000, msPerPx);
    near((await held(page))!.to, 45_000, msPerPx);
    await page.mouse.move(...at(0.75));
    await page.mouse.up();
    const before = await held(page);
    await page.mouse.move(...at(0.2));
    assert.deepEqual(await held(page), before);
    assert.equal(await page.evaluate(() => document.querySelector("gestures-chart")!.clicks), 0);
    await page.mouse.click(...at(0.2));
    assert.equal(await page.evaluate(() => document.querySelector("gestures-chart")!.clicks), 1);
    assert.deepEqual(await held(page), before);
  });

  test(`${name}: a shaking hand neither pans nor spoils the click, and a double click follows`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const [x, y] = at(0.5);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 2, y + 1);
    await page.mouse.up();
    assert.equal(await held(page), undefined);
    assert.equal(await page.evaluate(() => document.querySelector("gestures-chart")!.clicks), 1);
    await drag(page, at(0.5), at(0.6));
    await page.mouse.up();
    assert.ok(await held(page));
    // Firefox counts no clicks of a mouse that a program moves.
    if (name === "chromium") await page.mouse.dblclick(...at(0.5));
    else await page.locator("gestures-chart .canvas").dispatchEvent("dblclick");
    assert.equal(await held(page), undefined);
  });

  test(`${name}: a drag with Shift shows a box, and zooms into it in time and height`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.keyboard.down("Shift");
    await drag(page, at(0.25, 0.25), at(0.5, 0.75));
    const box = (await page.locator("gestures-chart .box").boundingBox())!;
    near(box.x, at(0.25)[0], 1);
    near(box.width, 0.25 * plot.width, 1.5);
    near(box.height, 0.5 * plot.height, 1.5);
    assert.equal(await held(page), undefined);
    await page.mouse.up();
    await page.keyboard.up("Shift");
    const { from, to, y } = (await held(page))!;
    near(from, 15_000, msPerPx);
    near(to, 30_000, msPerPx);
    near(y!.from, 0.25, 0.01);
    near(y!.to, 0.75, 0.01);
    assert.equal(await page.locator("gestures-chart .box").isVisible(), false);
    assert.equal(await page.evaluate(() => getSelection()!.toString()), "");
  });

  test(`${name}: keys zoom, pan, go to the oldest and follow; arrows alone do nothing`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const press = async (key: string) => {
      await page.keyboard.press(key);
      return await held(page);
    };
    assert.equal(await press("+"), undefined);
    await page.evaluate(() =>
      document
        .querySelector("gestures-chart")!
        .shadowRoot!.querySelector<HTMLElement>(".canvas")!
        .focus(),
    );
    assert.equal(await press("ArrowLeft"), undefined);
    assert.deepEqual(await press("+"), { from: 20_000, to: 60_000 });
    assert.deepEqual(await press("Shift+ArrowLeft"), { from: 10_000, to: 50_000 });
    assert.deepEqual(await press("-"), { from: 0, to: 60_000 });
    assert.deepEqual(await press("Home"), { from: -600_000, to: -540_000 });
    assert.deepEqual(await press("Shift+ArrowLeft"), { from: -600_000, to: -540_000 });
    assert.equal(await press("End"), undefined);
    await press("Shift+ArrowLeft");
    assert.equal(await press("Escape"), undefined);
    await press("Shift+ArrowLeft");
    assert.equal(await press("0"), undefined);
  });

  test(`${name}: while it is held a button tells what has come, and its width stands still`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const button = page.locator("gestures-chart").getByRole("button", { name: /Back to live/ });
    assert.equal(await button.count(), 0);
    await drag(page, at(0.5), at(0.6));
    await page.mouse.up();
    const arrive = (samples: number) =>
      page.evaluate((n) => document.querySelector("gestures-chart")!.arrive(n), samples);
    const widths: number[] = [];
    for (const samples of [0, 1, 8, 90, 800]) {
      await arrive(samples);
      widths.push((await button.boundingBox())!.width);
    }
    assert.equal(new Set(widths).size, 1, widths.join());
    assert.equal((await button.innerText()).replace(/\s+/g, " "), "Back to live (+899)");
    await arrive(305);
    assert.match(await button.innerText(), /\(\+1,204\)/);
    assert.equal(
      await page.locator("gestures-chart .actions [aria-live], .actions [role]").count(),
      0,
    );
    // What is pressed there is the button, not the plot below it.
    const [before, place] = [await held(page), (await button.boundingBox())!];
    await drag(page, [place.x + 20, place.y + 10], [place.x - 100, place.y + 10]);
    await page.mouse.up();
    assert.deepEqual(await held(page), before);
    // With the keyboard, and whoever was on it is still in the chart then.
    await button.focus();
    await page.keyboard.press("Enter");
    assert.equal(await held(page), undefined);
    assert.equal(await button.count(), 0);
    const focused = await page.evaluate(
      () => document.querySelector("gestures-chart")!.shadowRoot!.activeElement?.className,
    );
    assert.equal(focused, "canvas");
    await drag(page, at(0.5), at(0.6));
    await page.mouse.up();
    await button.click();
    assert.equal(await held(page), undefined);
  });

  test(`${name}: one finger pans, two zoom between them, a double tap follows`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const touch = (type: string, id: number, across: number, down = 0.5) =>
      page.evaluate((given) => document.querySelector("gestures-chart")!.touch(...given), [
        type,
        id,
        plot.left + across * plot.width,
        down * 150,
      ] as const);
    await touch("pointerdown", 1, 0.5);
    for (const across of [0.52, 0.6, 0.7]) await touch("pointermove", 1, across);
    await touch("pointerup", 1, 0.7);
    near((await held(page))!.from, -12_000, msPerPx);
    const tap = async (across: number) => {
      await touch("pointerdown", 1, across);
      await touch("pointerup", 1, across);
    };
    await tap(0.5);
    await tap(0.5);
    assert.equal(await held(page), undefined);

    await touch("pointerdown", 1, 0.4);
    await touch("pointerdown", 2, 0.6);
    await touch("pointermove", 1, 0.3);
    await touch("pointermove", 2, 0.7);
    const { from, to } = (await held(page))!;
    near(to - from, 30_000, 100);
    near((from + to) / 2, 30_000, 100);
    // Taken away by the browser: as if it had never been.
    await touch("pointercancel", 2, 0.7);
    assert.equal(await held(page), undefined);
    await touch("pointercancel", 1, 0.3);
    // And the next one is not confused by that.
    await touch("pointerdown", 1, 0.5);
    for (const across of [0.52, 0.6]) await touch("pointermove", 1, across);
    await touch("pointercancel", 1, 0.6);
    assert.equal(await held(page), undefined);
  });

  test(`${name}: after its end a chart listens to nothing any more`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.mouse.move(...at(0.5));
    await page.mouse.down();
    await page.evaluate(() => document.querySelector("gestures-chart")!.end());
    await page.mouse.move(...at(0.7), { steps: 5 });
    await page.mouse.up();
    await page.evaluate(() =>
      document
        .querySelector("gestures-chart")!
        .shadowRoot!.querySelector<HTMLElement>(".canvas")!
        .focus(),
    );
    await page.keyboard.press("+");
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, 10);
    await page.keyboard.up("Control");
    await drag(page, at(0.2), at(0.7));
    await page.mouse.up();
    assert.equal(await held(page), undefined);
  });
}

test("chromium: a real finger scrolls the page up and down, and pans the chart sideways", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const context = await browser.newContext({
    hasTouch: true,
    viewport: { width: 700, height: 600 },
  });
  const page = await context.newPage();
  t.after(() => context.close());
  await openGestures(page);
  const session = await context.newCDPSession(page);
  const swipe = async (dx: number, dy: number) => {
    const [x, y] = at(0.5);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", part: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x: x + dx * part, y: y + dy * part }],
      });
    await send("touchStart", 0);
    for (let i = 1; i <= 10; i++) await send("touchMove", i / 10);
    await send("touchEnd", 1);
  };
  await swipe(0, -100);
  assert.ok((await scrolled(page)) > 50);
  assert.equal(await held(page), undefined);
  await page.evaluate(() => scrollTo(0, 0));
  await swipe(0.25 * plot.width, 0);
  assert.equal(await scrolled(page), 0);
  near((await held(page))!.from, -15_000, 3000);
});
