import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { type BrowserName, browserNames, openBrowser, openPage } from "../browsers.ts";
import { openParts } from "./parts.ts";

const seconds = (values: number[], from = 0) =>
  values.map((value, i) => [(from + i) * 1000, value] as [number, number]);
const evil = `<img src=x onerror="document.title='gone'">`;
const two = [
  { name: "a", samples: seconds(Array.from({ length: 250 }, (_, i) => i)), unit: "°C" },
  { name: evil, samples: seconds([7, 8, 9], 100) },
];
const view = { from: 0, to: 300_000 };
const gap = { from: 249_000, to: 300_000, kind: "offline" as const, text: "Not connected." };

type Drawn = Parameters<HTMLElementTagNameMap["parts-chart"]["draw"]>;

async function draw(page: Page, ...drawn: Drawn): Promise<void> {
  await page.evaluate((all) => document.querySelector("parts-chart")!.draw(...all), drawn);
}

async function open(t: TestContext, name: BrowserName, size = {}): Promise<Page | undefined> {
  const browser = await openBrowser(t, name);
  if (!browser) return undefined;
  const page = await openPage(t, browser, size);
  await openParts(page);
  await draw(page, two, { view, bands: [gap] });
  return page;
}

const button = (page: Page) => page.getByRole("button", { name: "Chart menu" });
const item = (page: Page, name: string) => page.getByRole("menuitem", { name });

async function choose(page: Page, name: string): Promise<void> {
  await button(page).click();
  await item(page, name).click();
}

