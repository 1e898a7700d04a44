import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type BrowserName, browserNames, openBrowser, openPage } from "../browsers.ts";
import { openParts } from "./parts.ts";

const axe = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

const seconds = (values: number[], from = 0) =>
  values.map((value, i) => [(from + i) * 1000, value] as [number, number]);
const rising = Array.from({ length: 61 }, (_, i) => i);
const two = [
  { name: "a", samples: seconds(rising), unit: "°C" },
  { name: "b", samples: seconds(rising.map((value) => 100 - value)) },
];
/** Silent from second 10 to second 50. */
const broken = [{ name: "a", samples: [...seconds(rising.slice(0, 11)), ...seconds(rising, 50)] }];

type Axe = {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
};
type Drawn = Parameters<HTMLElementTagNameMap["parts-chart"]["draw"]>;

async function draw(page: Page, ...drawn: Drawn): Promise<void> {
  await page.evaluate((all) => document.querySelector("parts-chart")!.draw(...all), drawn);
}

async function open(t: TestContext, name: BrowserName, view = {}): Promise<Page | undefined> {
  const browser = await openBrowser(t, name);
  if (!browser) return undefined;
  const page = await openPage(t, browser, view);
  await openParts(page);
  await draw(page, two);
  return page;
}

/** What the box shows, with plain spaces; empty while it is hidden. */
async function tooltip(page: Page): Promise<string> {
  const box = page.locator("parts-chart .tooltip");
  return (await box.isVisible()) ? plain(await box.innerText()) : "";
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

async function spoken(page: Page): Promise<string> {
  return plain(await page.evaluate(() => document.querySelector("parts-chart")!.spoken));
}

async function pass(page: Page, ms: number): Promise<void> {
  await page.evaluate((time) => document.querySelector("parts-chart")!.pass(time), ms);
}

/** Presses a key, and lets so much time pass that it is not too fast to be spoken. */
async function press(page: Page, key: string): Promise<string> {
  await page.keyboard.press(key);
  await pass(page, 1000);
  return await spoken(page);
}

/** Points at a place in the plot, in CSS pixels. */
async function point(page: Page, x: number, y: number): Promise<void> {
  const box = (await page.locator("parts-chart .plot").boundingBox())!;
  await page.mouse.move(box.x + x, box.y + y);
}

for (const name of browserNames) {
  test(`${name}: under the pointer are the values of the nearest sample, and stay while data move`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    assert.equal(await tooltip(page), "");
    await point(page, 316, 89);
    assert.equal(await tooltip(page), "at 30000 a 30 °C b 70");
    const more = [...rising, 61];
    const later = [{ ...two[0]!, samples: seconds(more) }, two[1]!];
    await draw(page, later, { view: { from: 1000, to: 61_000 } });
    assert.equal(await tooltip(page), "at 31000 a 31 °C b 69");
    const times = await page.evaluate(() => document.querySelector("parts-chart")!.times);
    assert.deepEqual(times, [30_000, 31_000]);
    await page.mouse.move(5, 5);
    assert.equal(await tooltip(page), "");
  });

  test(`${name}: while data move under a still pointer, the box keeps its width and its side`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await point(page, 420, 89);
    const box = page.locator("parts-chart .tooltip");
    const places = new Set<string>();
    for (const value of [1000, 5, 12, 7777, 3]) {
      const long = { ...two[0]!, samples: seconds(rising.map(() => value)) };
      await draw(page, [long, two[1]!]);
      const { x, width } = (await box.boundingBox())!;
      if (value !== 1000) places.add(`${x} ${width}`);
    }
    assert.equal(places.size, 1, [...places].join("; "));
  });

  test(`${name}: in a gap it is said why nothing is there, at the pointer`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const text = "No samples for 40 s: the sender was silent.";
    const band = { from: 10_000, to: 50_000, kind: "silent" as const, text };
    await draw(page, broken, { bands: [band] });
    await point(page, 48 + 536 / 2, 89);
    assert.equal(await tooltip(page), `at 30000 a silent for 40 s ${text}`);
    await point(page, 48 + (536 * 10.5) / 60, 89);
    assert.equal(await tooltip(page), "at 10000 a 10");
    await draw(page, two, { bands: [{ ...band, kind: "reduced", text: "Extremes only." }] });
    assert.equal(await tooltip(page), "at 11000 a 11 °C b 89 Extremes only.");
  });

  test(`${name}: arrows read samples aloud, and change the series`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.focus("#before");
    await page.keyboard.press("Tab");
    assert.equal(await spoken(page), "");
    while (!(await page.locator("parts-chart .canvas:focus").count())) {
      await page.keyboard.press("Tab");
    }
    assert.equal(await press(page, "ArrowLeft"), "a 60 °C, at 60000.");
    assert.equal(await press(page, "ArrowLeft"), "59 °C, at 59000.");
    assert.equal(await press(page, "Control+ArrowLeft"), "49 °C, at 49000.");
    assert.equal(await press(page, "ArrowDown"), "b 51, at 49000.");
    assert.equal(await press(page, "ArrowRight"), "50, at 50000.");
    assert.equal(await tooltip(page), "at 50000 a 50 °C b 50");
    assert.equal(await press(page, "Control+ArrowRight"), "40, at 60000.");
    assert.equal(await press(page, "ArrowRight"), "40, at 60000, newest in view.");
    await press(page, "Escape");
    assert.equal(await tooltip(page), "");
    await page.keyboard.press("Shift+ArrowLeft");
    assert.equal(await tooltip(page), "");
  });

  test(`${name}: a gap that is stepped over is spoken with its reason`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const text = "No samples for 40 s.";
    await draw(page, broken, { bands: [{ from: 10_000, to: 50_000, kind: "silent", text }] });
    await page.focus("parts-chart .canvas");
    for (let i = 0; i < 11; i++) await press(page, "ArrowLeft");
    assert.equal(await press(page, "ArrowLeft"), "No samples for 40 s. 10, at 10000.");
    await draw(page, broken, { now: 90_000 });
    assert.equal(await press(page, "ArrowRight"), "After a gap: 0, at 50000.");
  });

  test(`${name}: a key held down says the last sample, once, and nothing to who has left`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.focus("parts-chart .canvas");
    await press(page, "ArrowLeft");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
    assert.equal(await spoken(page), "59 °C, at 59000.");
    await pass(page, 299);
    assert.equal(await spoken(page), "59 °C, at 59000.");
    await pass(page, 1);
    assert.equal(await spoken(page), "55 °C, at 55000.");
    await page.keyboard.press("ArrowLeft");
    await page.focus("#after");
    await pass(page, 1000);
    assert.equal(await spoken(page), "55 °C, at 55000.");
  });

  test(`${name}: a summary comes on focus, on request, every half minute, and to nobody else`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const one = [{ name: "a", samples: seconds(rising), unit: "°C" }];
    const summary = "a 60 °C, rising; minimum 0 °C, maximum 60 °C in view.";
    const at = (now: number) => draw(page, one, { now });
    await at(60_000);
    await pass(page, 60_000);
    assert.equal(await spoken(page), "");
    await at(60_000);
    await page.focus("parts-chart .canvas");
    await at(61_000);
    assert.equal(await spoken(page), "");
    await at(61_500);
    assert.equal(await spoken(page), summary);
    const falling = [{ ...one[0]!, samples: seconds([...rising].reverse()) }];
    await draw(page, falling, { now: 91_000 });
    assert.equal(await spoken(page), summary);
    await draw(page, falling, { now: 91_500 });
    assert.match(await spoken(page), /^a 0 °C/);
    await at(92_000);
    assert.match(await press(page, "Enter"), /^a 60 °C, last seen 32 s ago/);
    await page.focus("#after");
    await draw(page, falling, { now: 200_000 });
    assert.match(await spoken(page), /^a 60 °C, last seen 32 s ago/);
  });

  test(`${name}: what slides out of view is not shown any more, and reading begins at the newest`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.focus("parts-chart .canvas");
    await press(page, "ArrowLeft");
    assert.notEqual(await tooltip(page), "");
    const later = [{ ...two[0]!, samples: seconds(rising, 100) }];
    await draw(page, later, { view: { from: 61_000, to: 160_000 } });
    assert.equal(await tooltip(page), "");
    assert.equal(await press(page, "ArrowLeft"), "a 60 °C, at 160000.");
  });

  test(`${name}: a time that is looked at elsewhere is shown here, and not told back`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const show = (time: number | undefined) =>
      page.evaluate((at) => document.querySelector("parts-chart")!.cursor!.showTime(at), time);
    await show(10_000);
    assert.equal(await tooltip(page), "at 10000 a 10 °C b 90");
    await show(99_000);
    assert.equal(await tooltip(page), "");
    await show(20_000);
    await point(page, 316, 89);
    assert.equal(await tooltip(page), "at 30000 a 30 °C b 70");
    await page.mouse.move(5, 5);
    assert.equal(await tooltip(page), "at 20000 a 20 °C b 80");
    await show(undefined);
    assert.equal(await tooltip(page), "");
    const times = await page.evaluate(() => document.querySelector("parts-chart")!.times);
    assert.deepEqual(times, [30_000, undefined]);
  });

  test(`${name}: a finger leaves its value to be read, until it touches something else`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const touch = (type: string, css: string) =>
      page.evaluate(
        ([event, selector]) => {
          const root = document.querySelector("parts-chart")!.shadowRoot!;
          const target = root.querySelector(selector!) ?? document.querySelector(selector!)!;
          const box = target.getBoundingClientRect();
          const place = { clientX: box.left + 316, clientY: box.top + 50 };
          const about = { pointerType: "touch", bubbles: true, composed: true };
          target.dispatchEvent(new PointerEvent(event!, { ...place, ...about }));
        },
        [type, css],
      );
    await touch("pointerdown", ".canvas");
    await touch("pointerup", ".canvas");
    await touch("pointerleave", ".plot");
    assert.equal(await tooltip(page), "at 30000 a 30 °C b 70");
    await touch("pointerdown", "#after");
    assert.equal(await tooltip(page), "");
    await touch("pointerdown", ".canvas");
    await touch("pointercancel", ".canvas");
    assert.equal(await tooltip(page), "");
  });

  for (const dark of [false, true]) {
    test(`${name}: axe finds nothing wrong with the parts, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await open(t, name, { dark });
      if (!page) return;
      await page.focus("parts-chart .canvas");
      await press(page, "ArrowLeft");
      await page.addScriptTag({ path: axe });
      const findings = () =>
        page.evaluate(async () => {
          const { axe } = window as unknown as { axe: Axe };
          const { violations } = await axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
        });
      assert.deepEqual(await findings(), []);
      await page.locator("parts-chart .menu-button").click();
      assert.deepEqual(await findings(), []);
      await page.getByRole("menuitem", { name: "Show as table" }).click();
      assert.deepEqual(await findings(), []);
      await page.keyboard.press("Escape");
      await page.locator("parts-chart .menu-button").click();
      await page.getByRole("menuitem", { name: "Details" }).click();
      assert.deepEqual(await findings(), []);
    });
  }
}
