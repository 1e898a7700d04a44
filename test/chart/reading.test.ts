import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import type { Band } from "../../packages/chart/src/scene.ts";
import { type BrowserName, browserNames, openBrowser, openPage } from "../browsers.ts";
import type { Drawing } from "./reading-page.ts";
import { openScripted } from "./scripted-page.ts";

const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Reading</title>
<style>:root { color-scheme: light dark } body { margin: 16px; background: Canvas }
reading-chart { inline-size: 600px; block-size: 340px }</style>
<reading-chart></reading-chart>
<script type="module" src="/page.js"></script>`;

async function open(t: TestContext, name: BrowserName, dark = false): Promise<Page | undefined> {
  const browser = await openBrowser(t, name);
  if (!browser) return undefined;
  const page = await openPage(t, browser, { dark });
  const script = new URL("./reading-page.ts", import.meta.url);
  await openScripted(page, script, html, "reading-chart");
  return page;
}

/** How many changes of the document a drawing takes. */
async function draw(page: Page, drawing: Drawing): Promise<number> {
  return await page.evaluate(
    (given) => document.querySelector("reading-chart")!.draw(given),
    drawing,
  );
}

async function boxes(page: Page, name: string) {
  return await page.evaluate((name) => document.querySelector("reading-chart")!.boxes(name), name);
}

async function texts(page: Page, name: string): Promise<string[]> {
  return await page.evaluate((name) => document.querySelector("reading-chart")!.texts(name), name);
}

async function list(page: Page, values: number[]): Promise<void> {
  await page.evaluate((given) => document.querySelector("reading-chart")!.list(given), values);
}

async function off(page: Page): Promise<string[]> {
  return await page.evaluate(() => [...document.querySelector("reading-chart")!.off]);
}

const silent = (from: number, to: number, more: Partial<Band> = {}): Band => ({
  ...{ from, to, kind: "silent", text: "No samples for 10 s" },
  ...more,
});

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 0.6, `${found} instead of ${expected}`);
}

// The plot is 536 CSS pixels wide and 162 high, and shows a minute.
const pxPerSecond = 536 / 60;

for (const name of browserNames) {
  test(`${name}: bands are where their time is, cut off at the edges, named where there is room`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const retention = silent(Number.NEGATIVE_INFINITY, 10_000, { kind: "retention" });
    await draw(page, { bands: [retention, silent(20_000, 40_000), silent(50_000, 51_000)] });
    const [old, wide, narrow] = await boxes(page, "band");
    near(old!.left, 0);
    near(old!.width, 10 * pxPerSecond);
    near(wide!.left, 20 * pxPerSecond);
    near(wide!.width, 20 * pxPerSecond);
    near(wide!.height, 162);
    near(narrow!.left, 50 * pxPerSecond);
    assert.deepEqual(await texts(page, "band-name"), ["not kept", "no data"]);
    await draw(page, { bands: [silent(20_000, 40_000)], view: { from: 30_000, to: 90_000 } });
    const [cut] = await boxes(page, "band");
    near(cut!.left, 0);
    near(cut!.width, 10 * pxPerSecond);
  });

  test(`${name}: the document is left alone while nothing moves, and empty without bands or marks`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    assert.equal(await draw(page, {}), 0);
    const drawing = {
      bands: [silent(20_000, 40_000)],
      thresholds: "50 warn",
      annotations: [{ at: 30_000 }],
    };
    assert.ok((await draw(page, drawing)) > 0);
    assert.equal(await draw(page, drawing), 0);
    // One band and one annotation with its label are somewhere else now, and that is all.
    assert.equal(await draw(page, { ...drawing, view: { from: 1000, to: 61_000 } }), 3);
    await draw(page, {});
    for (const part of ["band", "threshold", "annotation"]) {
      assert.deepEqual(await boxes(page, part), [], part);
    }
  });

  test(`${name}: of too many bands the widest are drawn`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const many = Array.from({ length: 200 }, (_, i) => silent(i * 100, i * 100 + 50));
    await draw(page, { bands: [...many, silent(30_000, 60_000)] });
    const drawn = await boxes(page, "band");
    assert.equal(drawn.length, 50);
    assert.ok(drawn.some(({ width }) => width > 200));
  });

  test(`${name}: thresholds are lines and areas at their value, with labels that do not cover each other`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const thresholds = "80 warn, 82 bad: <img onerror=alert(1)>, 20..40 good: calm, 500, 10 below";
    await draw(page, { thresholds, annotations: [{ at: 1 }] });
    const lines = await boxes(page, "threshold");
    assert.equal(lines.length, 4, "that which is out of sight is not drawn");
    near(lines[0]!.top, 162 * 0.2);
    near(lines[2]!.top, 162 * 0.6);
    near(lines[2]!.height, 162 * 0.2);
    const found = await texts(page, "threshold-label");
    assert.deepEqual(found, ["80\u00a0°C", "<img onerror=alert(1)>", "calm", "10\u00a0°C"]);
    const labels = (await boxes(page, "threshold-label")).sort((a, b) => a.top - b.top);
    for (const [i, { top, height }] of labels.entries()) {
      assert.ok(top >= 0 && top + height <= 162 - 36, `${top}: inside, above those of annotations`);
      assert.ok(i === 0 || top >= labels[i - 1]!.top + labels[i - 1]!.height - 0.1);
    }
  });

  test(`${name}: on a logarithmic axis a threshold below zero is nowhere`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await draw(page, { thresholds: "-5, 10", scale: { min: 1, max: 100, log: true } });
    const [line, ...others] = await boxes(page, "threshold");
    near(line!.top, 81);
    assert.equal(others.length, 0);
  });

  test(`${name}: annotations are where their time is; labels without room are left out, none jumps`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const annotations = [
      { at: 10_000, label: "first deploy" },
      { at: 10_500, label: "second deploy" },
      { at: 11_000, label: "third deploy" },
      { at: 30_000, to: 40_000, label: "maintenance" },
    ];
    await draw(page, { annotations });
    const drawn = await boxes(page, "annotation");
    near(drawn[0]!.left, 10 * pxPerSecond);
    near(drawn[3]!.left, 30 * pxPerSecond);
    near(drawn[3]!.width, 10 * pxPerSecond);
    const labels = await boxes(page, "annotation-label");
    assert.equal(labels.length, 3);
    assert.notEqual(labels[0]!.top, labels[1]!.top);
    assert.equal(labels[0]!.top, labels[2]!.top);
    await draw(page, { annotations, view: { from: 10_300, to: 70_300 } });
    const moved = await boxes(page, "annotation-label");
    assert.deepEqual(
      moved.map(({ top }) => top),
      labels.map(({ top }) => top),
    );
    near(moved[1]!.left, labels[1]!.left - 10.3 * pxPerSecond);
  });

  test(`${name}: a click in the legend shows a series alone, with Ctrl it is switched, also by keyboard`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await list(page, [1, 2, 3]);
    const buttons = page.locator("reading-chart .legend-button");
    await buttons.nth(1).click();
    assert.deepEqual(await off(page), ["series 0", "series 2"]);
    assert.equal(await buttons.nth(0).getAttribute("aria-pressed"), "false");
    assert.equal(await buttons.nth(1).getAttribute("aria-pressed"), "true");
    await buttons.nth(1).click();
    assert.deepEqual(await off(page), []);
    await buttons.nth(2).click({ modifiers: ["ControlOrMeta"] });
    assert.deepEqual(await off(page), ["series 2"]);
    await buttons.nth(0).focus();
    await page.keyboard.press("Shift+Enter");
    assert.deepEqual(await off(page), ["series 2", "series 0"]);
    await page.keyboard.press("Enter");
    assert.deepEqual(await off(page), ["series 1", "series 2"]);
  });

  test(`${name}: figures that change move nothing in the legend until one needs more room`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await list(page, [1, 2, 3, 4]);
    const places = async () =>
      (await boxes(page, "legend-item")).map(({ left, top }) => [left, top]);
    const before = await places();
    await list(page, [99, 0.5, 7777, Number.NaN]);
    assert.deepEqual(await places(), before);
    await list(page, [1, 2, 3, 4]);
    assert.deepEqual(await places(), before);
    await list(page, [123_456_789, 2, 3, 4]);
    const wider = await places();
    assert.notDeepEqual(wider, before);
    await list(page, [1, 2, 3, 4]);
    assert.deepEqual(await places(), wider);
  });

  test(`${name}: a wide chart has least, largest and mean value where no name is lost for them`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const texts = () =>
      page.evaluate(() =>
        [
          ...document
            .querySelector("reading-chart")!
            .shadowRoot!.querySelectorAll<HTMLElement>(".legend-item"),
        ].map((item) => item.innerText.replace(/\s+/g, " ")),
      );
    await list(page, [5, Number.NaN]);
    assert.deepEqual(await texts(), [
      "series 0 5 W min 4 W max 6 W mean 5 W",
      "series 1 – min – max – mean –",
    ]);
    await list(page, [1, 2, 3, 4, 5, 6]);
    assert.equal((await texts())[0], "series 0 1 W");
    await page.evaluate(() => {
      document.querySelector("reading-chart")!.style.inlineSize = "320px";
    });
    await list(page, [5]);
    assert.deepEqual(await texts(), ["series 0 5 W"]);
    const overflow = await page.evaluate(() => {
      const list = document.querySelector("reading-chart")!.shadowRoot!.querySelector(".legend")!;
      return list.scrollWidth - list.clientWidth;
    });
    assert.equal(overflow, 0);
  });
}