/** The text of what has the focus, inside of the chart or out of it. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const outer = document.activeElement;
    const inner = outer?.shadowRoot?.activeElement ?? outer;
    return inner?.getAttribute("aria-label") ?? inner?.textContent ?? "";
  });
}

async function rowsOf(page: Page): Promise<string[]> {
  const rows = await page.locator("parts-chart tbody tr").allInnerTexts();
  return rows.map((row) => row.replaceAll(/\s+/g, " ").trim());
}

type Saved = { readonly name: string; readonly bytes: Buffer };

/** The file that an item saves. Of a Firefox that was not built for tests nobody is told what it downloads. */
async function save(page: Page, browser: BrowserName, what: string): Promise<Saved> {
  if (browser === "chromium") {
    const [download] = await Promise.all([page.waitForEvent("download"), choose(page, what)]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
  await page.evaluate(() => {
    HTMLAnchorElement.prototype.click = async function click() {
      const bytes = new Uint8Array(await (await fetch(this.href)).arrayBuffer());
      document.body.setAttribute("data-saved", JSON.stringify([this.download, [...bytes]]));
    };
    document.body.removeAttribute("data-saved");
  });
  await choose(page, what);
  await page.waitForSelector("body[data-saved]");
  const [name, bytes] = JSON.parse((await page.getAttribute("body", "data-saved"))!);
  return { name, bytes: Buffer.from(bytes) };
}

for (const name of browserNames) {
  test(`${name}: the menu is had by keyboard, and gives the focus back`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await button(page).focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Hold");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "Show as table");
    await page.keyboard.press("End");
    assert.equal(await focused(page), "Copy embed code");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "Hold");
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "Chart menu");
    assert.equal(await item(page, "Hold").count(), 0);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(page), "Copy embed code");
    await page.keyboard.press("Tab");
    assert.equal(await item(page, "Hold").count(), 0);
    await button(page).click();
    await page.mouse.click(5, 5);
    assert.equal(await item(page, "Hold").count(), 0);
  });

  test(`${name}: the menu holds what is seen, and then goes back to live`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const held = () => page.evaluate(() => document.querySelector("parts-chart")!.viewport.held);
    await choose(page, "Hold");
    assert.deepEqual(await held(), view);
    await choose(page, "Back to live");
    assert.equal(await held(), undefined);
  });

  test(`${name}: the button takes no room, is seen when it is needed, and nothing moves for it`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const opacity = () => button(page).evaluate((one) => getComputedStyle(one).opacity);
    const places = () =>
      page.evaluate(() =>
        [...document.querySelector("parts-chart")!.shadowRoot!.querySelectorAll(".title, .plot")]
          .map((element) => JSON.stringify(element.getBoundingClientRect()))
          .join(),
      );
    await page.mouse.move(5, 5);
    const before = await places();
    // Where there is no pointer that could hover, it is always there.
    const always = await page.evaluate(() => matchMedia("(hover: none)").matches);
    assert.equal(await opacity(), always ? "1" : "0");
    await page.hover("parts-chart .title");
    assert.equal(await opacity(), "1");
    await page.mouse.move(5, 5);
    await page.focus("parts-chart .canvas");
    assert.equal(await opacity(), "1");
    await choose(page, "Show as table");
    assert.equal(await places(), before);
  });

  test(`${name}: the table has what is drawn, newest first, in pages, with gaps and their reason`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await choose(page, "Show as table");
    const heads = await page.locator("parts-chart thead th").allInnerTexts();
    assert.deepEqual(heads, ["Time (Europe/Berlin)", "a", evil]);
    const rows = await rowsOf(page);
    assert.equal(rows.length, 100);
    assert.deepEqual(rows.slice(0, 3), [
      "at 249000 until at 300000: Not connected.",
      "at 249000 249 °C",
      "at 248000 248 °C",
    ]);
    await page.getByRole("button", { name: "Older" }).click();
    const older = await rowsOf(page);
    assert.ok(older.includes("at 102000 102 °C 9"), older.join("; "));
    assert.ok(older.includes("at 99000 99 °C"), older.join("; "));
    await page.getByRole("button", { name: "Older" }).click();
    assert.equal((await rowsOf(page)).at(-1), "at 0 0 °C");
    assert.equal(await focused(page), "Kitchen: data table");
    assert.equal(await page.title(), "Parts");
  });

  test(`${name}: the table follows the chart, but not under who is in it`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await choose(page, "Show as table");
    const [first] = await rowsOf(page);
    const later = [{ name: "a", samples: seconds([5], 400) }];
    const next = { view: { from: 0, to: 400_000 } };
    await draw(page, later, next);
    assert.equal((await rowsOf(page))[0], first);
    await page.focus("#after");
    await draw(page, later, next);
    assert.deepEqual(await rowsOf(page), ["at 400000 5"]);
    await page.focus("parts-chart .panel-body");
    await draw(page, two, { view: { from: 0, to: 500_000 } });
    assert.deepEqual(await rowsOf(page), ["at 400000 5"]);
    await page.getByRole("button", { name: "Newest" }).click();
    assert.equal((await rowsOf(page))[0], "at 249000 249 °C");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("parts-chart .panel").count(), 0);
    assert.equal(await focused(page), "Chart menu");
  });

  test(`${name}: details tell every guess, change in place, and one panel replaces the other`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await choose(page, "Show as table");
    await choose(page, "Details");
    const panel = page.locator("parts-chart .panel");
    assert.equal(await panel.count(), 1);
    assert.match(await panel.innerText(), /Unit\s+°C \(guessed; unit="…" says otherwise\)/);
    const span = page.locator("parts-chart dd", { hasText: "5 min" });
    await span.evaluate((element) => element.setAttribute("data-same", ""));
    await draw(page, two, { view: { from: 0, to: 600_000 } });
    assert.match(await page.locator("parts-chart dd[data-same]").innerText(), /10\s+min/);
    await panel.getByRole("button", { name: "Close" }).click();
    assert.equal(await focused(page), "Chart menu");
  });

  test(`${name}: what is saved is what is shown`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    const csv = await save(page, name, "Save CSV");
    assert.match(csv.name, /^kitchen-1970-01-01T00-05-00Z\.csv$/);
    const lines = csv.bytes.toString().split("\r\n");
    assert.equal(lines[0], `\ufefftime,utc offset,a (°C),"${evil.replaceAll('"', '""')}",note`);
    assert.equal(lines[1], "1970-01-01T00:00:00.000Z,+01:00,0,,");
    assert.match(lines.at(-2)!, /,,"?until 1970-01-01T00:05:00.000Z: Not connected\.$/);
    const svg = (await save(page, name, "Save SVG")).bytes.toString();
    assert.match(svg, /^<svg xmlns=.*disconnected.*<\/svg>$/s);
    const png = await save(page, name, "Save PNG");
    assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  });

  test(`${name}: the SVG is one, and its PNG has twice as many pixels and the lines in it`, async (t) => {
    const page = await open(t, name);
    for (const dark of [false, true]) {
      if (!page) return;
      await page.evaluate(
        (scheme) => {
          document.documentElement.style.colorScheme = scheme;
        },
        dark ? "dark" : "light",
      );
      const svg = await page.evaluate(() => document.querySelector("parts-chart")!.svg);
      const errors = await page.evaluate((text) => {
        const file = new DOMParser().parseFromString(text, "image/svg+xml");
        return file.querySelector("parsererror")?.textContent ?? "";
      }, svg);
      assert.equal(errors, "");
      const [width, height] = svg.match(/\d+(\.\d+)?(?=")/g)!.map(Number);
      const png = await page.evaluate(() => document.querySelector("parts-chart")!.png());
      assert.deepEqual(png.slice(0, 2), [2 * width!, 2 * height!]);
      assert.ok(png[2]! > 2000, `${png[2]} pixels have a colour`);
      assert.equal(png[3]! < 128, dark);
    }
  });

  test(`${name}: the embed code is on the clipboard, or there to be copied`, async (t) => {
    const page = await open(t, name);
    if (!page) return;
    await page.evaluate(() => {
      const write = async (text: string) => void document.body.setAttribute("data-copied", text);
      Object.defineProperty(navigator, "clipboard", {
        value: { writeText: write },
        configurable: true,
      });
    });
    await choose(page, "Copy embed code");
    await item(page, "Copied").waitFor();
    const copied = await page.getAttribute("body", "data-copied");
    assert.match(
      copied!,
      /^<script type="module" src="http:\/\/localhost\/live-chart\.js"><\/script>\n<live-chart title="Kitchen" src="http:\/\/localhost\/v1\/stream" zone/,
    );
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.execCommand = () => false;
    });
    await choose(page, "Copy embed code");
    await page.getByRole("textbox", { name: "Embed code" }).waitFor();
    const selected = await page.evaluate(() => {
      const area = document.querySelector("parts-chart")!.shadowRoot!.querySelector("textarea")!;
      return area.value.slice(area.selectionStart, area.selectionEnd);
    });
    assert.equal(selected, copied);
  });

  test(`${name}: menu and table fit a phone 320 pixels wide`, async (t) => {
    const page = await open(t, name, { width: 320, height: 568 });
    if (!page) return;
    await page.evaluate(() => {
      document.querySelector("parts-chart")!.style.inlineSize = "auto";
    });
    const inside = async (css: string) => {
      const box = (await page.locator(css).boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= 320, `${css}: ${JSON.stringify(box)}`);
    };
    await button(page).click();
    await inside("parts-chart .menu-list");
    await item(page, "Show as table").click();
    await inside("parts-chart .panel");
    await inside("parts-chart .panel-foot");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `the page is ${wide} pixels wide`);
  });
}
