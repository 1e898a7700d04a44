import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually, textOf } from "../ink.ts";
import { runPlotcast, temporaryFolder } from "../plotcast-process.ts";
import { seededRandom } from "../random.ts";

/*
 * What was drawn before a server ended is drawn by the next one: a day of samples, a second apart, in
 * a window that holds all of it, so that nothing leaves at its edge meanwhile. The first viewer keeps
 * what the first server told it, for the others listen elsewhere; only its window moves on, as theirs
 * do, in steps of a pixel.
 */

const rows = 86_400;
const random = seededRandom(24);
/** One sample of 86,400, five times as high as all others. */
const spike = { row: 61_803, value: 1000, others: 200 };
const last = { wave: 77, noise: 33 };

/** Two series from 0 to 200, to the minute before last. */
function dayOfSamples(): string {
  const start = Math.floor(Date.now() / 1000) - 120 - rows;
  const lines = ["time,day.wave,day.noise"];
  for (let row = 0; row < rows; row++) {
    const wave = Math.round(100 - 100 * Math.cos((row / rows) * 6 * Math.PI));
    const noise = row === spike.row ? spike.value : Math.round(random() * spike.others);
    lines.push(
      row === rows - 1
        ? `${start + row},${last.wave},${last.noise}`
        : `${start + row},${wave},${noise}`,
    );
  }
  return lines.join("\n");
}

async function openDay(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/day.*?span=25h`);
  await eventually("both lines up to their ends", async () => {
    const text = await textOf(page);
    return text.includes(String(last.wave)) && text.includes(String(last.noise));
  });
}

/** All pixels of a page's canvas, lines and axes, as a digest: the file of an image says more. */
async function pictureOf(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const canvas = document.querySelector("live-chart")!.shadowRoot!.querySelector("canvas")!;
    const { width, height } = canvas;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    return `${width} × ${height}: ${digest.join(" ")}`;
  });
}

/** The first and the last row that has colour, of each column that has any. */
async function inkByColumn(page: Page): Promise<Map<number, { top: number; bottom: number }>> {
  const columns = await page.evaluate(() => {
    const canvas = document.querySelector("live-chart")!.shadowRoot!.querySelector("canvas")!;
    const { width, height } = canvas;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const found = new Map<number, { top: number; bottom: number }>();
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
      if (a <= 100 || Math.max(r, g, b) - Math.min(r, g, b) <= 40) continue;
      const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
      found.set(x, { top: found.get(x)?.top ?? y, bottom: y });
    }
    return [...found];
  });
  return new Map(columns.sort(([a], [b]) => a - b));
}

/** The spike stands where it belongs, five times as high as all else. */
async function assertSpike(page: Page): Promise<void> {
  const ink = await inkByColumn(page);
  const xs = [...ink.keys()];
  const [left, right] = [xs[0]!, xs.at(-1)!];
  const x = left + (right - left) * (spike.row / (rows - 1));
  const tops = (near: boolean) =>
    [...ink].filter(([at]) => Math.abs(at - x) <= 3 === near).map(([, { top }]) => top);
  const floor = Math.max(...[...ink.values()].map(({ bottom }) => bottom));
  const [height, others] = [floor - Math.min(...tops(true)), floor - Math.min(...tops(false))];
  assert.ok(
    Math.abs(others / height - spike.others / spike.value) < 0.01,
    `${others} of ${height}`,
  );
}

for (const name of browserNames) {
  test(`${name}: a day of history is the same line, to the pixel, after kill -9 and after a restart`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const data = await temporaryFolder(t);
    const args = ["--data", data, "--port", "0", "--log-level", "silent"];
    const first = await openPage(t, browser);
    const killed = await openPage(t, browser);
    const restarted = await openPage(t, browser);

    const server = await runPlotcast(t, args);
    const body = dayOfSamples();
    const response = await fetch(`${server.url}/v1/samples`, { method: "POST", body });
    assert.equal(response.status, 204, await response.text());
    await openDay(first, server.url);
    await assertSpike(first);
    await server.stop("SIGKILL");

    const second = await runPlotcast(t, args);
    await openDay(killed, second.url);
    assert.equal(await second.stop("SIGTERM"), 0);

    const third = await runPlotcast(t, args);
    await openDay(restarted, third.url);
    await assertSpike(restarted);
    // Asked again only because a window may move on between two of the pictures.
    await eventually("three times the same picture", async () => {
      const pictures = await Promise.all([first, killed, restarted].map(pictureOf));
      return new Set(pictures).size === 1;
    });
  });
}
